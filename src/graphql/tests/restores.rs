//! Restores: previewed, done while somebody watches, undone, called off.

use serde_json::{Value, json};

use super::desk::{Desk, text};

const WATCH: &str = "subscription($id: ID!) { restoreProgress(datasetId: $id) {
    id type status phase progress { done total percent } finishedAt resultXactId
    summary { added removed modified unchanged } dataset { status } snapshot { name } } }";

#[tokio::test]
async fn a_restore_is_watched_through_every_phase_and_brings_everything_back() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    desk.put(&id, &["a", "b", "c"], json!(1)).await;
    let before = desk.items(&id, json!(null)).await;
    let snapshot = desk.snapshot(&id, "good").await;
    let later = desk.put(&id, &["b", "d"], json!(2)).await;
    let after = desk.items(&id, json!(null)).await;

    let preview =
        "query($id: ID!, $t: RestoreTarget!) { previewRestore(datasetId: $id, target: $t) {
        added removed modified unchanged } }";
    let target = json!({ "snapshotId": snapshot });
    let preview = desk.ask(preview, json!({ "id": id, "t": target })).await;
    let expected = json!({ "added": 0, "removed": 1, "modified": 1, "unchanged": 2 });
    assert_eq!(preview["previewRestore"], expected);

    let mut told = desk.watch(WATCH, json!({ "id": id }));
    let watching = tokio::spawn(async move {
        let mut seen = Vec::new();
        while let Some(mut data) = told.next().await {
            seen.push(data["restoreProgress"].take());
            if seen
                .last()
                .is_some_and(|last| last["status"] == "COMPLETED")
            {
                break;
            }
        }
        seen
    });
    let input = json!({ "datasetId": id, "target": target, "safetySnapshot": true });
    let begun = desk
        .change("restoreSnapshot", input, "xactId task { id type }")
        .await;
    assert_eq!(begun["task"]["type"], "SNAPSHOT_RESTORE");
    let seen = watching.await.expect("watched");
    let mut phases: Vec<String> = seen.iter().map(|task| text(&task["phase"])).collect();
    phases.dedup();
    assert_eq!(phases, ["QUEUED", "VERIFYING", "SWITCHING", "COMPLETED"]);
    assert_done_rises(&seen);
    let last = &seen[seen.len() - 1];
    assert_eq!(last["id"], begun["task"]["id"]);
    assert_eq!(last["summary"], expected);
    assert_eq!(
        last["progress"],
        json!({ "done": 2, "total": 2, "percent": 100.0 })
    );
    assert_eq!(last["snapshot"]["name"], "good");
    assert!(last["resultXactId"].is_string() && last["finishedAt"].is_string());
    assert!(seen[0]["finishedAt"].is_null() && seen[0]["resultXactId"].is_null());

    assert_eq!(desk.items(&id, json!(null)).await, before);
    assert_eq!(desk.items(&id, json!({ "xactId": later })).await, after);
    let state = "query($id: ID!) { dataset(id: $id) { status isModified activeTask { id }
        currentSnapshot { name } versions(first: 1) { nodes { kind restoredFrom { name } } }
        snapshots(filter: {reasons: [RESTORE]}) { nodes { reason xactId } } } }";
    let state = desk.ask(state, json!({ "id": id })).await["dataset"].take();
    assert_eq!(
        (&state["status"], &state["isModified"]),
        (&json!("READY"), &json!(false))
    );
    assert_eq!(state["currentSnapshot"]["name"], "good");
    let version = json!([{ "kind": "RESTORED", "restoredFrom": { "name": "good" } }]);
    assert_eq!(state["versions"]["nodes"], version);
    let safety = json!([{ "reason": "RESTORE", "xactId": later }]);
    assert_eq!(state["snapshots"]["nodes"], safety);
}

fn assert_done_rises(seen: &[Value]) {
    let done: Vec<u64> = seen
        .iter()
        .filter_map(|task| task["progress"]["done"].as_u64())
        .collect();
    assert!(done.is_sorted(), "{done:?}");
    for task in seen {
        let is_full = task["progress"]["percent"] == json!(100.0);
        assert_eq!(is_full, task["phase"] == "COMPLETED", "{task}");
    }
}

