//! Snapshots and restores.

use serde_json::{Value, json};

use super::{Desk, members, text};

const SNAPSHOT: [&str; 6] = [
    "created",
    "dataset_id",
    "description",
    "id",
    "name",
    "xact_id",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_named_found_replaced_renamed_and_deleted() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    desk.insert(&dataset, json!([{"id": "r0", "input": 0}]))
        .await;
    let first = desk.head().await;
    let new =
        |name: &str, xact: &str| json!({"dataset_id": dataset, "name": name, "xact_id": xact});
    let (_, found, made) = desk
        .ask_all("POST", "/v1/dataset_snapshot", new("baseline", &first))
        .await;
    assert_eq!(found.as_deref(), Some("false"));
    assert_eq!(members(&made), SNAPSHOT);
    assert_eq!(made["xact_id"], json!(first));
    assert_eq!(made["description"], Value::Null);
    let created = text(&made["created"]);
    assert!(created.len() == 24 && created.ends_with('Z'), "{created}");

    // The same name and the same transaction id are the same snapshot, which stays as it is.
    let later = desk.head().await;
    for asked in [
        new("baseline", &later),
        new("BASELINE", &first),
        new("baseline-again", &first),
    ] {
        let (_, found, again) = desk.ask_all("POST", "/v1/dataset_snapshot", asked).await;
        assert_eq!((found.as_deref(), &again), (Some("true"), &made));
    }

    // Put, it is another version's, under its old id.
    desk.insert(&dataset, json!([{"id": "r1", "input": 1}]))
        .await;
    let second = desk.head().await;
    let mut asked = new("baseline", &second);
    asked["description"] = json!("moved");
    let (status, moved) = desk.ask("PUT", "/v1/dataset_snapshot", asked).await;
    assert_eq!((status, &moved["id"]), (200, &made["id"]));
    assert_eq!(
        (&moved["xact_id"], &moved["description"]),
        (&json!(second), &json!("moved"))
    );
    let (_, other) = desk
        .ask("PUT", "/v1/dataset_snapshot", new("other", &second))
        .await;
    assert_ne!(other["id"], made["id"]);

    let at = format!("/v1/dataset_snapshot/{}", text(&made["id"]));
    assert_eq!(desk.get(&at).await, moved);
    let (status, same) = desk.ask("PATCH", &at, Value::Null).await;
    assert_eq!((status, &same), (200, &moved));
    let patch = json!({"name": "first", "description": null});
    let (_, renamed) = desk.ask("PATCH", &at, patch).await;
    assert_eq!(
        (&renamed["name"], &renamed["description"]),
        (&json!("first"), &json!("moved"))
    );
    let (status, _) = desk.ask("PATCH", &at, json!({"name": "other"})).await;
    assert_eq!(status, 400);
    let (status, deleted) = desk.ask("DELETE", &at, Value::Null).await;
    assert_eq!((status, &deleted), (200, &renamed));
    assert_eq!(desk.ask("GET", &at, Value::Null).await.0, 404);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_listed_newest_first_in_pages_both_ways() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let other = desk.dataset("gulls").await;
    let mut ids = Vec::new();
    for (name, dataset) in [
        ("a", &dataset),
        ("b", &dataset),
        ("c", &dataset),
        ("b", &other),
    ] {
        let xact_id = desk.head().await;
        let new = json!({"dataset_id": dataset, "name": name, "xact_id": xact_id});
        ids.push(text(&desk.post("/v1/dataset_snapshot", new).await["id"]));
    }
    ids.reverse();
    let check = async |query: &str, expected: &[&String]| {
        let told = desk.get(&format!("/v1/dataset_snapshot{query}")).await;
        assert_eq!(members(&told), ["objects"]);
        let listed = told["objects"].as_array().expect("objects");
        let listed: Vec<String> = listed.iter().map(|one| text(&one["id"])).collect();
        let expected: Vec<String> = expected.iter().map(|id| (*id).clone()).collect();
        assert_eq!(listed, expected, "{query}");
    };
    let [other_b, c, b, a] = [&ids[0], &ids[1], &ids[2], &ids[3]];
    check("", &[other_b, c, b, a]).await;
    check("?limit=2", &[other_b, c]).await;
    check("?limit=0", &[]).await;
    check(&format!("?limit=1&starting_after={c}"), &[b]).await;
    check(&format!("?starting_after={a}"), &[]).await;
    check(&format!("?limit=1&ending_before={b}"), &[c]).await;
    check(&format!("?ending_before={other_b}"), &[]).await;
    check(&format!("?ids={a}&ids={c}"), &[c, a]).await;
    check(&format!("?ids={a},{c}"), &[c, a]).await;
    check("?dataset_snapshot_name=b&org_name=x", &[other_b, b]).await;
    check(&format!("?dataset_id={dataset}"), &[c, b, a]).await;
    check(
        &format!("?dataset_id={dataset}&dataset_snapshot_name=no"),
        &[],
    )
    .await;
    // A page goes on behind an object that was deleted since.
    desk.ask("DELETE", &format!("/v1/dataset_snapshot/{c}"), Value::Null)
        .await;
    check(&format!("?starting_after={c}"), &[b, a]).await;
    let both = format!("/v1/dataset_snapshot?starting_after={a}&ending_before={b}");
    assert_eq!(desk.ask("GET", &both, Value::Null).await.0, 400);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_goes_back_to_what_it_was() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let rows =
        json!([{"id": "r0", "input": 0}, {"id": "r1", "input": 1}, {"id": "r2", "input": 2}]);
    desk.insert(&dataset, rows).await;
    let at = desk.head().await;
    let before = desk.rows(&dataset, json!(at)).await;
    let changes = json!([{"id": "r0", "input": "other"}, {"id": "r1", "_object_delete": true},
        {"id": "r3"}, {"id": "r4"}]);
    desk.insert(&dataset, changes).await;
    let changed = desk.head().await;
    let path = format!("/v1/dataset/{dataset}/restore");
    let preview = desk
        .post(&format!("{path}/preview"), json!({"version": at}))
        .await;
    assert_eq!(preview, json!({"rows_to_restore": 2, "rows_to_delete": 2}));
    let done = desk.post(&path, json!({"version": at})).await;
    assert_eq!(
        (&done["rows_restored"], &done["rows_deleted"]),
        (&json!(2), &json!(2))
    );
    let xact = text(&done["xact_id"]);
    assert!(xact > changed && xact.len() == 19, "{xact}");
    let mut after = desk.rows(&dataset, Value::Null).await;
    assert!(after.iter().all(|row| row["_xact_id"] == json!(xact)));
    for (row, before) in after.iter_mut().zip(&before) {
        row["_xact_id"] = before["_xact_id"].clone();
    }
    assert_eq!(after, before);
    // What was before the restore is there still, and nothing is restored twice.
    assert_eq!(desk.rows(&dataset, json!(changed)).await.len(), 4);
    let again = desk.post(&path, json!({"version": at})).await;
    assert_eq!(
        again,
        json!({"xact_id": null, "rows_restored": 0, "rows_deleted": 0})
    );
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_registers_finds_and_changes_snapshots() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let xact = desk.head().await;
    let register = |more: Value| {
        let mut asked = json!({"dataset_id": dataset, "dataset_snapshot_name": "first"});
        asked
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().expect("more"));
        asked
    };
    let path = "/api/dataset_snapshot/register";
    let made = desk
        .post(path, register(json!({"xact_id": xact, "description": "x"})))
        .await;
    assert_eq!(members(&made), ["dataset_snapshot", "found_existing"]);
    assert_eq!(made["found_existing"], json!(false));
    let id = &made["dataset_snapshot"]["id"];
    desk.insert(&dataset, json!([{"id": "r0"}])).await;
    let later = desk.head().await;
    let found = desk.post(path, register(json!({"xact_id": later}))).await;
    assert_eq!(
        (&found["dataset_snapshot"], &found["found_existing"]),
        (&made["dataset_snapshot"], &json!(true))
    );
    let moved = desk
        .post(path, register(json!({"xact_id": later, "update": true})))
        .await;
    let moved = &moved["dataset_snapshot"];
    assert_eq!((&moved["id"], &moved["xact_id"]), (id, &json!(later)));

    let get = "/api/dataset_snapshot/get";
    for (asked, count) in [
        (json!({"dataset_id": dataset}), 1),
        (json!({"dataset_id": dataset, "name": "first"}), 1),
        (json!({"dataset_id": dataset, "name": "second"}), 0),
        (json!({"dataset_id": dataset, "xact_id": later}), 1),
        (json!({"dataset_id": dataset, "xact_id": xact}), 0),
        (json!({"dataset_id": uuid::Uuid::nil()}), 0),
    ] {
        let listed = desk.post(get, asked.clone()).await;
        assert_eq!(listed.as_array().expect("an array").len(), count, "{asked}");
    }
    let patch = json!({"id": id, "name": "second"});
    let renamed = desk.post("/api/dataset_snapshot/patch_id", patch).await;
    assert_eq!(renamed["name"], json!("second"));
    let deleted = desk
        .post("/api/dataset_snapshot/delete_id", json!({"id": id}))
        .await;
    assert_eq!(deleted, renamed);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_callers_together_make_one_snapshot() {
    let desk = Desk::open().await;
    let dataset = desk.dataset("penguins").await;
    let xact_id = desk.head().await;
    let new = json!({"dataset_id": dataset, "name": "one", "xact_id": xact_id});
    let asked = (0..8).map(|_| desk.ask_all("POST", "/v1/dataset_snapshot", new.clone()));
    let told = futures_util::future::join_all(asked).await;
    let made = told
        .iter()
        .filter(|(_, found, _)| found.as_deref() == Some("false"));
    assert_eq!(made.count(), 1);
    assert!(
        told.iter()
            .all(|(status, _, one)| *status == 200 && *one == told[0].2)
    );
    desk.close().await;
}
