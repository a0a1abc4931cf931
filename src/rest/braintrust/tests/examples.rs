//! Requests as the vendor documents them, and the shape of each answer to the letter: what differs
//! from one run to the next is replaced by what it is.

use serde_json::{Map, Value, json};

use super::{Desk, text};

const NOBODY: &str = "0198a1b2-0000-7000-8000-00000000000a";

/// A value with every id, time and transaction id replaced by its kind.
fn shape(value: &Value) -> Value {
    match value {
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => json!("<uuid>"),
        Value::String(text) if text.len() == 19 && text.parse::<u64>().is_ok() => json!("<xact>"),
        Value::String(text) if chrono::DateTime::parse_from_rfc3339(text).is_ok() => {
            json!("<time>")
        }
        Value::Array(values) => values.iter().map(shape).collect(),
        Value::Object(members) => {
            let shapes = members
                .iter()
                .map(|(name, value)| (name.clone(), shape(value)));
            Value::Object(shapes.collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// A snapshot as every answer tells one: these six members, no more and no fewer.
fn snapshot(name: &str, description: Value) -> Value {
    json!({
        "id": "<uuid>", "dataset_id": "<uuid>", "name": name, "description": description,
        "xact_id": "<xact>", "created": "<time>",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_answered_as_its_schema_says() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    desk.insert(&dataset, json!([{"input": "a"}])).await;
    let xact = desk.head().await;
    let new = json!({
        "dataset_id": dataset, "name": "baseline", "description": "as loaded", "xact_id": xact,
    });
    let (status, found, made) = desk.ask_all("POST", "/v1/dataset_snapshot", new).await;
    assert_eq!((status, found.as_deref()), (200, Some("false")));
    assert_eq!(shape(&made), snapshot("baseline", json!("as loaded")));
    assert_eq!(
        (&made["dataset_id"], &made["xact_id"]),
        (&json!(dataset), &json!(xact))
    );

    // Of the same name: the one that is there, unmodified.
    let again = json!({
        "dataset_id": dataset, "name": "baseline", "description": "other words", "xact_id": xact,
    });
    let (status, found, same) = desk.ask_all("POST", "/v1/dataset_snapshot", again).await;
    assert_eq!(
        (status, found.as_deref(), &same),
        (200, Some("true"), &made)
    );

    let at = format!("/v1/dataset_snapshot/{}", text(&made["id"]));
    assert_eq!(desk.get(&at).await, made);
    let (status, changed) = desk.ask("PATCH", &at, json!({"name": "golden"})).await;
    assert_eq!(status, 200);
    assert_eq!(shape(&changed), snapshot("golden", json!("as loaded")));
    let listed = desk.get("/v1/dataset_snapshot").await;
    assert_eq!(listed, json!({"objects": [changed]}));
    assert_eq!(desk.ask("DELETE", &at, Value::Null).await, (200, changed));
    assert_eq!(
        desk.get("/v1/dataset_snapshot").await,
        json!({"objects": []})
    );
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_snapshot_needs_is_missed_by_its_name() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let whole = json!({"dataset_id": dataset, "name": "baseline", "xact_id": desk.head().await});
    for member in ["dataset_id", "name", "xact_id"] {
        let mut without = whole.clone();
        without.as_object_mut().expect("an object").remove(member);
        let (status, told) = desk.ask("POST", "/v1/dataset_snapshot", without).await;
        assert_eq!(status, 400, "{member}: {told}");
        assert!(text(&told).contains(member), "{member}: {told}");
        let mut empty = whole.clone();
        empty[member] = json!("");
        let (status, told) = desk.ask("POST", "/v1/dataset_snapshot", empty).await;
        assert_eq!(status, 400, "{member}: {told}");
    }
    let mut null = whole.clone();
    null["description"] = Value::Null;
    let made = desk.post("/v1/dataset_snapshot", null).await;
    assert_eq!(shape(&made), snapshot("baseline", Value::Null));
    let at = format!("/v1/dataset_snapshot/{NOBODY}");
    assert_eq!(desk.ask("GET", &at, Value::Null).await.0, 404);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_written_fetched_and_restored_in_the_documented_shapes() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let path = format!("/v1/dataset/{dataset}");
    let event = json!({"id": "r0", "input": {"q": 0}, "expected": 0, "metadata": {"n": 0}});
    let told = desk
        .post(&format!("{path}/insert"), json!({"events": [event]}))
        .await;
    assert_eq!(told, json!({"row_ids": ["r0"]}));
    let before = desk.head().await;
    let told = desk
        .post(&format!("{path}/fetch"), json!({"limit": 10}))
        .await;
    let row = json!({
        "id": "r0", "_xact_id": "<xact>", "created": "<time>", "project_id": "<uuid>",
        "dataset_id": "<uuid>", "input": {"q": 0}, "expected": 0, "metadata": {"n": 0},
        "tags": null, "origin": null, "facets": null, "span_id": "r0", "root_span_id": "r0",
        "is_root": true,
    });
    assert_eq!(shape(&told["events"]), json!([row]));
    let gone = json!({"events": [{"id": "r0", "_object_delete": true}, {"id": "r1", "input": 1}]});
    desk.post(&format!("{path}/insert"), gone).await;
    let to = json!({"version": before});
    let told = desk
        .post(&format!("{path}/restore/preview"), to.clone())
        .await;
    assert_eq!(told, json!({"rows_to_restore": 1, "rows_to_delete": 1}));
    let told = desk.post(&format!("{path}/restore"), to.clone()).await;
    let expected = json!({"xact_id": "<xact>", "rows_restored": 1, "rows_deleted": 1});
    assert_eq!(shape(&told), expected);
    let told = desk.post(&format!("{path}/restore"), to).await;
    assert_eq!(
        told,
        json!({"xact_id": null, "rows_restored": 0, "rows_deleted": 0})
    );
    let told = desk
        .get(&format!("{path}/summarize?summarize_data=true"))
        .await;
    assert_eq!(told["data_summary"], json!({"total_records": 1}));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_no_object_and_a_time_is_a_time() {
    let desk = Desk::open().await;
    let path = format!("/v1/dataset/{}/insert", desk.dataset("penguins").await);
    let check = async |body: Value, words: &str| {
        let (status, told) = desk.ask("POST", &path, body).await;
        assert_eq!((status, text(&told).as_str()), (400, words));
    };
    let no_object = "events[0]: invalid type: sequence, expected an object";
    check(json!({"events": [["r0"]]}), no_object).await;
    let no_time = "created: \"yesterday\" is not a time such as 2026-01-31T09:30:00Z";
    check(json!({"events": [{"created": "yesterday"}]}), no_time).await;
    for far in ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"] {
        let words = format!("created: {far:?} is not a time such as 2026-01-31T09:30:00Z");
        check(json!({"events": [{"created": far}]}), &words).await;
    }
    for (given, told) in [
        ("2026-11-22T00:11:39.540912", "2026-11-22T00:11:39.540912Z"),
        ("2026-01-01T10:00:00+02:00", "2026-01-01T08:00:00.000000Z"),
        (
            "2026-01-01T10:00:00.123456789Z",
            "2026-01-01T10:00:00.123456Z",
        ),
        ("2026-06-15T12:00:60Z", "2026-06-15T12:01:00.000000Z"),
    ] {
        let event = json!({"id": "r0", "created": given});
        desk.post(&path, json!({"events": [event]})).await;
        let id = path.split('/').nth(3).expect("an id");
        assert_eq!(desk.rows(id, Value::Null).await[0]["created"], told);
    }
    desk.close().await;
}
