//! Bad input of mutations and requests gets a clear error with a code, and never breaks anything.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::auth::Principal;
use crate::domain::ids::Position;

const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

#[tokio::test]
async fn mutations_refuse_what_is_malformed() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let item = |key: &str, data: Value| json!({ "datasetId": id, "upserts": [{ "key": key, "data": data }] });
    let future = Position(1 << 40).xact().to_string();
    let media =
        |media: Value| json!({ "datasetId": id, "upserts": [{ "data": {}, "media": media }] });
    let clone_both = json!({ "snapshotId": NOBODY, "version": { "id": id } });
    let both = json!({ "id": id, "xactId": future, "at": "2026-01-01T00:00:00Z" });
    let not_current = json!({ "datasetId": id, "target": { "current": false } });
    let model = json!({ "datasetId": id, "trainingModelId": "gpt" });
    let table = [
        ("createDataset", json!({ "name": "" }), "BAD_INPUT"),
        (
            "createDataset",
            json!({ "name": "x".repeat(300) }),
            "BAD_INPUT",
        ),
        ("createDataset", json!({ "name": "a\u{0}b" }), "BAD_INPUT"),
        (
            "createDataset",
            json!({ "name": "x", "metadata": [1] }),
            "BAD_INPUT",
        ),
        (
            "createDataset",
            json!({ "name": "x", "description": "x".repeat(10_001) }),
            "BAD_INPUT",
        ),
        (
            "createDataset",
            json!({ "name": "x", "projectId": NOBODY }),
            "NOT_FOUND",
        ),
        (
            "createDataset",
            json!({ "name": "x", "projectId": "mine" }),
            "BAD_INPUT",
        ),
        ("createProject", json!({ "name": " " }), "BAD_INPUT"),
        ("createProject", json!({ "name": "Default" }), "NAME_TAKEN"),
        (
            "createProject",
            json!({ "name": "x", "externalId": "" }),
            "BAD_INPUT",
        ),
        (
            "createProject",
            json!({ "name": "x", "description": "d".repeat(10_001) }),
            "BAD_INPUT",
        ),
        (
            "updateProject",
            json!({ "projectId": NOBODY, "name": "x" }),
            "NOT_FOUND",
        ),
        (
            "updateProject",
            json!({ "projectId": "17", "name": "x" }),
            "BAD_INPUT",
        ),
        ("deleteProject", json!({ "projectId": NOBODY }), "NOT_FOUND"),
        ("deleteProject", json!({ "projectId": "17" }), "BAD_INPUT"),
        ("deleteDataset", json!({ "datasetId": NOBODY }), "NOT_FOUND"),
        ("deleteDataset", json!({ "datasetId": "17" }), "BAD_INPUT"),
        ("commitItems", item("", json!({})), "BAD_INPUT"),
        (
            "commitItems",
            item(&"k".repeat(1_025), json!({})),
            "BAD_INPUT",
        ),
        ("commitItems", item("a\u{0}b", json!({})), "BAD_INPUT"),
        ("commitItems", item("a", json!("text")), "BAD_INPUT"),
        ("commitItems", item("a", json!([1])), "BAD_INPUT"),
        (
            "commitItems",
            item("a", json!({ "x": "y".repeat(2 << 20) })),
            "TOO_LARGE",
        ),
        (
            "commitItems",
            media(json!({ "uri": "x", "byteSize": -1 })),
            "BAD_INPUT",
        ),
        ("commitItems", media(json!({ "uri": "" })), "BAD_INPUT"),
        (
            "commitItems",
            media(json!({ "uri": "x", "mimeType": "png" })),
            "BAD_INPUT",
        ),
        (
            "commitItems",
            media(json!({ "uri": "x", "digest": "" })),
            "BAD_INPUT",
        ),
        (
            "commitItems",
            json!({ "datasetId": id, "deletes": [""] }),
            "BAD_INPUT",
        ),
        (
            "commitItems",
            json!({ "datasetId": id, "ifVersion": "7" }),
            "BAD_INPUT",
        ),
        (
            "commitItems",
            json!({ "datasetId": id, "ifVersion": future }),
            "BAD_INPUT",
        ),
        (
            "commitItems",
            json!({ "datasetId": id, "message": "x".repeat(10_001) }),
            "BAD_INPUT",
        ),
        (
            "createSnapshot",
            json!({ "datasetId": id, "xactId": future }),
            "BAD_INPUT",
        ),
        (
            "createSnapshot",
            json!({ "datasetId": id, "name": "\n" }),
            "BAD_INPUT",
        ),
        (
            "createSnapshot",
            json!({ "datasetId": NOBODY }),
            "NOT_FOUND",
        ),
        ("createSnapshot", model, "BAD_INPUT"),
        ("restoreSnapshot", not_current, "BAD_INPUT"),
        (
            "restoreSnapshot",
            json!({ "datasetId": id, "target": { "at": "now" } }),
            "BAD_INPUT",
        ),
        (
            "restoreSnapshot",
            json!({ "datasetId": id, "target": { "snapshotId": NOBODY } }),
            "NOT_FOUND",
        ),
        ("cloneSnapshot", json!({}), "BAD_INPUT"),
        ("cloneSnapshot", clone_both, "BAD_INPUT"),
        ("cloneSnapshot", json!({ "version": both }), "BAD_INPUT"),
        (
            "finishOperation",
            json!({ "operationId": NOBODY, "outcome": "FAILED" }),
            "NOT_FOUND",
        ),
        ("cancelTask", json!({ "taskId": NOBODY }), "NOT_FOUND"),
        ("createDataset", json!({}), "GRAPHQL_VALIDATION_FAILED"),
    ];
    for (mutation, input, code) in table {
        let found = desk.code_of(mutation, input.clone()).await;
        let shown: String = input.to_string().chars().take(120).collect();
        assert_eq!(found, code, "{mutation} {shown}");
    }
}

