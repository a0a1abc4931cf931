//! Operations: begun, locking, finished; and drafts that one fills.

use serde_json::json;

use super::desk::{Desk, text};

#[tokio::test]
async fn an_operation_locks_the_dataset_until_it_is_finished() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let input = json!({ "datasetId": id, "kind": "ENRICHMENT" });
    let wanted = "operation { id kind startedBy finishedAt dataset { status
        activeOperation { kind } } }";
    let begun = desk.change("beginOperation", input.clone(), wanted).await["operation"].take();
    assert_eq!(begun["dataset"]["status"], "READ_ONLY");
    assert_eq!(begun["dataset"]["activeOperation"]["kind"], "ENRICHMENT");
    assert_eq!(
        desk.code_of("beginOperation", input).await,
        "OPERATION_RUNNING"
    );
    let commit = json!({ "datasetId": id, "upserts": [{ "key": "a", "data": {} }] });
    assert_eq!(
        desk.code_of("commitItems", commit.clone()).await,
        "DATASET_LOCKED"
    );
    let mut inside = commit;
    inside["operationId"] = begun["id"].clone();
    desk.change("commitItems", inside, "xactId").await;

    let finish = json!({ "operationId": begun["id"], "outcome": "SUCCEEDED" });
    let wanted = "operation { outcome finishedAt dataset { status itemCount } }";
    let finished = desk.change("finishOperation", finish.clone(), wanted).await;
    assert_eq!(finished["operation"]["outcome"], "SUCCEEDED");
    let state = json!({ "status": "READY", "itemCount": 1 });
    assert_eq!(finished["operation"]["dataset"], state);
    assert_eq!(desk.code_of("finishOperation", finish).await, "NOT_FOUND");
    let query = "query($id: ID!) { node(id: $id) { ... on Operation { outcome } } }";
    let found = desk.ask(query, json!({ "id": begun["id"] })).await;
    assert_eq!(found["node"]["outcome"], "SUCCEEDED");
}

#[tokio::test]
async fn a_draft_has_no_snapshot_until_its_creation_is_finished() {
    let desk = Desk::set().await;
    let input = json!({ "name": "draft", "draft": true });
    let wanted = "dataset { id status currentSnapshot { id } snapshots { totalCount } }";
    let draft = desk.change("createDataset", input, wanted).await["dataset"].take();
    assert_eq!(
        (&draft["status"], &draft["currentSnapshot"]),
        (&json!("DRAFT"), &json!(null))
    );
    let id = text(&draft["id"]);
    let snapshot = json!({ "datasetId": id });
    assert_eq!(
        desk.code_of("createSnapshot", snapshot).await,
        "DATASET_NOT_READY"
    );
    let begin = json!({ "datasetId": id, "kind": "CREATION" });
    let begun = desk
        .change("beginOperation", begin, "operation { id }")
        .await;
    let finish = json!({ "operationId": begun["operation"]["id"], "outcome": "SUCCEEDED" });
    let wanted = "operation { dataset { status currentSnapshot { number reason } } }";
    let finished = desk.change("finishOperation", finish, wanted).await;
    let current = json!({ "number": 1, "reason": "CREATION" });
    let expected = json!({ "status": "READY", "currentSnapshot": current });
    assert_eq!(finished["operation"]["dataset"], expected);
}
