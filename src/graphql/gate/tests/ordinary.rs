//! What clients ordinarily send comes in.

use super::*;

/// What tools send to learn the schema, in its longest form.
const INTROSPECTION: &str = "
query IntrospectionQuery {
  __schema {
    description
    queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType }
    directives {
      name description isRepeatable locations args(includeDeprecated: true) { ...InputValue }
    }
  }
}
fragment FullType on __Type {
  kind name description specifiedByURL isOneOf
  fields(includeDeprecated: true) {
    name description args(includeDeprecated: true) { ...InputValue }
    type { ...TypeRef } isDeprecated deprecationReason
  }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue {
  name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
}
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  } } } } } } } } }
}";

#[test]
fn tools_may_learn_the_schema() {
    assert_eq!(excess(INTROSPECTION), None);
    // With room for a schema three times as large.
    let limits = GateLimits::default();
    let third = Cost::of_objects(limits.introspection_cost_max.whole() / 3);
    let limits = GateLimits {
        introspection_cost_max: third,
        ..limits
    };
    assert_eq!(excess_of(&gate_of(limits), INTROSPECTION, &json!({})), None);
}

#[test]
fn clients_may_ask_for_pages_with_what_belongs_to_them() {
    let text = "query Datasets($first: Int, $after: String, $projectId: ID) {
      datasets(projectId: $projectId, first: $first, after: $after) {
        pageInfo { hasNextPage endCursor }
        edges { cursor node { ...DatasetParts } }
      }
    }
    fragment DatasetParts on Dataset {
      id name description status itemCount isModified updatedAt viewerRole
      project { id name }
      currentSnapshot { ...SnapshotParts }
      snapshots(first: 5) { totalCount nodes { ...SnapshotParts } }
    }
    fragment SnapshotParts on Snapshot { id number name reason itemCount createdAt createdBy }";
    assert_eq!(excess_of(&gate(), text, &json!({ "first": 100 })), None);
    let gate = gate();
    let reading = gate.read(text).expect("a document");
    assert_eq!(
        reading.judged.kind(Some("Datasets")),
        Some(OperationType::Query)
    );
}

#[test]
fn items_may_be_written_in_the_text_or_in_variables() {
    let deep = "{a:".repeat(60) + "1" + &"}".repeat(60);
    let text = format!(
        "mutation {{ commitItems(input: {{ datasetId: \"a\", upserts: [{{ key: \"k\", data: {deep} }}] }}) \
         {{ xactId }} }}"
    );
    assert_eq!(excess(&text), None);
    let data = (0..63).fold(json!(1), |inner, _| json!({ "a": inner }));
    let variables =
        json!({ "input": { "datasetId": "a", "upserts": [{ "data": { "b": data } }] } });
    let text = "mutation($input: CommitItemsInput!) { commitItems(input: $input) { xactId } }";
    assert_eq!(excess_of(&gate(), text, &variables), None);
}

#[test]
fn what_the_schema_does_not_know_is_left_to_the_engine() {
    for text in [
        "{ nothing { of { the } sort } }",
        "{ ...nowhere }",
        "{ ... on Nothing { a(first: 3) { b } } }",
        "mutation { a } subscription b { c }",
        "subscription { __schema { types { name } } }",
    ] {
        let outcome = gate().read(text).map(|_| ());
        let is_left = outcome.is_ok() || text.starts_with("mutation");
        assert!(is_left, "{text}: {outcome:?}");
    }
}
