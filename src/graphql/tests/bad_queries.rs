//! Bad input of queries gets a clear error with a code and the field.

use serde_json::json;

use super::desk::{Desk, text};
use crate::domain::ids::Position;

#[tokio::test]
async fn queries_refuse_what_is_malformed() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let first = desk.put(&id, &["a"], json!(1)).await;
    let other = desk.dataset("others").await;
    let snapshot = desk.snapshot(&other, "elsewhere").await;
    let future = Position(1 << 40).xact();
    let page = desk
        .ask(
            "{ datasets(first: 1) { pageInfo { endCursor } } }",
            json!({}),
        )
        .await;
    let foreign = text(&page["datasets"]["pageInfo"]["endCursor"]);
    let early = Position(1).xact();
    let of = |field: &str| format!("{{ dataset(id: \"{id}\") {{ {field} }} }}");
    let table = [
        (
            "{ dataset(id: \"x\") { id } }".to_owned(),
            "BAD_INPUT",
            "id",
        ),
        ("{ node(id: \"x\") { id } }".to_owned(), "BAD_INPUT", "id"),
        (
            "{ datasets(first: -1) { totalCount } }".to_owned(),
            "BAD_INPUT",
            "first",
        ),
        (
            "{ datasets(first: 100000) { totalCount } }".to_owned(),
            "BAD_INPUT",
            "first",
        ),
        (
            "{ datasets(first: 1, last: 1) { totalCount } }".to_owned(),
            "BAD_INPUT",
            "last",
        ),
        (
            "{ datasets(after: \"x\") { totalCount } }".to_owned(),
            "BAD_INPUT",
            "after",
        ),
        (
            "{ datasets(projectId: \"x\") { totalCount } }".to_owned(),
            "BAD_INPUT",
            "projectId",
        ),
        (
            "{ datasetByName(name: \"\") { id } }".to_owned(),
            "BAD_INPUT",
            "name",
        ),
        (
            "{ project(id: \"x\", name: \"y\") { id } }".to_owned(),
            "BAD_INPUT",
            "id",
        ),
        (
            format!("{{ tasks(after: \"{foreign}\") {{ totalCount }} }}"),
            "BAD_INPUT",
            "after",
        ),
        (
            of(&format!("items(after: \"{foreign}\") {{ totalCount }}")),
            "BAD_INPUT",
            "after",
        ),
        (of("items(first: -1) { totalCount }"), "BAD_INPUT", "first"),
        (
            of("items(offset: -1) { totalCount }"),
            "BAD_INPUT",
            "offset",
        ),
        (
            of(&format!(
                "items(at: {{xactId: \"{future}\"}}) {{ totalCount }}"
            )),
            "BAD_INPUT",
            "xactId",
        ),
        (
            of("items(at: {xactId: \"7\"}) { totalCount }"),
            "BAD_INPUT",
            "xactId",
        ),
        (
            of("items(at: {at: \"yesterday\"}) { totalCount }"),
            "BAD_INPUT",
            "at",
        ),
        (
            of(&format!(
                "items(at: {{xactId: \"{early}\"}}) {{ totalCount }}"
            )),
            "NOT_FOUND",
            "",
        ),
        (
            of(&format!(
                "items(at: {{snapshotId: \"{snapshot}\"}}) {{ totalCount }}"
            )),
            "NOT_FOUND",
            "",
        ),
        (
            of(&format!(
                "version(at: {{dataset: {{id: \"{other}\"}}}}) {{ kind }}"
            )),
            "NOT_FOUND",
            "",
        ),
        (
            format!(
                "{{ diff(from: {{xactId: \"{first}\"}}, to: {{snapshotId: \"{snapshot}\"}}) {{ summary {{ added }} }} }}"
            ),
            "BAD_INPUT",
            "from",
        ),
        (
            format!("{{ event(xactId: \"{future}\") {{ id }} }}"),
            "BAD_INPUT",
            "xactId",
        ),
        (
            "{ event(xactId: \"1\") { id } }".to_owned(),
            "BAD_INPUT",
            "xactId",
        ),
        (
            "{ events(filter: {datasetIds: [\"x\"]}) { totalCount } }".to_owned(),
            "BAD_INPUT",
            "datasetIds",
        ),
        (
            "{ datasets(first: 99999999999) { totalCount } }".to_owned(),
            "BAD_INPUT",
            "",
        ),
        ("{ nonsense }".to_owned(), "GRAPHQL_VALIDATION_FAILED", ""),
        (
            "{ dataset(id: true) { id } }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
            "",
        ),
        ("{ dataset(id: ".to_owned(), "GRAPHQL_PARSE_FAILED", ""),
        (String::new(), "GRAPHQL_PARSE_FAILED", ""),
        (
            "query a { ledger { head } } query b { ledger { head } }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
            "",
        ),
        (nested(13), "QUERY_TOO_COMPLEX", ""),
    ];
    for (query, code, field) in table {
        let refused = desk.refused(&query, json!({})).await;
        assert_eq!(refused["code"], code, "{query} {refused}");
        assert!(
            refused["hint"].is_string() && refused["retryable"].is_boolean(),
            "{query}"
        );
        if !field.is_empty() {
            assert_eq!(refused["field"], field, "{query}");
        }
    }
}

/// A query that is so deep.
fn nested(depth: usize) -> String {
    let inner = "project { datasets { nodes { ".repeat(depth / 3 + 1);
    let close = " } } }".repeat(depth / 3 + 1);
    format!("{{ datasets {{ nodes {{ {inner} id {close} }} }} }}")
}
