//! The core: what is refused before anything runs, what is charged, and what is not told.

use std::sync::{Arc, Mutex};

use async_graphql::{Request, Variables};
use serde_json::{Value, json};

use super::*;
use crate::graphql::build;
use crate::graphql::tests::desk::{Desk, ada};

fn request(text: &str, variables: Value) -> Request {
    Request::new(text).variables(Variables::from_json(variables))
}

/// The code and the message of the first error with which a request is refused.
async fn refused(schema: &Schema, request: Request) -> (Value, String) {
    let text = request.query.clone();
    let refusals = schema.begin(&ada(), request).await.expect_err(&text);
    let error = serde_json::to_value(&refusals.errors()[0]).expect("JSON");
    let message = error["message"].as_str().expect("a message").to_owned();
    (error["extensions"]["code"].clone(), message)
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_before_anything_runs() {
    let desk = Desk::set().await;
    let needed = "query($id: ID!) { dataset(id: $id) { id } }";
    let two = "query a { ledger { head } } query b { ledger { head } }";
    let makes = "mutation { createDataset(input: {name: \"a\"}) { dataset { id } } nothing }";
    let watches = "subscription { events { caughtUp } datasetChanged(id: \"x\") { id } }";
    let invalid = "GRAPHQL_VALIDATION_FAILED";
    for (request, code, told) in [
        (request("{", json!({})), "GRAPHQL_PARSE_FAILED", "read"),
        (request("{ nothing }", json!({})), invalid, "nothing"),
        (request(makes, json!({})), invalid, "nothing"),
        (request(two, json!({})), invalid, "operation"),
        (
            request(two, json!({})).operation_name("c"),
            invalid,
            "operation",
        ),
        (request(needed, json!({})), "BAD_INPUT", "$id"),
        (request(needed, json!({ "id": null })), invalid, "id"),
        (request(needed, json!({ "id": {} })), invalid, "id"),
        (request(watches, json!({})), invalid, "one field"),
    ] {
        let text = request.query.clone();
        let (found, message) = refused(&desk.schema, request).await;
        assert_eq!(found, code, "{text}");
        assert!(message.contains(told), "{text}: {message}");
    }
    let datasets = desk.ask("{ datasets { totalCount } }", json!({})).await;
    assert_eq!(datasets["datasets"]["totalCount"], 0);
}

#[tokio::test]
async fn a_subscription_runs_wherever_its_root_is_written() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let text = "subscription($id: ID!) { ...F } fragment F on Subscription {
        ... { told: datasetChanged(id: $id) { itemCount } } }";
    for _ in 0..2 {
        let mut told = desk.watch(text, json!({ "id": id }));
        let first = told.next().await.expect("an answer");
        assert_eq!(first, json!({ "told": { "itemCount": 0 } }));
    }
}

#[tokio::test]
async fn what_begins_is_charged_and_what_is_refused_is_not() {
    let desk = Desk::set().await;
    let charged = Arc::new(Mutex::new(Vec::new()));
    let told = charged.clone();
    let charge = move |principal: &Principal, cost: f64| {
        told.lock()
            .expect("no panic")
            .push((principal.subject.to_string(), cost));
        if cost > 5.0 { Err(7) } else { Ok(()) }
    };
    let schema = desk.schema.clone().charging(Arc::new(charge));
    let text = "query($n: Int) { datasets(first: $n) { nodes { id } } }";
    for variables in [json!({ "n": 1 }), json!({ "n": "x" }), json!({ "n": 501 })] {
        // Dropped before it is awaited: charged all the same, for it has begun.
        drop(schema.begin(&ada(), request(text, variables)).await);
    }
    let costs: Vec<f64> = charged
        .lock()
        .expect("no panic")
        .iter()
        .map(|(_, cost)| *cost)
        .collect();
    assert_eq!(costs.len(), 2, "{costs:?}");
    let many = schema
        .begin(&ada(), request(text, json!({ "n": 400 })))
        .await;
    let refusals = many.expect_err("too much");
    assert_eq!(refusals.why(), Why::TooOften(7));
    let error = serde_json::to_value(&refusals.errors()[0]).expect("JSON");
    let told = &error["extensions"];
    assert_eq!(told["code"], "RATE_LIMITED");
    assert_eq!(
        (&told["retryAfterSeconds"], &told["retryable"]),
        (&json!(7), &json!(true))
    );
}

