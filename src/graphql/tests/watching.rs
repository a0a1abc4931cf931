//! Watching datasets and snapshots.

use serde_json::json;

use super::desk::Desk;

#[tokio::test]
async fn a_dataset_is_told_at_once_and_after_every_change_until_it_is_deleted() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    desk.dataset("others").await;
    let text = "subscription($id: ID!) { datasetChanged(id: $id) { name itemCount deletedAt } }";
    let mut told = desk.watch(text, json!({ "id": id }));
    let first = told.next().await.expect("told")["datasetChanged"].take();
    assert_eq!(
        first,
        json!({ "name": "penguins", "itemCount": 0, "deletedAt": null })
    );
    desk.put(&id, &["a"], json!(1)).await;
    let second = told.next().await.expect("told")["datasetChanged"].take();
    assert_eq!(second["itemCount"], 1);
    let input = json!({ "datasetId": id, "name": "birds" });
    desk.change("updateDataset", input, "xactId").await;
    assert_eq!(
        told.next().await.expect("told")["datasetChanged"]["name"],
        "birds"
    );
    desk.change("deleteDataset", json!({ "datasetId": id }), "xactId")
        .await;
    let last = told.next().await.expect("told")["datasetChanged"].take();
    assert!(last["deletedAt"].is_string());
    assert!(told.next().await.is_none());
}

#[tokio::test]
async fn every_change_of_a_snapshot_is_told_in_order() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let text = "subscription($id: ID!) { snapshotChanged(datasetId: $id) {
        kind xactId snapshot { name } } }";
    let mut told = desk.watch(text, json!({ "id": id }));
    let watching = tokio::spawn(async move {
        let mut kinds = Vec::new();
        let mut last = String::new();
        while kinds.len() < 7 {
            let change = told.next().await.expect("told")["snapshotChanged"].take();
            kinds.push(super::desk::text(&change["kind"]));
            let xact = super::desk::text(&change["xactId"]);
            assert!(last < xact, "{last} {xact}");
            last = xact;
        }
        kinds
    });
    tokio::task::yield_now().await;
    // The watch begins when it is first polled: wait until it hears.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let one = desk.snapshot(&id, "one").await;
    desk.snapshot(&id, "two").await;
    let of_one = json!({ "snapshotId": one });
    let rename = json!({ "snapshotId": one, "name": "first" });
    desk.change("renameSnapshot", rename, "xactId").await;
    desk.change("deleteSnapshot", of_one.clone(), "xactId")
        .await;
    desk.change("undeleteSnapshot", of_one, "xactId").await;
    let elsewhere = desk.dataset("others").await;
    desk.snapshot(&elsewhere, "not told").await;
    desk.restore(&id, &one).await;
    desk.snapshot(&id, "three").await;
    let expected = [
        "CREATED",
        "CREATED",
        "RENAMED",
        "DELETED",
        "UNDELETED",
        "RESTORED",
        "CREATED",
    ];
    assert_eq!(watching.await.expect("watched"), expected);
}
