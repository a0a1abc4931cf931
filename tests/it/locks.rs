//! While a restore runs: nothing is written, everything is read, and it can be called off.

use serde_json::{Value, json};

use crate::harness::{Home, Server, Socket, item, line, lines, reply};

/// Items of a restore that takes long enough to try everything meanwhile.
const ITEMS: u64 = 60_000;

/// A dataset with one item, whose snapshot holds many; and that snapshot.
async fn much_to_restore(server: &Server) -> (String, String) {
    let dataset = server.dataset("locked").await;
    server.import(&dataset, "", lines(ITEMS, 1)).await;
    let snapshot = server.snapshot(&dataset, "many").await;
    server.import(&dataset, "?mode=replace", line(0, 2)).await;
    (dataset, snapshot)
}

/// Begins the restore and waits until it verifies.
async fn verifying(server: &Server, dataset: &str, snapshot: &str) -> String {
    let document = "subscription ($id: ID!) { restoreProgress(datasetId: $id) { phase } }";
    let mut socket = Socket::open(server, document, json!({ "id": dataset })).await;
    let task = server
        .begin_restore(dataset, json!({ "snapshotId": snapshot }))
        .await;
    while socket.next().await["restoreProgress"]["phase"] != "VERIFYING" {}
    task
}

async fn phase(server: &Server, task: &str) -> Value {
    let document = "query ($id: ID!) { task(id: $id) { phase } }";
    server.ask(document, json!({ "id": task })).await["task"]["phase"].take()
}

/// Every way to write, and how it is refused.
async fn check_writes_are_refused(server: &Server, dataset: &str, snapshot: &str) {
    let upserts = json!([{ "key": "a", "data": {} }]);
    let target = json!({ "snapshotId": snapshot });
    let of = |more: Value| {
        let mut input = more;
        input["datasetId"] = json!(dataset);
        json!({ "input": input })
    };
    let mutation = |verb: &str, input: &str| {
        format!("mutation ($input: {input}!) {{ {verb}(input: $input) {{ xactId }} }}")
    };
    for (verb, input, variables, code) in [
        (
            "commitItems",
            "CommitItemsInput",
            of(json!({ "upserts": upserts })),
            "DATASET_LOCKED",
        ),
        (
            "createSnapshot",
            "CreateSnapshotInput",
            of(json!({})),
            "OPERATION_RUNNING",
        ),
        (
            "restoreSnapshot",
            "RestoreSnapshotInput",
            of(json!({ "target": target })),
            "OPERATION_RUNNING",
        ),
        (
            "beginOperation",
            "BeginOperationInput",
            of(json!({ "kind": "REINDEX" })),
            "OPERATION_RUNNING",
        ),
        (
            "deleteDataset",
            "DeleteDatasetInput",
            of(json!({})),
            "OPERATION_RUNNING",
        ),
    ] {
        let refused = server.refused(&mutation(verb, input), variables).await;
        let is_refused = refused.code == code || refused.code == "DATASET_NOT_READY";
        assert!(is_refused, "{verb}: {refused:?}");
    }
    let upload = reply(server.upload(dataset, "").body(line(1, 1))).await;
    assert_eq!(
        (upload.status, upload.code()),
        (409, "DATASET_LOCKED"),
        "{upload:?}"
    );
}

#[tokio::test]
async fn nothing_is_written_while_a_restore_runs_and_reads_see_the_state_before() {
    let home = Home::new();
    let server = home.start().await;
    let (dataset, snapshot) = much_to_restore(&server).await;
    let root = server.digest(&dataset).await;
    let task = verifying(&server, &dataset, &snapshot).await;

    check_writes_are_refused(&server, &dataset, &snapshot).await;
    let head = server.head(&dataset).await;
    assert_eq!(
        (&head["status"], &head["digest"]),
        (&json!("READ_ONLY"), &json!(root))
    );
    assert_eq!(server.export(&dataset, None).await, line(0, 2));
    assert_eq!(
        phase(&server, &task).await,
        "VERIFYING",
        "it ended before all was tried"
    );

    assert_eq!(server.task_end(&task).await["phase"], "COMPLETED");
    let head = server.head(&dataset).await;
    assert_eq!(
        (&head["status"], &head["itemCount"]),
        (&json!("READY"), &json!(ITEMS))
    );
    server.commit(&dataset, vec![item(0, 3)], &[]).await;
}

#[tokio::test]
async fn a_restore_called_off_while_verifying_leaves_everything_as_it_was() {
    let home = Home::new();
    let server = home.start().await;
    let (dataset, snapshot) = much_to_restore(&server).await;
    let root = server.digest(&dataset).await;
    let task = verifying(&server, &dataset, &snapshot).await;
    let document = "mutation ($id: ID!) {
        cancelTask(input: { taskId: $id }) { task { phase } xactId }
    }";
    let cancelled = server.ask(document, json!({ "id": task })).await;
    assert_eq!(cancelled["cancelTask"]["task"]["phase"], "CANCELLED");
    let again = server.refused(document, json!({ "id": task })).await;
    assert_eq!(again.code, "TASK_ENDED");
    assert_eq!(server.task_end(&task).await["status"], "CANCELLED");
    let head = server.head(&dataset).await;
    assert_eq!(
        (&head["status"], &head["digest"]),
        (&json!("READY"), &json!(root))
    );
    server.commit(&dataset, vec![item(0, 3)], &[]).await;
}
