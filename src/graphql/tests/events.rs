//! Events: listed, found, folded again into what the dataset was.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::desk::{Desk, text};

#[tokio::test]
async fn the_changes_of_all_events_make_every_version_again() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    desk.put(&id, &["a", "b"], json!(1)).await;
    let snapshot = desk.snapshot(&id, "good").await;
    desk.put(&id, &["b", "c"], json!(2)).await;
    desk.restore(&id, &snapshot).await;
    let clone = json!({ "snapshotId": snapshot });
    let clone = desk.change("cloneSnapshot", clone, "dataset { id }").await;
    let clone = text(&clone["dataset"]["id"]);
    desk.put(&clone, &["z"], json!(3)).await;
    desk.change("deleteDataset", json!({ "datasetId": clone }), "xactId")
        .await;

    let query = "query($after: XactId) { events(first: 3, after: $after) {
        nodes { xactId type dataset { id } changes { nodes { key after { data } } } }
        pageInfo { hasNextPage endCursor } } }";
    let mut states: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    let mut after = Value::Null;
    let mut types = Vec::new();
    loop {
        let data = desk.ask(query, json!({ "after": after })).await;
        for event in data["events"]["nodes"].as_array().expect("events") {
            types.push(text(&event["type"]));
            let Some(changes) = event["changes"]["nodes"].as_array() else {
                continue;
            };
            let state = states.entry(text(&event["dataset"]["id"])).or_default();
            for change in changes {
                let key = text(&change["key"]);
                match &change["after"] {
                    Value::Null => state.remove(&key),
                    item => state.insert(key, item["data"]["value"].clone()),
                };
            }
            if event["dataset"]["id"] == json!(id) {
                let then = desk.items(&id, json!({ "xactId": event["xactId"] })).await;
                assert_eq!(
                    then,
                    state.clone().into_iter().collect::<Vec<_>>(),
                    "{event}"
                );
            }
        }
        after = data["events"]["pageInfo"]["endCursor"].clone();
        if data["events"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(types[0], "LedgerFounded");
    assert!(types.contains(&"SnapshotRestored".to_owned()), "{types:?}");
    let of_clone = &states[&clone];
    assert_eq!(of_clone.keys().collect::<Vec<_>>(), ["a", "b", "z"]);
}

#[tokio::test]
async fn events_are_filtered_and_found_from_either_end() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    desk.dataset("others").await;
    let snapshot = desk.snapshot(&id, "good").await;
    let query = "query($filter: EventFilter, $first: Int, $last: Int) {
        events(filter: $filter, first: $first, last: $last) {
            nodes { id xactId type stream revision recordedAt actor correlationId schemaVersion data
                snapshot { id } project { name } } pageInfo { hasPreviousPage } totalCount } }";
    let filter = json!({ "datasetIds": [id], "types": ["SnapshotCreated"] });
    let data = desk
        .ask(query, json!({ "filter": filter, "last": 1 }))
        .await;
    let event = &data["events"]["nodes"][0];
    assert_eq!(event["snapshot"]["id"], json!(snapshot));
    assert_eq!(
        (&event["actor"], &event["schemaVersion"]),
        (&json!("ada"), &json!(1))
    );
    assert_eq!(event["stream"], json!(format!("dataset-{id}")));
    assert!(event["correlationId"].is_string() && event["data"].is_object());
    assert!(data["events"]["totalCount"].is_null());
    let nobody = json!({ "filter": { "actors": ["nobody"] }, "first": 10 });
    assert_eq!(desk.ask(query, nobody).await["events"]["nodes"], json!([]));

    let one = "query($x: XactId!) { event(xactId: $x) { type changes { totalCount } } }";
    let found = desk.ask(one, json!({ "x": event["xactId"] })).await;
    assert_eq!(
        found["event"],
        json!({ "type": "SnapshotCreated", "changes": null })
    );
    let of_dataset = "query($id: ID!) { dataset(id: $id) { events { nodes { type } } } }";
    let data = desk.ask(of_dataset, json!({ "id": id })).await;
    let nodes = data["dataset"]["events"]["nodes"]
        .as_array()
        .expect("events");
    assert!(
        nodes.contains(&json!({ "type": "DatasetCreated" })),
        "{nodes:?}"
    );
}

#[tokio::test]
async fn following_the_log_catches_up_and_goes_on_without_gap_or_repeat() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let text_of = "subscription($after: XactId, $filter: EventFilter) {
        events(after: $after, filter: $filter, maxBatch: 2) {
            events { xactId type } checkpoint caughtUp } }";
    let mut told = desk.watch(text_of, json!({}));
    let mut seen = Vec::new();
    let mut checkpoint;
    loop {
        let batch = told.next().await.expect("a batch")["events"].take();
        let events = batch["events"].as_array().expect("events");
        assert!(events.len() <= 2);
        seen.extend(events.iter().map(|event| text(&event["xactId"])));
        checkpoint = batch["checkpoint"].clone();
        if batch["caughtUp"] == true {
            break;
        }
    }
    desk.snapshot(&id, "live").await;
    let batch = told.next().await.expect("a batch")["events"].take();
    assert_eq!(batch["events"][0]["type"], "SnapshotCreated");
    seen.extend(
        batch["events"]
            .as_array()
            .expect("events")
            .iter()
            .map(|e| text(&e["xactId"])),
    );
    let listed = desk
        .ask("{ events(first: 500) { nodes { xactId } } }", json!({}))
        .await;
    let listed = listed["events"]["nodes"].as_array().expect("events");
    assert_eq!(
        seen,
        listed
            .iter()
            .map(|event| text(&event["xactId"]))
            .collect::<Vec<_>>()
    );

    let mut resumed = desk.watch(text_of, json!({ "after": checkpoint }));
    let first = resumed.next().await.expect("a batch")["events"].take();
    assert_eq!(first["events"][0]["type"], "SnapshotCreated");

    let nothing = json!({ "filter": { "types": ["DatasetDeleted"] } });
    let mut filtered = desk.watch(text_of, nothing);
    let batch = filtered.next().await.expect("a batch")["events"].take();
    assert_eq!(
        (&batch["events"], &batch["caughtUp"]),
        (&json!([]), &json!(true))
    );
    assert_eq!(batch["checkpoint"], json!(seen[seen.len() - 1]));
}

#[tokio::test]
async fn a_quiet_log_sends_heartbeats() {
    let limits = crate::graphql::Limits {
        heartbeat_interval: std::time::Duration::from_millis(20),
        ..crate::graphql::Limits::default()
    };
    let desk = Desk::set_with(limits).await;
    let head = desk.ask("{ ledger { head } }", json!({})).await["ledger"]["head"].take();
    let text_of = "subscription($after: XactId) {
        events(after: $after) { events { type } checkpoint caughtUp } }";
    let mut told = desk.watch(text_of, json!({ "after": head }));
    let heartbeat = json!({ "events": [], "checkpoint": head, "caughtUp": true });
    for _ in 0..3 {
        assert_eq!(told.next().await.expect("a batch")["events"], heartbeat);
    }
}
