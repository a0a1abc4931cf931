//! Clones: made of snapshots and versions, compared with their source, whole without it.

use serde_json::json;

use super::desk::{Desk, text};

#[tokio::test]
async fn a_clone_has_the_sources_items_and_stays_whole_without_it() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    desk.put(&id, &["a", "b"], json!(1)).await;
    let snapshot = desk.snapshot(&id, "good").await;
    let wanted = "xactId task { status phase type progress { percent } dataset { name }
        snapshot { id } } dataset { id name itemCount clonedFrom { id dataset { id } }
        clonedFromDataset { name } currentSnapshot { reason } }";
    let input = json!({ "snapshotId": snapshot });
    let clone = desk.change("cloneSnapshot", input.clone(), wanted).await;
    assert_eq!(clone["task"]["status"], "COMPLETED");
    assert_eq!(clone["task"]["progress"]["percent"], 100.0);
    assert_eq!(clone["task"]["snapshot"]["id"], json!(snapshot));
    assert_eq!(clone["task"]["dataset"]["name"], "penguins (cloned)");
    let cloned = &clone["dataset"];
    assert_eq!(
        (&cloned["name"], &cloned["itemCount"]),
        (&json!("penguins (cloned)"), &json!(2))
    );
    assert_eq!(
        cloned["clonedFrom"],
        json!({ "id": snapshot, "dataset": { "id": id } })
    );
    assert_eq!(cloned["currentSnapshot"]["reason"], "CLONE");
    let again = desk
        .change("cloneSnapshot", input, "dataset { name }")
        .await;
    assert_eq!(again["dataset"]["name"], "penguins (cloned 2)");

    let lineage = "query($id: ID!, $s: ID!) { dataset(id: $id) { clones { totalCount } }
        snapshot(id: $s) { clones { nodes { name } } } }";
    let lineage = desk.ask(lineage, json!({ "id": id, "s": snapshot })).await;
    assert_eq!(lineage["dataset"]["clones"]["totalCount"], 2);
    assert_eq!(
        lineage["snapshot"]["clones"]["nodes"][1]["name"],
        "penguins (cloned)"
    );

    let clone_id = text(&cloned["id"]);
    let before = desk.items(&clone_id, json!(null)).await;
    desk.change("deleteDataset", json!({ "datasetId": id }), "xactId")
        .await;
    assert_eq!(desk.items(&clone_id, json!(null)).await, before);
    let from = "query($id: ID!) { dataset(id: $id) { clonedFrom { name deletedAt }
        clonedFromDataset { name deletedAt } } }";
    let from = desk.ask(from, json!({ "id": clone_id })).await;
    assert_eq!(from["dataset"]["clonedFrom"]["name"], "good");
    assert!(from["dataset"]["clonedFromDataset"]["deletedAt"].is_string());
}

#[tokio::test]
async fn a_clone_is_compared_with_its_source() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let first = desk.put(&id, &["a", "b"], json!(1)).await;
    desk.put(&id, &["c"], json!(1)).await;
    let version = json!({ "id": id, "xactId": first });
    let input = json!({ "version": version, "name": "experiment" });
    let clone = desk
        .change("cloneSnapshot", input.clone(), "dataset { id itemCount }")
        .await;
    assert_eq!(clone["dataset"]["itemCount"], 2);
    assert_eq!(desk.code_of("cloneSnapshot", input).await, "NAME_TAKEN");
    let clone = text(&clone["dataset"]["id"]);
    desk.put(&clone, &["b"], json!(9)).await;
    let query = "query($from: VersionRef!, $to: VersionRef!) { diff(from: $from, to: $to) {
        summary { added removed modified unchanged } nodes { key change } } }";
    let variables = json!({
        "from": { "dataset": { "id": id } }, "to": { "dataset": { "id": clone } },
    });
    let diff = desk.ask(query, variables).await["diff"].take();
    let summary = json!({ "added": 0, "removed": 1, "modified": 1, "unchanged": 1 });
    assert_eq!(diff["summary"], summary);
    let nodes = json!([{ "key": "b", "change": "MODIFIED" }, { "key": "c", "change": "REMOVED" }]);
    assert_eq!(diff["nodes"], nodes);

    let of_snapshot = "query($id: ID!, $to: VersionRef!) { dataset(id: $id) { currentSnapshot {
        diff(to: $to) { summary { modified } } } } }";
    let to = json!({ "dataset": { "id": clone } });
    let data = desk
        .ask(of_snapshot, json!({ "id": clone, "to": to }))
        .await;
    assert_eq!(
        data["dataset"]["currentSnapshot"]["diff"]["summary"]["modified"],
        1
    );
}