#[tokio::test]
async fn what_is_unknown_is_null() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let query = "query($id: ID!, $nobody: ID!) { dataset(id: $nobody) { id }
        snapshot(id: $nobody) { id } task(id: $nobody) { id } node(id: $nobody) { id }
        nodes(ids: [$id, $nobody]) { id } project(id: $nobody) { id }
        datasetByName(name: \"nobody\") { id } snapshotByName(datasetId: $id, name: \"x\") { id }
        known: dataset(id: $id) { item(key: \"nobody\") { key } } }";
    let data = desk.ask(query, json!({ "id": id, "nobody": NOBODY })).await;
    let known = json!({ "item": null });
    let nodes = json!([{ "id": id }, null]);
    let expected = json!({ "dataset": null, "snapshot": null, "task": null, "node": null,
        "nodes": nodes, "project": null, "datasetByName": null, "snapshotByName": null,
        "known": known });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn a_request_waits_for_the_event_it_must_see() {
    let desk = Desk::set().await;
    let head = desk.ask("{ ledger { head } }", json!({})).await["ledger"]["head"].take();
    let future = json!(Position(1 << 40).xact().to_string());
    for (wanted, code) in [
        (head, None),
        (future, Some("BAD_INPUT")),
        (json!("7"), Some("BAD_INPUT")),
    ] {
        let mut request = async_graphql::Request::new("{ ledger { head } }");
        let wanted = async_graphql::Value::from_json(wanted).expect("a value");
        request.extensions.insert("minXactId".to_owned(), wanted);
        let ada = Principal::administrator("ada", None);
        let response = desk.answer_to(&ada, request).await;
        assert_eq!(
            response["errors"][0]["extensions"]["code"].as_str(),
            code,
            "{response}"
        );
    }
}

#[tokio::test]
async fn brackets_without_end_are_refused_and_break_nothing() {
    let desk = Desk::set().await;
    for open in ["[", "{a:", "{ a "] {
        let query = format!("{{ node(id: {} ", open.repeat(100_000));
        let code = desk.refused(&query, json!({})).await["code"].take();
        assert_eq!(code, "QUERY_TOO_COMPLEX", "{open}");
    }
    let query = "{ a ".repeat(50_000) + &"}".repeat(50_000);
    let code = desk.refused(&query, json!({})).await["code"].take();
    assert_eq!(code, "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_told_so() {
    let mut desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let limits = crate::graphql::Limits {
        execution_time_max: std::time::Duration::ZERO,
        ..crate::graphql::Limits::default()
    };
    let schema = crate::graphql::build(desk.house.ledger.clone(), limits);
    desk.schema = schema.expect("a schema");
    // Enough to take longer than a timer's grain.
    let upserts = vec![json!({ "data": { "text": "x".repeat(100) } }); 4_000];
    let input = json!({ "datasetId": id, "upserts": upserts });
    let text = "mutation($input: CommitItemsInput!) { commitItems(input: $input) { xactId } }";
    let refused = desk.refused(text, json!({ "input": input })).await;
    assert_eq!(
        (&refused["code"], &refused["retryable"]),
        (&json!("UNAVAILABLE"), &json!(true))
    );
}
