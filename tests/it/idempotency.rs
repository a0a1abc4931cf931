//! A retry is answered as its first success was: after a restart, at the same time, never twice.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Home, Server, item, lines, reply};

/// Every kind of mutation that makes something, with what identifies what it made.
const CREATE: &str = "mutation ($input: CreateDatasetInput!) {
    createDataset(input: $input) { xactId dataset { id } }
}";
const COMMIT: &str = "mutation ($input: CommitItemsInput!) {
    commitItems(input: $input) { xactId dataset { id } summary { added } }
}";
const SNAPSHOT: &str = "mutation ($input: CreateSnapshotInput!) {
    createSnapshot(input: $input) { xactId snapshot { id number } }
}";
const RESTORE: &str = "mutation ($input: RestoreSnapshotInput!) {
    restoreSnapshot(input: $input) { xactId task { id } }
}";
const CLONE: &str = "mutation ($input: CloneSnapshotInput!) {
    cloneSnapshot(input: $input) { xactId task { id } dataset { id } }
}";

#[tokio::test]
async fn a_retry_has_the_same_answer_also_after_a_restart() {
    let home = Home::new();
    let mut server = home.start().await;
    let mut asked = Vec::new();
    let input = json!({ "name": "retried", "idempotencyKey": "k" });
    let made = server.ask(CREATE, json!({ "input": input })).await;
    let dataset = made["createDataset"]["dataset"]["id"].clone();
    asked.push((CREATE, input, made));
    let input = json!({ "datasetId": dataset, "upserts": [item(1, 1)], "idempotencyKey": "k" });
    asked.push((
        COMMIT,
        input.clone(),
        server.ask(COMMIT, json!({ "input": input })).await,
    ));
    let input = json!({ "datasetId": dataset, "name": "s", "idempotencyKey": "k" });
    let made = server.ask(SNAPSHOT, json!({ "input": input })).await;
    let snapshot = made["createSnapshot"]["snapshot"]["id"].clone();
    asked.push((SNAPSHOT, input, made));
    let input = json!({ "snapshotId": snapshot, "idempotencyKey": "k" });
    asked.push((
        CLONE,
        input.clone(),
        server.ask(CLONE, json!({ "input": input })).await,
    ));
    let target = json!({ "snapshotId": snapshot });
    let input = json!({ "datasetId": dataset, "target": target, "idempotencyKey": "k" });
    let made = server.ask(RESTORE, json!({ "input": input })).await;
    let task = made["restoreSnapshot"]["task"]["id"]
        .as_str()
        .expect("a task")
        .to_owned();
    server.task_end(&task).await;
    asked.push((RESTORE, input, made));

    for round in ["at once", "after a kill", "without caches"] {
        let events = server.events("id").await.len();
        for (document, input, made) in &asked {
            let again = server.ask(document, json!({ "input": input })).await;
            assert_eq!(again, *made, "{round}");
        }
        assert_eq!(
            server.events("id").await.len(),
            events,
            "{round}: something was done twice"
        );
        server.kill();
        if round == "after a kill" {
            home.forget("views.db");
            home.forget("content.db");
        }
        server = home.start().await;
    }
}

#[tokio::test]
async fn eight_retries_at_once_do_the_thing_once() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("eight").await;
    let upserts = json!([item(1, 1)]);
    let input = json!({ "datasetId": dataset, "upserts": upserts, "idempotencyKey": "same" });
    let tries = (0..8).map(|_| server.ask(COMMIT, json!({ "input": input })));
    let answers = join_all(tries).await;
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    let events = server.events("type").await;
    let committed = events
        .iter()
        .filter(|event| event["type"] == "ItemsCommitted");
    assert_eq!(committed.count(), 1);
}

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
