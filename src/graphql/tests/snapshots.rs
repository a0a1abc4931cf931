//! Snapshots: made, named, listed, deleted, brought back.

use serde_json::json;

use super::desk::{Desk, text};

#[tokio::test]
async fn a_snapshot_names_the_head_or_an_older_version() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let first = desk.put(&id, &["a"], json!(1)).await;
    let second = desk.put(&id, &["a", "b"], json!(2)).await;
    let wanted = "xactId snapshot { id number name description reason xactId askedXactId itemCount
        isCurrent isRestoring createdBy trainingModelName dataset { id isModified } }";
    let input =
        json!({ "datasetId": id, "name": "now", "description": "d", "trainingModelName": "m" });
    let head = desk.change("createSnapshot", input, wanted).await["snapshot"].take();
    assert_eq!(head["number"], 2);
    assert_eq!(
        (&head["name"], &head["description"]),
        (&json!("now"), &json!("d"))
    );
    assert_eq!(
        (&head["reason"], &head["createdBy"]),
        (&json!("MANUAL"), &json!("ada"))
    );
    assert_eq!(
        (&head["xactId"], &head["itemCount"]),
        (&json!(second), &json!(2))
    );
    assert_eq!(
        (&head["isCurrent"], &head["trainingModelName"]),
        (&json!(true), &json!("m"))
    );
    assert_eq!(head["dataset"], json!({ "id": id, "isModified": false }));

    let input = json!({ "datasetId": id, "xactId": first });
    let older = desk.change("createSnapshot", input, wanted).await["snapshot"].take();
    assert_eq!(
        (&older["xactId"], &older["askedXactId"]),
        (&json!(first), &json!(first))
    );
    assert_eq!(older["isCurrent"], false);
    let made_name = format!(
        "penguins_snapshot_{}",
        &text(&older["id"]).replace('-', "")[..8]
    );
    assert_eq!(older["name"], json!(made_name));

    let query =
        "query($id: ID!, $d: ID!, $n: String!) { snapshot(id: $id) { items { nodes { key } } }
        snapshotByName(datasetId: $d, name: $n) { id } }";
    let found = desk
        .ask(query, json!({ "id": older["id"], "d": id, "n": made_name }))
        .await;
    assert_eq!(found["snapshot"]["items"]["nodes"], json!([{ "key": "a" }]));
    assert_eq!(found["snapshotByName"]["id"], older["id"]);
}

#[tokio::test]
async fn a_snapshot_is_renamed_deleted_and_brought_back() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let old = desk.snapshot(&id, "old").await;
    let current = desk.snapshot(&id, "current").await;
    let rename = |name| json!({ "snapshotId": old, "name": name });
    let renamed = desk
        .change("renameSnapshot", rename("older"), "snapshot { name }")
        .await;
    assert_eq!(renamed["snapshot"]["name"], "older");
    assert_eq!(
        desk.code_of("renameSnapshot", rename("CURRENT")).await,
        "NAME_TAKEN"
    );
    let nothing = json!({ "snapshotId": old });
    assert_eq!(
        desk.code_of("renameSnapshot", nothing.clone()).await,
        "NOTHING_TO_UPDATE"
    );
    let of_current = json!({ "snapshotId": current });
    assert_eq!(
        desk.code_of("deleteSnapshot", of_current).await,
        "SNAPSHOT_IS_CURRENT"
    );

    let deleted = desk
        .change("deleteSnapshot", nothing.clone(), "snapshot { deletedAt }")
        .await;
    assert!(deleted["snapshot"]["deletedAt"].is_string());
    let names = "query($id: ID!, $deleted: Boolean!) { dataset(id: $id) {
        snapshots(filter: {deleted: $deleted}) { totalCount nodes { name } } } }";
    let live = desk.ask(names, json!({ "id": id, "deleted": false })).await;
    assert_eq!(live["dataset"]["snapshots"]["totalCount"], 2);
    let gone = desk.ask(names, json!({ "id": id, "deleted": true })).await;
    assert_eq!(
        gone["dataset"]["snapshots"]["nodes"],
        json!([{ "name": "older" }])
    );
    let by_id = "query($id: ID!) { snapshot(id: $id) { id } }";
    assert!(desk.ask(by_id, json!({ "id": old })).await["snapshot"].is_null());

    desk.snapshot(&id, "older").await;
    assert_eq!(
        desk.code_of("undeleteSnapshot", nothing).await,
        "NAME_TAKEN"
    );
    let back = json!({ "snapshotId": old, "name": "old again" });
    let back = desk
        .change(
            "undeleteSnapshot",
            back,
            "snapshot { name deletedAt number }",
        )
        .await;
    let expected = json!({ "name": "old again", "deletedAt": null, "number": 2 });
    assert_eq!(back["snapshot"], expected);
}

#[tokio::test]
async fn a_dataset_without_snapshots_refuses_them() {
    let desk = Desk::set().await;
    let input = json!({ "name": "plain", "snapshotsEnabled": false });
    let made = desk.change("createDataset", input, "dataset { id }").await;
    let input = json!({ "datasetId": made["dataset"]["id"] });
    assert_eq!(
        desk.code_of("createSnapshot", input).await,
        "SNAPSHOTS_DISABLED"
    );
}

#[tokio::test]
async fn the_current_snapshots_of_a_list_are_told_together() {
    let desk = Desk::set().await;
    for name in ["a", "b", "c"] {
        let id = desk.dataset(name).await;
        desk.snapshot(&id, &format!("of {name}")).await;
    }
    let query = "{ datasets { nodes { name project { name }
        currentSnapshot { name dataset { name } } } } }";
    let data = desk.ask(query, json!({})).await;
    let expected: Vec<_> = ["c", "b", "a"]
        .map(|name| {
            let dataset = json!({ "name": name });
            let current = json!({ "name": format!("of {name}"), "dataset": dataset });
            json!({ "name": name, "project": { "name": "default" }, "currentSnapshot": current })
        })
        .into();
    assert_eq!(data["datasets"]["nodes"], json!(expected));
}
