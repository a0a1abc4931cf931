//! All dialects over one dataset: what one writes, the others and GraphQL read, each with its own
//! words for it.

use serde_json::{Value, json};

use crate::harness::{Home, KEY, Server, text, within};

/// Asks by a dialect's own path what must succeed; answers its JSON, or null for no body.
async fn asked(server: &Server, method: &str, path: &str, body: Value) -> Value {
    let method = method.parse().expect("a method");
    let request = server
        .http
        .request(method, format!("{}{path}", server.address));
    let request = request.bearer_auth(KEY).header("X-Auth-Token", KEY);
    let request = match body {
        Value::Null => request,
        body => request.body(body.to_string()),
    };
    let answer = within("an answer", request.send()).await;
    let answer = answer.expect("the server answers");
    let status = answer.status();
    let words = within("a body", answer.text()).await.expect("a body");
    assert!(status.is_success(), "{path}: {status} {words}");
    serde_json::from_str(&words).unwrap_or_default()
}

#[tokio::test]
async fn one_dataset_is_the_same_in_every_dialect() {
    let home = Home::new();
    let server = home.start().await;
    let project = server.ask("{ project { id } }", json!({})).await;
    let project = text(&project["project"]["id"]);

    // Written through Braintrust.
    let new = json!({ "project_id": project, "name": "questions" });
    let dataset = asked(&server, "POST", "/v1/dataset", new).await;
    let dataset = text(&dataset["id"]);
    let rows: Vec<Value> = (0..3)
        .map(|n| json!({ "id": format!("r{n}"), "input": format!("q{n}"), "expected": n }))
        .collect();
    let insert = format!("/v1/dataset/{dataset}/insert");
    asked(&server, "POST", &insert, json!({ "events": rows })).await;
    let written = server.head(&dataset).await;

    // Snapshotted through Visual Layer.
    let snapshots = format!("/api/v1/dataset/{dataset}/snapshot");
    let snapshot = asked(&server, "POST", &snapshots, json!({ "name": "as written" })).await;
    let id = text(&snapshot["snapshot_id"]);
    let naive = text(&snapshot["created_at"]);
    assert!(!naive.ends_with('Z') && naive.contains('.'), "{naive}");

    // Changed through Braintrust, seen through Lunary.
    let gone = json!({ "events": [{ "id": "r0", "_object_delete": true }] });
    asked(&server, "POST", &insert, gone).await;
    let path = format!("/v1/datasets-v2/{dataset}/versions");
    let listed = asked(&server, "GET", &path, Value::Null).await;
    let version = listed["versions"].as_array().expect("versions");
    let version = version.iter().find(|version| version["id"] == id.as_str());
    let version = version.expect("the snapshot is a version");
    assert_eq!(version["itemCount"], 3);
    assert!(text(&version["createdAt"]).ends_with('Z'), "{version}");
    let now = asked(
        &server,
        "GET",
        &format!("/v1/datasets-v2/{dataset}"),
        Value::Null,
    )
    .await;
    assert_eq!(now["items"].as_array().expect("items").len(), 2);

    // Listed through DWS, whose times have no fraction.
    let cluster = format!(
        "/v1.0/{}/clusters/{dataset}/snapshots",
        project.replace('-', "")
    );
    let warehouse = asked(&server, "GET", &cluster, Value::Null).await;
    let same = warehouse["snapshots"].as_array().expect("snapshots");
    let same = same.iter().find(|snapshot| snapshot["id"] == id.as_str());
    let started = text(&same.expect("the snapshot")["started"]);
    assert!(
        started.ends_with('Z') && !started.contains('.'),
        "{started}"
    );

    // Restored through GraphQL: the same everywhere.
    server.restore(&dataset, &id).await;
    let head = server.head(&dataset).await;
    for field in ["digest", "itemCount"] {
        assert_eq!(head[field], written[field], "{field}");
    }
    let fetch = format!("/v1/dataset/{dataset}/fetch");
    let fetched = asked(&server, "POST", &fetch, json!({})).await;
    let mut inputs: Vec<String> = fetched["events"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| text(&row["input"]))
        .collect();
    inputs.sort_unstable();
    assert_eq!(inputs, ["q0", "q1", "q2"]);
    let listed = asked(&server, "GET", "/v1/dataset_snapshot?limit=10", Value::Null).await;
    let objects = listed["objects"].as_array().expect("objects");
    assert_eq!(objects.len(), 1, "only what was asked for: {listed}");
    assert_eq!(objects[0]["id"], id.as_str());
    server.stop().await;
}
