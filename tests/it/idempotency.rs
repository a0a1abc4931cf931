//! A key belongs to one input of one mutation. What a retry is answered tell the `retries`.

use serde_json::{Value, json};

use crate::harness::{Home, Server, item, lines, reply};

const COMMIT: &str = "mutation ($input: CommitItemsInput!) {
    commitItems(input: $input) { xactId dataset { id } summary { added } }
}";
const SNAPSHOT: &str = "mutation ($input: CreateSnapshotInput!) {
    createSnapshot(input: $input) { xactId snapshot { id number } }
}";

#[tokio::test]
async fn an_upload_retried_with_its_key_is_done_once() {
    let home = Home::new();
    let mut server = home.start().await;
    let dataset = server.dataset("uploads").await;
    let upload = |server: &Server, count| {
        let upload = server.upload(&dataset, "").header("Idempotency-Key", "k");
        reply(upload.body(lines(count, 1)))
    };
    let first = upload(&server, 2_000).await.done();
    for round in ["at once", "after a kill"] {
        assert_eq!(upload(&server, 2_000).await.done(), first, "{round}");
        let other = upload(&server, 1_999).await;
        assert_eq!(
            (other.status, other.code()),
            (409, "IDEMPOTENCY_KEY_REUSED")
        );
        server.kill();
        server = home.start().await;
    }
    let events = server.events("type").await;
    let committed = events
        .iter()
        .filter(|event| event["type"] == "ItemsCommitted");
    assert_eq!(committed.count(), 1);
}

#[tokio::test]
async fn another_input_under_the_same_key_is_refused_and_another_verb_is_not() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("keys").await;
    let commit = |upserts: Value, key: &str| json!({ "input": { "datasetId": dataset, "upserts": upserts, "idempotencyKey": key } });
    server.ask(COMMIT, commit(json!([item(1, 1)]), "k")).await;
    let refused = server
        .refused(COMMIT, commit(json!([item(2, 1)]), "k"))
        .await;
    assert_eq!(refused.code, "IDEMPOTENCY_KEY_REUSED");
    assert!(!refused.hint.is_empty(), "{refused:?}");
    let input = json!({ "datasetId": dataset, "idempotencyKey": "k" });
    server.ask(SNAPSHOT, json!({ "input": input })).await;
    assert_eq!(server.head(&dataset).await["itemCount"], 1);
    for key in ["", "x".repeat(256).as_str()] {
        let refused = server
            .refused(COMMIT, commit(json!([item(1, 1)]), key))
            .await;
        assert_eq!(refused.code, "BAD_INPUT", "{refused:?}");
    }
}
