//! What requests cost: 1 an object, 0.1 a leaf, times the rows that are asked for.

use super::*;

fn check(text: &str, variables: Value, expected: &str) {
    let gate = gate();
    let reading = gate.read(text).expect("a document");
    let variables = Variables::from_json(variables);
    let cost = reading.judged.cost(None, &variables);
    assert_eq!(cost.to_string(), expected, "{text}");
}

#[test]
fn an_object_costs_1_and_a_leaf_a_tenth() {
    check("{ ledger { head } }", json!({}), "1.1");
    check("{ __typename }", json!({}), "0.1");
    check(
        "{ dataset(id: \"a\") { id name project { id } } }",
        json!({}),
        "2.3",
    );
    check(
        "{ ...f ...f } fragment f on Query { ledger { head } }",
        json!({}),
        "2.2",
    );
}

#[test]
fn a_page_costs_its_rows() {
    let page = |arguments: &str| {
        format!(
            "{{ datasets{arguments} {{ totalCount nodes {{ id name }} pageInfo {{ endCursor }} }} }}"
        )
    };
    // 1 + 0.1 + (1 + 0.1) + rows × (1 + 0.2)
    check(&page(""), json!({}), "62.2");
    check(&page("(first: 10)"), json!({}), "14.2");
    check(&page("(last: 10)"), json!({}), "14.2");
    check(&page("(first: 0)"), json!({}), "2.2");
    check(&page("(first: null)"), json!({}), "62.2");
    // The resolver refuses these, and gives nothing.
    check(&page("(first: -1)"), json!({}), "2.2");
    check(&page("(first: 100000)"), json!({}), "602.2");
}

#[test]
fn pages_multiply() {
    let text =
        "{ datasets(first: 10) { edges { node { snapshots(first: 5) { nodes { name } } } } } }";
    // 1 + 10 × (1 + (1 + (1 + 5 × 1.1)))
    check(text, json!({}), "86.0");
    let spread = "{ datasets(first: 10) { ...c } } \
        fragment c on DatasetConnection { edges { ...e } } \
        fragment e on DatasetEdge { node { ... on Dataset { snapshots(first: 5) { ...s } } } } \
        fragment s on SnapshotConnection { ... { nodes { name } } }";
    check(spread, json!({}), "86.0");
}

#[test]
fn variables_say_how_many_rows() {
    let text = "query($n: Int, $m: Int = 3) { \
        datasets(first: $n, last: $m) { nodes { ...f } } } \
        fragment f on Dataset { snapshots(first: $m) { nodes { name } } }";
    // 1 + rows × (1 + 1 + m × 1.1)
    check(text, json!({}), "16.9");
    check(text, json!({ "n": 10 }), "54.0");
    check(text, json!({ "n": null, "m": 1 }), "4.1");
    check(text, json!({ "n": null, "m": null }), "2851.0");
    check(text, json!({ "n": 100_000, "m": 1 }), "1551.0");
    check(text, json!({ "n": "many", "m": 0 }), "3.0");
}

#[test]
fn lists_of_ids_cost_as_many_as_there_are() {
    check(
        "{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }",
        json!({}),
        "3.3",
    );
    let text = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Dataset { name } } }";
    check(text, json!({ "ids": ["a", "b"] }), "2.4");
    check(text, json!({ "ids": [] }), "0.0");
    check(text, json!({ "ids": "a" }), "1.2");
}

#[test]
fn differences_and_batches_are_pages_too() {
    let diff = "{ diff(from: {}, to: {}, first: 20) { summary { added } nodes { key } } }";
    // 1 + 1.1 + 20 × 1.1
    check(diff, json!({}), "24.1");
    let events = "subscription { events { checkpoint events { type } } }";
    check(events, json!({}), "111.1");
    let few = "subscription { events(maxBatch: 1000) { checkpoint events { type } } }";
    check(few, json!({}), "1101.1");
}

#[test]
fn the_operation_that_runs_is_the_one_that_costs() {
    let gate = gate();
    let text = "query a { ledger { head } } mutation b { c { d e f } }";
    let judged = gate.read(text).expect("a document").judged;
    let cost = |name| judged.cost(name, &Variables::default()).to_string();
    assert_eq!(cost(Some("a")), "1.1");
    assert_eq!(cost(Some("b")), "1.3");
    // The engine runs none.
    assert_eq!(cost(Some("c")), "0.0");
    assert_eq!(cost(None), "0.0");
    assert_eq!(judged.kind(Some("b")), Some(OperationType::Mutation));
    assert_eq!(judged.kind(None), None);
}

#[test]
fn what_was_answered_is_weighed_by_its_shape() {
    let text = "{ datasets { nodes { name metadata ...f } } ledger { head } } \
        fragment f on Dataset { currentSnapshot { name } }";
    let document = parse_query(text).expect("a document");
    let shape = Shape::of(&document, None).expect("an operation");
    let data = async_graphql::Value::from_json(json!({
        "datasets": { "nodes": [
            { "name": "a", "metadata": { "x": { "y": [1, 2, 3] } }, "currentSnapshot": null },
            { "name": "b", "metadata": {}, "currentSnapshot": { "name": "c" } },
        ] },
        "ledger": { "head": "1" },
    }));
    // 1 + (1 + 0.2 + 0.1) + (1 + 0.2 + 1.1) + 1.1
    assert_eq!(shape.cost(&data.expect("a value")).to_string(), "5.7");
    assert_eq!(shape.cost(&async_graphql::Value::Null), Cost::default());
    assert!(Shape::of(&document, Some("a")).is_none());
}

#[test]
fn a_cost_is_told_in_objects() {
    let told = |leaves| {
        Cost::of_leaves(leaves)
            .to_value()
            .into_json()
            .expect("JSON")
    };
    assert_eq!(told(10), json!(1));
    assert_eq!(told(622), json!(62.2));
    assert_eq!(Cost::of_leaves(11).whole(), 2);
    assert_eq!(
        Cost::of_objects(u64::MAX).times(3),
        Cost::of_leaves(u64::MAX)
    );
}
