//! Idempotency keys: a retry is answered as the first time, another input is refused.

use serde_json::json;

use super::desk::Desk;

#[tokio::test]
async fn a_retry_is_answered_as_the_first_time_and_changes_nothing() {
    let desk = Desk::set().await;
    let input = json!({ "name": "penguins", "idempotencyKey": "k-1" });
    let wanted = "xactId dataset { id }";
    let first = desk.change("createDataset", input.clone(), wanted).await;
    let again = desk.change("createDataset", input, wanted).await;
    assert_eq!(first, again);
    let other = json!({ "name": "gulls", "idempotencyKey": "k-1" });
    assert_eq!(
        desk.code_of("createDataset", other).await,
        "IDEMPOTENCY_KEY_REUSED"
    );

    let id = &first["dataset"]["id"];
    let commit = json!({ "datasetId": id, "idempotencyKey": "k-1", "upserts": [{ "data": {} }] });
    let wanted = "xactId summary { added } dataset { itemCount }";
    let first = desk.change("commitItems", commit.clone(), wanted).await;
    let again = desk.change("commitItems", commit, wanted).await;
    assert_eq!(first, again);
    assert_eq!(again["dataset"]["itemCount"], 1);

    let snapshot = json!({ "datasetId": id, "name": "one", "idempotencyKey": "k-2" });
    let wanted = "xactId snapshot { id number }";
    let first = desk
        .change("createSnapshot", snapshot.clone(), wanted)
        .await;
    assert_eq!(first, desk.change("createSnapshot", snapshot, wanted).await);

    let target = json!({ "snapshotId": first["snapshot"]["id"] });
    let restore = json!({ "datasetId": id, "target": target, "idempotencyKey": "k-3" });
    let first = desk
        .change("restoreSnapshot", restore.clone(), "xactId task { id }")
        .await;
    let again = desk
        .change("restoreSnapshot", restore, "xactId task { id }")
        .await;
    assert_eq!(first, again);
}

#[tokio::test]
async fn a_key_has_1_to_255_characters() {
    let desk = Desk::set().await;
    for key in [String::new(), "x".repeat(256)] {
        let input = json!({ "name": "penguins", "idempotencyKey": key });
        assert_eq!(desk.code_of("createDataset", input).await, "BAD_INPUT");
    }
    let input = json!({ "name": "penguins", "idempotencyKey": "ü".repeat(255) });
    desk.change("createDataset", input, "xactId").await;
}
