//! Snapshots over the wire.

use serde_json::{Value, json};

use super::client::{Client, each, text};

fn asked(cluster: &str, name: &str, description: Value) -> Value {
    json!({"snapshot": {"name": name, "cluster_id": cluster, "description": description}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_created_by_this_api_s_rules() {
    let client = Client::start().await;
    let id = client.served.dataset("penguins").await;
    let asked = |name: &str, more: Value| asked(&id, name, more).to_string();
    let path = format!("/v1.0/{}/snapshots", client.project);
    let post = async |body: &str| client.send(("POST", &path), Some(body)).await;
    let (status, body) = post(&asked("Snapshot-1", json!("before"))).await;
    assert_eq!(status, 200, "{body}");
    let made = text(&body["snapshot"]["id"]);
    assert_eq!(body, json!({"snapshot": {"id": made}}));
    let row = client.row(&made);
    assert_eq!(
        (&*row.shown_name, &*row.description),
        ("Snapshot-1", "before")
    );

    let long = "x".repeat(257);
    for (body, status, code) in [
        ("", 400, "DWS.0006"),
        ("null", 400, "DWS.0006"),
        ("{", 400, "DWS.0001"),
        ("[1]", 400, "DWS.0001"),
        (r#"{"snapshot":7}"#, 400, "DWS.0001"),
        (
            &format!(r#"{{"snapshot":["good","{id}",null]}}"#),
            400,
            "DWS.0001",
        ),
        (
            &format!("[{}]", asked("good", Value::Null)),
            400,
            "DWS.0001",
        ),
        (r#"{"snapshot":{"name":"good"}}"#, 400, "DWS.0001"),
        (&asked("good", json!(7)), 400, "DWS.0001"),
        (&asked("abc", Value::Null), 400, "DWS.0001"),
        (&asked("1abc", Value::Null), 400, "DWS.0001"),
        (&asked("-abc", Value::Null), 400, "DWS.0001"),
        (&asked(&"x".repeat(65), Value::Null), 400, "DWS.0001"),
        (&asked("with space", Value::Null), 400, "DWS.0001"),
        (&asked("good\n", Value::Null), 400, "DWS.0001"),
        (&asked("good", json!("a < b")), 400, "DWS.0001"),
        (&asked("good", json!(long)), 400, "DWS.0001"),
        (&asked("SNAPSHOT-1", Value::Null), 409, "DWS.5050"),
        (
            &asked("good", Value::Null).replace(&id, "no-id"),
            404,
            "DWS.0015",
        ),
    ] {
        let (found, answer) = post(body).await;
        assert_eq!(
            (found, &answer["error_code"]),
            (status, &json!(code)),
            "{body} {answer}"
        );
    }
    for name in ["good", "G-o_o4", &"x".repeat(64)] {
        let (status, body) = post(&asked(name, json!("x".repeat(256)))).await;
        assert_eq!(status, 200, "{body}");
    }
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_available_at_once_and_gone_once_deleted() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    client.fill(&cluster, 3).await;
    let id = client.snapshot(&cluster, "before").await;
    let path = format!("/snapshots/{id}");
    let found = client.must(("GET", &path), None, 200).await;
    let snapshot = &found["snapshot"];
    assert_eq!(snapshot["status"], "AVAILABLE");
    assert_eq!(snapshot["started"], snapshot["finished"]);
    let bytes = client.row(&id).version.version.counts.bytes;
    assert_eq!(
        snapshot["size"].as_f64().expect("a number") * f64::from(1 << 30),
        bytes as f64
    );
    // It is the current snapshot, which this API deletes too.
    assert!(client.row(&id).is_current && bytes > 0);
    let delete = ("DELETE", path.as_str());
    assert_eq!(client.must(delete, None, 202).await, Value::Null);
    client.refused(delete, None, (404, "DWS.5149")).await;
    client
        .refused(("GET", &path), None, (404, "DWS.5149"))
        .await;
    let no_id = ("GET", "/snapshots/no-id");
    client.refused(no_id, None, (404, "DWS.5149")).await;
    client.snapshot(&cluster, "before").await;
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn automatic_snapshots_are_listed_and_cannot_be_deleted() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    client.snapshot(&cluster, "by-hand").await;
    let list = client.must(("GET", "/snapshots"), None, 200).await;
    assert_eq!(list["count"], 2);
    assert_eq!(each(&list["snapshots"], "type"), ["MANUAL", "AUTO"]);
    let path = format!("/snapshots/{}", text(&list["snapshots"][1]["id"]));
    client
        .refused(("DELETE", &path), None, (400, "DWS.0001"))
        .await;
    client.must(("GET", &path), None, 200).await;
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_s_snapshots_come_in_pages_and_orders() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    let other = client.served.dataset("gulls").await;
    client.snapshot(&other, "elsewhere").await;
    for name in ["bravo", "alpha", "charlie"] {
        client.snapshot(&cluster, name).await;
    }
    let base = format!("/clusters/{cluster}/snapshots");
    let created = ["charlie", "alpha", "bravo", "penguins"];
    let check = async |query: &str, expected: &[&str]| {
        let path = format!("{base}{query}");
        let list = client.must(("GET", &path), None, 200).await;
        assert_eq!(
            (&list["project_id"], &list["cluster_id"], &list["count"]),
            (&json!(client.project), &json!(cluster), &json!(4)),
            "{list}"
        );
        let names = each(&list["snapshots"], "name");
        let begin: Vec<&str> = names
            .iter()
            .map(|name| name.split('_').next().expect("a part"))
            .collect();
        assert_eq!(begin, expected, "{query}");
    };
    check("", &created).await;
    check("?limit=2", &created[..2]).await;
    check("?limit=2&offset=1", &created[2..]).await;
    check("?limit=3&offset=1", &created[3..]).await;
    check("?limit=2&offset=2", &[]).await;
    check("?offset=0&sort_dir=desc&unknown=1", &created).await;
    let rising = ["penguins", "bravo", "alpha", "charlie"];
    check("?sort_dir=asc", &rising).await;
    check("?sort_key=started&sort_dir=ASC", &rising).await;
    let by_name = ["alpha", "bravo", "charlie", "penguins"];
    check("?sort_key=name&sort_dir=asc", &by_name).await;
    check("?sort_key=name&sort_dir=asc&limit=1&offset=2", &["charlie"]).await;
    for query in [
        "?limit=0",
        "?limit=-1",
        "?limit=ten",
        "?limit=",
        "?offset=-1",
        "?offset=99999999999",
        "?sort_key=colour",
        "?sort_dir=up",
        "?limit=1&limit=2",
    ] {
        let path = format!("{base}{query}");
        let told = (400, "DWS.0001");
        client.refused(("GET", &path), None, told).await;
    }
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_add_up_what_the_snapshots_hold() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    client.fill(&cluster, 5).await;
    let first = client.snapshot(&cluster, "first").await;
    client.fill(&cluster, 9).await;
    let second = client.snapshot(&cluster, "second").await;
    let bytes = [first, second].map(|id| client.row(&id).version.version.counts.bytes);
    let used = (bytes[0] + bytes[1]) as f64 / f64::from(1 << 30);
    let path = format!("/clusters/{cluster}/snapshots/statistics");
    let found = client.must(("GET", &path), None, 200).await;
    let expected = json!([
        {"name": "storage.free", "value": used, "unit": "GB"},
        {"name": "storage.paid", "value": 0.0, "unit": "GB"},
        {"name": "storage.used", "value": used, "unit": "GB"},
    ]);
    assert_eq!(found["statistics"], expected);
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_passes_the_check_can_be_given() {
    let client = Client::start().await;
    let cluster = client.served.dataset("penguins").await;
    client.snapshot(&cluster, "taken").await;
    let path = format!("/v1/{}/snapshots/check", client.project);
    let checked = async |body: Value| client.send(("POST", &path), Some(&body.to_string())).await;
    let fit = checked(json!({"snapshot_name": "free"})).await;
    assert_eq!(fit, (200, json!({})));
    for (body, status, code) in [
        (json!({"snapshot_name": "TAKEN"}), 409, "DWS.5050"),
        (json!({"snapshot_name": "no"}), 400, "DWS.0001"),
        (json!({"snapshot_name": 7}), 400, "DWS.0001"),
        (json!({}), 400, "DWS.0001"),
        (Value::Null, 400, "DWS.0006"),
    ] {
        let (found, answer) = checked(body).await;
        assert_eq!(
            (found, &answer["error_code"]),
            (status, &json!(code)),
            "{answer}"
        );
    }
    client.stop().await;
}
