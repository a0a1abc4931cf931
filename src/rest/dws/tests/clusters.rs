//! Clusters over the wire.

use serde_json::{Value, json};

use super::client::{Client, each, text};
use crate::ledger::NewProject;
use crate::rest::tests::served::{KEY, Served};

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_a_dataset_of_the_path_s_project() {
    let client = Client::start().await;
    let id = client.served.dataset("penguins").await;
    let path = format!("/clusters/{id}");
    let found = client.must(("GET", &path), None, 200).await;
    let cluster = &found["cluster"];
    for (member, expected) in [
        ("id", json!(id)),
        ("name", json!("penguins")),
        ("status", json!("AVAILABLE")),
        ("sub_status", json!("NORMAL")),
        ("task_status", Value::Null),
        ("action_progress", json!({})),
        ("user_name", json!("ada")),
        ("nodes", json!([])),
        ("endpoints", json!([])),
    ] {
        assert_eq!(cluster[member], expected, "{member}");
    }
    let created = text(&cluster["created"]);
    assert!(created.len() == 20 && created.ends_with('Z'), "{created}");

    let nobody = uuid::Uuid::nil().to_string();
    let own = client.project.clone();
    for (project, id, code) in [
        (own.as_str(), "no-id", "DWS.0015"),
        (&own, &nobody, "DWS.0015"),
        ("elsewhere", &id, "DWS.0015"),
        (&nobody, &id, "DWS.0015"),
    ] {
        let path = format!("/v1.0/{project}/clusters/{id}");
        let (status, body) = client.send(("GET", &path), None).await;
        assert_eq!((status, &body["error_code"]), (404, &json!(code)), "{body}");
    }
    let path = format!("/v1.0/{own}/clusters/%ff");
    let (status, body) = client.send(("GET", &path), None).await;
    assert_eq!((status, &body["error_code"]), (400, &json!("DWS.0001")));
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_found_by_its_own_id_or_by_that_of_the_vendor() {
    let client = Client::start().await;
    let new = NewProject {
        name: "warehouse".to_owned(),
        external_id: Some("89cd04f168b84af6be287f71730fdb4b".to_owned()),
        ..NewProject::default()
    };
    let ledger = client.served.ledger();
    let made = ledger.create_project(&Served::ada(), new).await;
    let own = made.expect("made").id.0;
    let body = json!({"cluster": {"name": "dws-1", "node_type": "dws.m3.xlarge"}}).to_string();
    let vendors = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters";
    let (status, made) = client.send(("POST", vendors), Some(&body)).await;
    assert_eq!(status, 200, "{made}");
    for project in [own.simple().to_string(), own.hyphenated().to_string()] {
        let path = format!("/v1.0/{project}/clusters");
        let (status, list) = client.send(("GET", &path), None).await;
        assert_eq!((status, &list["count"]), (200, &json!(1)), "{list}");
        assert_eq!(each(&list["clusters"], "name"), ["dws-1"]);
    }
    let list = client.must(("GET", "/clusters"), None, 200).await;
    assert_eq!(list["count"], 0, "the default project has none: {list}");
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_created_listed_and_deleted() {
    let client = Client::start().await;
    let create = |name: &str| Some(json!({"cluster": {"name": name}}));
    let first = client.must(("POST", "/clusters"), create("first"), 200);
    let first = text(&first.await["cluster"]["id"]);
    client
        .must(("POST", "/clusters"), create("second"), 200)
        .await;
    let taken = (409, "DWS.5050");
    client
        .refused(("POST", "/clusters"), create("FIRST"), taken)
        .await;
    for name in ["abc", "1abc", "with space", &"x".repeat(65), "caf\u{e9}"] {
        let told = (400, "DWS.0001");
        client
            .refused(("POST", "/clusters"), create(name), told)
            .await;
    }
    let list = client
        .must(("GET", "/clusters?enterprise_project_id=0"), None, 200)
        .await;
    assert_eq!(list["count"], 2);
    assert_eq!(each(&list["clusters"], "name"), ["second", "first"]);

    let path = format!("/clusters/{first}");
    let delete = ("DELETE", path.as_str());
    client.refused(delete, None, (400, "DWS.0006")).await;
    let keep = |count: i64| Some(json!({ "keep_last_manual_snapshot": count }));
    client.refused(delete, keep(1), (400, "DWS.0001")).await;
    assert_eq!(client.must(delete, keep(0), 202).await, json!({}));
    client.refused(delete, keep(0), (404, "DWS.0015")).await;
    let list = client.must(("GET", "/clusters"), None, 200).await;
    assert_eq!(each(&list["clusters"], "name"), ["second"]);
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_of_which_a_listing_has_many_pages_is_listed_whole() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    let ledger = client.served.ledger();
    let dataset = cluster.parse().expect("an id");
    let names = (0..1_100).map(|number| format!("snapshot-{number:04}"));
    let made = names.clone().map(|name| {
        let new = crate::ledger::NewSnapshot {
            name: Some(name),
            ..Default::default()
        };
        async move {
            let caller = Served::ada();
            ledger.create_snapshot(&caller, dataset, new).await
        }
    });
    for made in futures_util::future::join_all(made).await {
        made.expect("made");
    }
    let list = client.must(("GET", "/snapshots"), None, 200).await;
    assert_eq!(list["count"], 1_101);
    let mut found = each(&list["snapshots"], "name");
    found.sort();
    // Behind these is the one of the creation.
    let expected: Vec<String> = names.collect();
    assert_eq!(found[1..], expected);
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_read_is_told_so() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    let viewer = super::credentials::key(&client, crate::domain::values::Role::Viewer).await;
    let headers = [("x-auth-token", viewer.as_str())];
    let path = format!("/v1.0/{}/snapshots", client.project);
    let body = json!({"snapshot": {"name": "before", "cluster_id": cluster}}).to_string();
    for (method, body, expected) in [("GET", None, 200), ("POST", Some(body.as_str()), 403)] {
        let (status, _, text) = client.served.ask((method, &path), &headers, body).await;
        assert_eq!(status, expected, "{text}");
    }
    assert_ne!(viewer, KEY);
    client.stop().await;
}
