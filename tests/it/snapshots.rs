//! Snapshots come and go: what is deleted is in no listing, and comes back as it was.

use serde_json::{Value, json};

use crate::harness::{Home, Server, item};

const DELETE: &str = "mutation ($input: DeleteSnapshotInput!) {
    deleteSnapshot(input: $input) { xactId }
}";
const UNDELETE: &str = "mutation ($input: UndeleteSnapshotInput!) {
    undeleteSnapshot(input: $input) { snapshot { id number name digest deletedAt } }
}";

/// Where a snapshot can be seen: the names in every listing, and by id and by name.
async fn seen(server: &Server, dataset: &str, snapshot: &str) -> Value {
    let document = "query ($dataset: ID!, $snapshot: ID!) {
        snapshots { nodes { name } totalCount }
        dataset(id: $dataset) {
            snapshots { nodes { name } totalCount }
            versions { nodes { snapshots { name } } }
        }
        snapshot(id: $snapshot) { name }
        node(id: $snapshot) { id }
        snapshotByName(datasetId: $dataset, name: \"The First\") { id }
    }";
    server
        .ask(
            document,
            json!({ "dataset": dataset, "snapshot": snapshot }),
        )
        .await
}

#[tokio::test]
async fn a_deleted_snapshot_is_in_no_listing_and_comes_back_as_it_was() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("snapshots").await;
    server.commit(&dataset, vec![item(1, 1)], &[]).await;
    let first = server.snapshot(&dataset, "the first").await;
    server.commit(&dataset, vec![item(2, 1)], &[]).await;
    server.snapshot(&dataset, "the second").await;
    let before = seen(&server, &dataset, &first).await;
    assert_eq!(before["dataset"]["snapshots"]["totalCount"], 3);
    assert_eq!(before["snapshotByName"]["id"], first);

    server
        .ask(DELETE, json!({ "input": { "snapshotId": first } }))
        .await;
    let without = seen(&server, &dataset, &first).await;
    assert!(
        !without.to_string().contains("the first"),
        "still seen: {without}"
    );
    assert_eq!(without["dataset"]["snapshots"]["totalCount"], 2);
    assert_eq!(without["snapshot"], Value::Null);
    assert_eq!(without["node"], Value::Null);
    assert_eq!(without["snapshotByName"], Value::Null);
    let again = server
        .refused(DELETE, json!({ "input": { "snapshotId": first } }))
        .await;
    assert_eq!(again.code, "NOT_FOUND");

    let back = server
        .ask(UNDELETE, json!({ "input": { "snapshotId": first } }))
        .await;
    let back = &back["undeleteSnapshot"]["snapshot"];
    assert_eq!((&back["id"], &back["number"]), (&json!(first), &json!(2)));
    assert_eq!(back["deletedAt"], Value::Null);
    assert_eq!(seen(&server, &dataset, &first).await, before);
}

#[tokio::test]
async fn a_deleted_snapshots_name_is_free_and_it_comes_back_under_another() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("names").await;
    server.commit(&dataset, vec![item(1, 1)], &[]).await;
    let first = server.snapshot(&dataset, "the name").await;
    server.snapshot(&dataset, "another").await;
    server
        .ask(DELETE, json!({ "input": { "snapshotId": first } }))
        .await;
    server.snapshot(&dataset, "THE NAME").await;
    let taken = server
        .refused(UNDELETE, json!({ "input": { "snapshotId": first } }))
        .await;
    assert_eq!(taken.code, "NAME_TAKEN");
    let input = json!({ "snapshotId": first, "name": "the old one" });
    let back = server.ask(UNDELETE, json!({ "input": input })).await;
    assert_eq!(back["undeleteSnapshot"]["snapshot"]["name"], "the old one");
}

#[tokio::test]
async fn the_current_snapshot_cannot_be_deleted_unless_that_is_meant() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("current").await;
    server.commit(&dataset, vec![item(1, 1)], &[]).await;
    let current = server.snapshot(&dataset, "the current one").await;
    let refused = server
        .refused(DELETE, json!({ "input": { "snapshotId": current } }))
        .await;
    assert_eq!(refused.code, "SNAPSHOT_IS_CURRENT");
    assert!(!refused.hint.is_empty(), "{refused:?}");
    assert_eq!(
        server.head(&dataset).await["currentSnapshot"]["id"],
        current
    );

    let input = json!({ "snapshotId": current, "evenIfCurrent": true });
    server.ask(DELETE, json!({ "input": input })).await;
    let head = server.head(&dataset).await;
    assert_eq!(
        (&head["currentSnapshot"], &head["isModified"]),
        (&Value::Null, &json!(true))
    );
}
