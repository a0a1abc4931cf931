//! Restores into new clusters, and copies of snapshots, over the wire.

use serde_json::json;

use super::client::{Client, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_restored_into_a_new_cluster() {
    let client = Client::start().await;
    let source = client.served.dataset("penguins").await;
    client.fill(&source, 3).await;
    let snapshot = client.snapshot(&source, "before").await;
    client.fill(&source, 7).await;
    let path = format!("/snapshots/{snapshot}/actions");
    let restore = ("POST", path.as_str());
    let named = |name: &str| Some(json!({"restore": {"name": name, "port": 8000}}));
    let made = client.must(restore, named("penguins-2"), 200).await;
    let id = text(&made["cluster"]["id"]);
    assert_eq!(made, json!({"cluster": {"id": id}}));
    assert_ne!(id, source);
    let path = format!("/clusters/{id}");
    let found = client.must(("GET", &path), None, 200).await;
    assert_eq!(
        (&found["cluster"]["name"], &found["cluster"]["status"]),
        (&json!("penguins-2"), &json!("AVAILABLE"))
    );
    let (_, lines) = client.served.get(&id, "").await;
    assert_eq!(lines.lines().count(), 3);
    assert_ne!(client.served.root(&source), client.served.root(&id));

    for (body, told) in [
        (named("PENGUINS"), (409, "DWS.5050")),
        (named("x"), (400, "DWS.0001")),
        (Some(json!({"restore": {}})), (400, "DWS.0001")),
        (Some(json!({})), (400, "DWS.0001")),
        (Some(json!({"restore": ["penguins-3"]})), (400, "DWS.0001")),
        (None, (400, "DWS.0006")),
    ] {
        client.refused(restore, body, told).await;
    }
    let nobody = format!("/snapshots/{}/actions", uuid::Uuid::nil());
    let told = (404, "DWS.5149");
    client
        .refused(("POST", &nobody), named("other"), told)
        .await;
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_a_manual_snapshot_of_the_same_version() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    let first = client.served.first_snapshot(&cluster);
    client.fill(&cluster, 3).await;
    client.snapshot(&cluster, "newer").await;
    let path = format!("/snapshots/{first}/linked-copy");
    let copy = ("POST", path.as_str());
    let body = json!({"backup_name": "kept", "description": "the first"});
    let made = client.must(copy, Some(body.clone()), 200).await;
    let id = text(&made["snapshot_id"]);
    assert_eq!(made, json!({ "snapshot_id": id }));
    let (source, made) = (client.row(&first), client.row(&id));
    assert_eq!(made.version, source.version);
    assert!(!made.is_current);
    let path = format!("/snapshots/{id}");
    let found = client.must(("GET", &path), None, 200).await;
    let found = &found["snapshot"];
    assert_eq!(
        (&found["type"], &found["name"], &found["description"]),
        (&json!("MANUAL"), &json!("kept"), &json!("the first"))
    );
    client.refused(copy, Some(body), (409, "DWS.5050")).await;
    let told = (400, "DWS.0001");
    client
        .refused(copy, Some(json!({"backup_name": "no"})), told)
        .await;
    client
        .refused(copy, Some(json!({"name": "kept"})), told)
        .await;
    client.stop().await;
}
