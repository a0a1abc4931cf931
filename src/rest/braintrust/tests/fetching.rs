//! Rows written, and read back.

use serde_json::{Value, json};

use super::{Desk, members, text};

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_written_and_read_back_as_of_any_transaction() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let events = json!([
        {"id": "a", "input": {"q": 0}, "expected": 0, "metadata": {"n": 0}, "tags": ["x"]},
        {"input": "text", "origin": {"object_type": "dataset"}},
        {"id": "b", "created": "2026-11-22T00:11:39.540912+00:00"},
    ]);
    let ids = desk.insert(&dataset, events).await;
    assert_eq!((ids.len(), &*ids[0], &*ids[2]), (3, "a", "b"));
    let first = desk.head().await;
    let rows = desk.rows(&dataset, Value::Null).await;
    let row = &rows[1];
    assert_eq!(
        members(row),
        [
            "_xact_id",
            "created",
            "dataset_id",
            "expected",
            "facets",
            "id",
            "input",
            "is_root",
            "metadata",
            "origin",
            "project_id",
            "root_span_id",
            "span_id",
            "tags"
        ]
    );
    assert_eq!(
        (&row["id"], &row["input"], &row["expected"]),
        (&json!("a"), &json!({"q": 0}), &json!(0))
    );
    assert_eq!(
        (&row["metadata"], &row["tags"]),
        (&json!({"n": 0}), &json!(["x"]))
    );
    assert_eq!(
        (&row["_xact_id"], &row["dataset_id"]),
        (&json!(first), &json!(dataset))
    );
    assert_eq!(rows[0]["origin"], json!({"object_type": "dataset"}));
    assert_eq!(rows[2]["created"], json!("2026-11-22T00:11:39.540912Z"));
    assert_eq!(
        (&rows[2]["input"], &rows[2]["expected"]),
        (&Value::Null, &Value::Null)
    );

    let changes = json!([
        {"id": "a", "_is_merge": true, "input": {"r": 1}, "tags": ["y"]},
        {"id": "b", "_object_delete": true},
        {"id": "b", "input": "again"},
        {"id": ids[1], "_object_delete": true},
        {"id": "never", "_object_delete": true},
    ]);
    assert_eq!(desk.insert(&dataset, changes).await.len(), 5);
    let now = desk.rows(&dataset, Value::Null).await;
    assert_eq!(now.len(), 2);
    assert_eq!(
        (&now[0]["input"], &now[0]["tags"]),
        (&json!({"q": 0, "r": 1}), &json!(["x", "y"]))
    );
    assert_eq!(
        (&now[1]["id"], &now[1]["input"]),
        (&json!("b"), &json!("again"))
    );
    assert!(text(&now[0]["_xact_id"]) > first);
    assert_eq!(desk.rows(&dataset, json!(first)).await, rows);
    let at = format!("/v1/dataset/{dataset}/fetch?version={first}&limit=100");
    assert_eq!(
        desk.get(&at).await["events"]
            .as_array()
            .expect("rows")
            .len(),
        3
    );
    let summary = format!("/v1/dataset/{dataset}/summarize?summarize_data=true");
    let summary = desk.get(&summary).await;
    assert_eq!(
        members(&summary),
        [
            "data_summary",
            "dataset_name",
            "dataset_url",
            "project_name",
            "project_url"
        ]
    );
    assert_eq!(summary["data_summary"], json!({"total_records": 2}));
    let count = desk
        .get(&format!("/dataset-summary?dataset_id={dataset}"))
        .await;
    assert_eq!(count, json!({"total_records": 2}));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_rows_go_on_over_one_version_whatever_is_written() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let events: Vec<Value> = (0..5)
        .map(|n| json!({"id": format!("r{n}"), "input": n}))
        .collect();
    desk.insert(&dataset, json!(events)).await;
    let path = format!("/v1/dataset/{dataset}/fetch");
    let mut asked = json!({"limit": 2});
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = desk.post(&path, asked).await;
        let rows = page["events"].as_array().expect("rows");
        seen.extend(rows.iter().map(|row| text(&row["id"])));
        pages += 1;
        desk.insert(&dataset, json!([{"id": format!("r0{pages}")}]))
            .await;
        if page["cursor"].is_null() {
            break;
        }
        asked = json!({"limit": 2, "cursor": page["cursor"]});
    }
    assert_eq!(
        (pages, seen),
        (
            3,
            ["r4", "r3", "r2", "r1", "r0"].map(str::to_owned).to_vec()
        )
    );
    let none = desk.post(&path, json!({"limit": 0})).await;
    assert_eq!(none, json!({"events": [], "cursor": null}));
    // The deprecated cursor, made of a row.
    let first = desk.post(&path, json!({"limit": 2})).await;
    let last = &first["events"][1];
    let next = json!({"limit": 2, "max_xact_id": last["_xact_id"],
        "max_root_span_id": last["root_span_id"]});
    let next = desk.post(&path, next).await;
    assert_eq!(next["events"][0]["id"], json!("r2"));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_logs_rows_of_several_datasets_and_queries_them() {
    let desk = Desk::open().await;
    let (one, two) = (desk.dataset("one").await, desk.dataset("two").await);
    let rows = json!({"api_version": 2, "rows": [
        {"dataset_id": one, "id": "a", "input": {"q": 0}, "expected": 0, "tags": null},
        {"dataset_id": two, "id": "b", "input": 1},
        {"dataset_id": one, "id": "a", "_is_merge": true, "metadata": {"seen": true}},
        {"dataset_id": one, "id": "c", "input": 2},
    ]});
    let told = desk.post("/logs3", rows).await;
    assert_eq!(told["ids"], json!(["a", "b", "a", "c"]));
    assert_eq!(
        desk.rows(&one, Value::Null).await[0]["metadata"],
        json!({"seen": true})
    );
    let from = json!({"op": "function", "name": {"op": "ident", "name": ["dataset"]},
        "args": [{"op": "literal", "value": one}]});
    let ident = |name: &str| json!({"op": "ident", "name": [name]});
    let whole = json!({"query": {"select": [{"op": "star"}], "from": from, "cursor": null,
        "limit": 1}, "use_columnstore": false, "brainstore_realtime": true});
    let page = desk.post("/btql", whole.clone()).await;
    assert_eq!(
        (members(&page), &page["data"][0]["id"]),
        (vec!["cursor", "data"], &json!("c"))
    );
    let mut next = whole;
    next["query"]["cursor"] = page["cursor"].clone();
    let page = desk.post("/btql", next).await;
    assert_eq!(
        (&page["data"][0]["id"], &page["cursor"]),
        (&json!("a"), &Value::Null)
    );
    let since = json!({"op": "ge", "left": ident("created"),
        "right": {"op": "literal", "value": "1970-01-01T00:00:00Z"}});
    let head = json!({"query": {"select": [{"alias": "_xact_id", "expr": ident("_xact_id")}],
        "from": from, "filter": since, "limit": 1,
        "sort": [{"expr": ident("_xact_id"), "dir": "desc"}]}});
    let head = desk.post("/btql", head).await;
    assert_eq!(members(&head["data"][0]), ["_xact_id"]);
    // A filter that few rows pass still fills its page, and ends.
    let found = |id: &str| {
        json!({"query": {"select": [{"op": "star"}], "from": from, "limit": 1,
        "filter": {"op": "eq", "left": ident("id"), "right": {"op": "literal", "value": id}}}})
    };
    let page = desk.post("/btql", found("a")).await;
    assert_eq!(page["data"][0]["id"], json!("a"));
    assert_eq!(
        desk.post("/btql", found("z")).await,
        json!({"data": [], "cursor": null})
    );
    let unsorted = json!({"query": {"select": [{"op": "star"}], "from": from,
        "sort": [{"expr": ident("created"), "dir": "desc"}]}});
    assert_eq!(desk.ask("POST", "/btql", unsorted).await.0, 400);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_larger_than_one_commit_is_one_version() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let wide = "x".repeat(4_000);
    let events: Vec<Value> = (0..600)
        .map(|n| json!({"id": format!("r{n:03}"), "input": wide}))
        .collect();
    desk.insert(&dataset, json!(events)).await;
    let rows = desk.rows(&dataset, Value::Null).await;
    assert_eq!(rows.len(), 600);
    let (status, _) = desk
        .ask(
            "POST",
            &format!("/v1/dataset/{dataset}/insert"),
            json!({"events": [{"input": "x".repeat(600_000)}]}),
        )
        .await;
    assert_eq!(status, 413);
    desk.close().await;
}