#[tokio::test]
async fn a_long_document_is_read_elsewhere_and_answered_alike() {
    let desk = Desk::set().await;
    let long = "x".repeat(TEXT_IN_LINE_BYTES_MAX);
    let text = format!("{{ datasetByName(name: \"{long}\") {{ id }} ledger {{ head }} }}");
    let refused = desk.refused(&text, json!({})).await;
    assert_eq!(refused["code"], "BAD_INPUT");
    let text = format!("{{ node(id: \"{long}\") {{ nothing }} }}");
    let (code, _) = self::refused(&desk.schema, request(&text, json!({}))).await;
    assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn with_introspection_off_no_name_is_told() {
    let limits = Limits {
        introspection: false,
        ..Limits::default()
    };
    let desk = Desk::set_with(limits).await;
    let schema = build(desk.house.ledger.clone(), limits).expect("a schema");
    for text in [
        "{ __schema { types { name } } }",
        "{ ...F } fragment F on Query { t: __type(name: \"Query\") { name } }",
        "{ dataset { id } }",
        "{ datasetz { id } }",
        "{ dataset(ids: 1) { id } }",
        "{ dataset(id: \"x\") }",
        "{ ledger @skip(iff: true) { head } }",
        "{ ledger @skp { head } }",
        "{ datasets(orderBy: {field: X}) { totalCount } }",
        "mutation { createDataset(input: {}) { dataset { id } } }",
        "mutation { createDataset { dataset { id } } }",
        "query($x: Nothing) { dataset(id: $x) { id } }",
        "fragment F on Datasett { id } { dataset(id: 1) { ...F } }",
    ] {
        let (code, message) = refused(&schema, request(text, json!({}))).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{text}");
        for name in [
            "Query",
            "String",
            "ID",
            "name",
            "DatasetOrder",
            "CreateDatasetInput",
        ] {
            let is_told = message
                .split('"')
                .any(|part| part.trim_matches(['!', '[', ']']) == name);
            assert!(!is_told || text.contains(name), "{text}: {message}");
        }
        assert!(!message.contains("Did you mean"), "{message}");
    }
    let answered = desk
        .refused("{ datasets(orderBy: X) { totalCount } }", json!({}))
        .await;
    assert_eq!(answered["code"], "BAD_INPUT");
    let answered = desk.ask("{ __typename ledger { head } }", json!({})).await;
    assert_eq!(answered["__typename"], "Query");
}

/// Fragments of which each spreads the next so many times.
fn spreading(width: usize, levels: usize) -> String {
    let mut text = "{ ...f0 }".to_owned();
    for level in 0..levels {
        let spreads = format!("...f{} ", level + 1).repeat(width);
        text += &format!(" fragment f{level} on Query {{ {spreads}}}");
    }
    text + &format!(" fragment f{levels} on Query {{ ledger {{ head }} }}")
}

#[tokio::test]
async fn what_would_grow_in_the_engine_does_not_reach_it() {
    let desk = Desk::set().await;
    for text in [
        spreading(2, 24),
        spreading(2, 30),
        spreading(100, 4),
        spreading(10, 8),
        format!("{{ {} }}", "ledger { head } ".repeat(10_000)),
        format!(
            "{{ {} }}",
            (0..1_000)
                .map(|n| format!("a{n}: __typename "))
                .collect::<String>()
        ),
        format!(
            "{{ ledger {{ head {} }} }}",
            "@skip(if: false) ".repeat(1_000)
        ),
        "query { ledger ".to_owned() + &"{ ledger ".repeat(30) + &"}".repeat(31),
    ] {
        let (code, message) = refused(&desk.schema, request(&text, json!({}))).await;
        assert_eq!(code, "QUERY_TOO_COMPLEX", "{text:.80}: {message}");
    }
    let circle = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }";
    let (code, _) = refused(&desk.schema, request(circle, json!({}))).await;
    assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn a_document_that_is_known_is_judged_by_its_variables_again() {
    let desk = Desk::set().await;
    let text = "query($n: Int) { datasets(first: $n) { nodes { snapshots(first: $n) {
        nodes { id } } } } }";
    for _ in 0..2 {
        desk.ask(text, json!({ "n": 1 })).await;
    }
    let (code, message) = refused(&desk.schema, request(text, json!({ "n": 500 }))).await;
    assert_eq!(code, "QUERY_TOO_COMPLEX", "{message}");
    let deep = (0..81).fold(json!(1), |inner, _| json!([inner]));
    let (code, _) = refused(&desk.schema, request(text, json!({ "n": 1, "x": deep }))).await;
    assert_eq!(code, "QUERY_TOO_COMPLEX");
    let (code, _) = refused(&desk.schema, request(text, json!({ "n": "1" }))).await;
    assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
}
