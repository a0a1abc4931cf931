//! Events: listed, found, folded again into what the dataset was.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::desk::{Desk, ada, text};
use crate::auth::{Grants, Principal};
use crate::domain::ids::ProjectId;
use crate::domain::values::Role;

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
async fn the_end_of_a_task_is_an_event_of_its_dataset() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let snapshot = desk.snapshot(&id, "good").await;
    desk.put(&id, &["a"], json!(1)).await;
    desk.restore(&id, &snapshot).await;
    let elsewhere = desk.dataset("others").await;
    let query = "query($id: ID!, $filter: EventFilter) {
        events(filter: $filter, first: 50) { nodes { type dataset { id } } }
        dataset(id: $id) { events { nodes { type } } } }";
    let asked = |id: &str| json!({ "id": id, "filter": { "datasetIds": [id] } });
    let data = desk.ask(query, asked(&id)).await;
    let ends = |list: &Value| {
        let nodes = list["nodes"].as_array().expect("events");
        let ends = nodes.iter().filter(|node| node["type"] == "TaskCompleted");
        ends.cloned().collect::<Vec<_>>()
    };
    let of_dataset = json!({ "type": "TaskCompleted", "dataset": { "id": id } });
    assert_eq!(ends(&data["events"]), [of_dataset]);
    assert_eq!(ends(&data["dataset"]["events"]).len(), 1);
    let data = desk.ask(query, asked(&elsewhere)).await;
    assert!(ends(&data["events"]).is_empty() && ends(&data["dataset"]["events"]).is_empty());
}

#[tokio::test]
async fn an_event_is_a_node_for_those_who_see_it() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let data = desk
        .ask("{ events(first: 50) { nodes { id type } } }", json!({}))
        .await;
    let events = data["events"]["nodes"].as_array().expect("events").clone();
    let ids: Vec<&Value> = events.iter().map(|event| &event["id"]).collect();
    let query = "query($ids: [ID!]!, $id: ID!) {
        nodes(ids: $ids) { ... on LedgerEvent { id type } }
        node(id: $id) { __typename id } }";
    let asked = json!({ "ids": ids, "id": ids[0] });
    let data = desk.ask(query, asked.clone()).await;
    assert_eq!(data["nodes"], json!(events));
    assert_eq!(
        data["node"],
        json!({ "__typename": "LedgerEvent", "id": ids[0] })
    );
    let nothing = json!({ "ids": [uuid::Uuid::nil()], "id": uuid::Uuid::nil() });
    let none = json!({ "nodes": [null], "node": null });
    assert_eq!(desk.ask(query, nothing).await, none);

    let seen = |project| {
        let grants = Grants::In(vec![(ProjectId(project), Role::Viewer)]);
        let eve = Principal { grants, ..ada() };
        let (desk, asked) = (&desk, asked.clone());
        async move {
            let mut answer = desk.response(&eve, query, asked).await;
            answer["data"]["nodes"].take()
        }
    };
    let nulls = json!(vec![Value::Null; events.len()]);
    assert_eq!(seen(uuid::Uuid::nil()).await, nulls, "a stranger of {id}");
    // A member of the project sees its events, but not those of the ledger and of access.
    let member = seen(desk.house.ledger.default_project().0).await;
    let types = |nodes: &Value| {
        let nodes = nodes.as_array().expect("nodes").iter();
        nodes
            .filter(|node| !node.is_null())
            .map(|node| text(&node["type"]))
            .collect::<Vec<_>>()
    };
    let mut expected = types(&json!(events));
    expected.retain(|name| !["LedgerFounded", "ApiKeyIssued"].contains(&name.as_str()));
    assert_eq!(types(&member), expected);
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