#[tokio::test]
async fn one_watch_sees_one_restore_after_the_other() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let empty = desk.snapshot(&id, "empty").await;
    desk.put(&id, &["a"], json!(1)).await;
    let full = desk.snapshot(&id, "full").await;
    let mut told = desk.watch(WATCH, json!({ "id": id }));
    let watching = tokio::spawn(async move {
        let mut ended = Vec::new();
        while let Some(mut data) = told.next().await {
            let task = data["restoreProgress"].take();
            if task["status"] == "COMPLETED" {
                ended.push(text(&task["snapshot"]["name"]));
            }
            if ended.len() == 3 {
                break;
            }
        }
        ended
    });
    for snapshot in [&empty, &full, &empty] {
        desk.restore(&id, snapshot).await;
    }
    assert_eq!(watching.await.expect("watched"), ["empty", "full", "empty"]);
}

#[tokio::test]
async fn a_task_that_has_ended_tells_its_end_and_cannot_be_called_off() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let snapshot = desk.snapshot(&id, "good").await;
    let task = desk.restore(&id, &snapshot).await;
    let input = json!({ "taskId": task["id"] });
    assert_eq!(desk.code_of("cancelTask", input).await, "TASK_ENDED");
    let query = "query($id: ID!) { task(id: $id) { status phase resultXactId progress { percent } }
        tasks(filter: {statuses: [COMPLETED], types: [SNAPSHOT_RESTORE]}) { totalCount nodes { id } } }";
    let found = desk.ask(query, json!({ "id": task["id"] })).await;
    assert_eq!(found["task"]["status"], "COMPLETED");
    assert_eq!(found["task"]["progress"]["percent"], 100.0);
    assert_eq!(
        found["tasks"],
        json!({ "totalCount": 1, "nodes": [{ "id": task["id"] }] })
    );
}

#[tokio::test]
async fn a_restore_goes_back_to_the_current_snapshot_a_version_or_a_time() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let first = desk.put(&id, &["a"], json!(1)).await;
    desk.snapshot(&id, "one").await;
    desk.put(&id, &["b"], json!(2)).await;
    let query = "query($id: ID!) { dataset(id: $id) { updatedAt } }";
    let then = desk.ask(query, json!({ "id": id })).await["dataset"]["updatedAt"].take();
    desk.put(&id, &["c"], json!(3)).await;
    let table = [
        (json!({ "current": true }), 1),
        (json!({ "at": then }), 2),
        (json!({ "xactId": first }), 1),
    ];
    for (target, count) in table {
        let input = json!({ "datasetId": id, "target": target });
        let begun = desk.change("restoreSnapshot", input, "task { id }").await;
        let wanted = "subscription($id: ID!) { taskProgress(taskId: $id) { phase } }";
        let mut told = desk.watch(wanted, json!({ "id": begun["task"]["id"] }));
        while told.next().await.is_some() {}
        assert_eq!(desk.items(&id, json!(null)).await.len(), count, "{target}");
    }
}

#[tokio::test]
async fn watching_what_is_not_there_is_refused() {
    let desk = Desk::set().await;
    let nobody = "00000000-0000-7000-8000-000000000000";
    let table = [
        "subscription($id: ID!) { restoreProgress(datasetId: $id) { id } }",
        "subscription($id: ID!) { taskProgress(taskId: $id) { id } }",
        "subscription($id: ID!) { datasetChanged(id: $id) { id } }",
        "subscription($id: ID!) { snapshotChanged(datasetId: $id) { kind } }",
    ];
    for text in table {
        for (id, code) in [(nobody, "NOT_FOUND"), ("x", "BAD_INPUT")] {
            let mut told = desk.watch(text, json!({ "id": id }));
            let response = told.response().await.expect("an answer");
            assert_eq!(response["errors"][0]["extensions"]["code"], code, "{text}");
            assert!(told.response().await.is_none(), "{text}");
        }
    }
}
