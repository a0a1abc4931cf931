//! Sockets at the edges of their limits: slow readers, silent ones, too many, and the end.

use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{Desk, text};
use super::line::{Counter, Heard, Line};
use crate::graphql::Limits;

/// Long answers: every item of every commit.
const FOLLOW: &str = "subscription($after: XactId) { events(after: $after, maxBatch: 1) {
    checkpoint events { xactId changes(first: 500) { nodes { after { data } } } } } }";
/// Commits of about 1 MiB each.
const COMMITS: usize = 14;

fn limits() -> Limits {
    Limits {
        lag_time_max: Duration::from_millis(300),
        ..Limits::default()
    }
}

/// Commits that no buffer on the way holds.
async fn write(desk: &Desk, dataset: &str) {
    let long = "x".repeat(20_000);
    for commit in 0..COMMITS {
        let keys: Vec<String> = (0..36).map(|item| format!("{commit}-{item}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        desk.put(dataset, &keys, json!(long)).await;
    }
}

/// Reads answers until one up to this checkpoint; answers the xact ids of their events.
async fn follow(line: &mut Line, end: &str) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let message = line.message().await;
        assert_eq!(message["type"], "next", "{message:.300}");
        let batch = &message["payload"]["data"]["events"];
        told.extend(xact_ids(batch));
        if text(&batch["checkpoint"]).as_str() >= end {
            return told;
        }
    }
}

fn xact_ids(batch: &Value) -> Vec<String> {
    let events = batch["events"].as_array().expect("events");
    events.iter().map(|event| text(&event["xactId"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_told_where_to_go_on_and_a_fast_one_beside_it_gets_all() {
    let desk = Desk::set_with(limits()).await;
    let counter = Counter::open(&desk).await;
    let dataset = desk.dataset("penguins").await;
    let mut slow = counter.begun().await;
    slow.subscribe("slow", FOLLOW, json!({})).await;
    let mut fast = counter.begun().await;
    fast.subscribe("fast", FOLLOW, json!({})).await;
    let end = async {
        write(&desk, &dataset).await;
        let data = desk.ask("{ ledger { head } }", json!({})).await;
        text(&data["ledger"]["head"])
    };
    let end = end.await;
    let all = follow(&mut fast, &end).await;
    tokio::time::sleep(limits().lag_time_max * 4).await;
    // It reads again: first what had been put, in order; then where to go on.
    let mut told = Vec::new();
    let resume_after = loop {
        let message = slow.message().await;
        match text(&message["type"]).as_str() {
            "next" => told.extend(xact_ids(&message["payload"]["data"]["events"])),
            "error" => {
                let extensions = &message["payload"][0]["extensions"];
                assert_eq!(extensions["code"], "LAGGED", "{message}");
                assert_eq!(message["id"], "slow");
                break text(&extensions["resumeAfter"]);
            }
            other => panic!("{other}"),
        }
    };
    assert!(told.len() < all.len(), "it was not slow");
    // The socket goes on, and so does the story: without gap or repeat.
    slow.subscribe("again", FOLLOW, json!({ "after": resume_after }))
        .await;
    told.extend(follow(&mut slow, &end).await);
    assert_eq!(told, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_client_is_asked_and_then_closed_out() {
    let limits = Limits {
        ping_interval: Duration::from_millis(40),
        ..limits()
    };
    let desk = Desk::set_with(limits).await;
    let counter = Counter::open(&desk).await;
    let mut alive = counter.begun().await;
    for _ in 0..6 {
        assert_eq!(alive.hear().await, Heard::Ping);
    }
    let mut silent = counter.begun().await;
    tokio::time::sleep(limits.ping_interval * 8).await;
    assert_eq!(silent.hear().await, Heard::Ping);
    assert_eq!(silent.hear().await, Heard::Ping);
    assert!(matches!(silent.hear().await, Heard::Closed(1001, _)));
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_sockets_and_operations_run_as_may() {
    let limits = Limits {
        sockets_max: 2,
        subscriptions_per_socket_max: 2,
        ..limits()
    };
    let desk = Desk::set_with(limits).await;
    let counter = Counter::open(&desk).await;
    let mut first = counter.begun().await;
    let second = counter.begun().await;
    assert_eq!(counter.line().await.err(), Some(503));
    drop(second);
    let mut third = counter.line().await;
    while third.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
        third = counter.line().await;
    }
    for id in ["1", "2"] {
        first.subscribe(id, FOLLOW, json!({})).await;
    }
    first.subscribe("3", FOLLOW, json!({})).await;
    let refused = loop {
        let message = first.message().await;
        if message["type"] != "next" {
            break message;
        }
    };
    assert_eq!(
        (&refused["id"], &refused["type"]),
        (&json!("3"), &json!("error"))
    );
    let code = &refused["payload"][0]["extensions"]["code"];
    assert_eq!(code, "TOO_MANY_OPERATIONS");
    first.say(json!({ "type": "complete", "id": "1" })).await;
    let query = "{ ledger { head } }";
    first.subscribe("3", query, json!({})).await;
    let answered = loop {
        let message = first.message().await;
        if message["id"] == "3" {
            break message;
        }
    };
    assert_eq!(answered["type"], "next", "{answered}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_told_with_the_place_where_the_slowest_subscription_was() {
    let desk = Desk::set_with(limits()).await;
    let counter = Counter::open(&desk).await;
    let dataset = desk.dataset("penguins").await;
    let mut line = counter.begun().await;
    line.subscribe("all", FOLLOW, json!({})).await;
    let head = text(&desk.ask("{ ledger { head } }", json!({})).await["ledger"]["head"]);
    follow(&mut line, &head).await;
    let changes = "subscription($id: ID!) { snapshotChanged(datasetId: $id) { xactId } }";
    line.subscribe("changes", changes, json!({ "id": dataset }))
        .await;
    // A query that is asked after it was begun is answered after that.
    line.subscribe("query", "{ ledger { head } }", json!({}))
        .await;
    while line.message().await["type"] != "complete" {}
    let newer = desk.put(&dataset, &["a"], json!(1)).await;
    follow(&mut line, &newer).await;
    counter.leaving.cancel();
    let closed = loop {
        match line.hear().await {
            Heard::Closed(code, reason) => break (code, reason),
            Heard::Message(message) => assert_eq!(message["type"], "next", "{message}"),
            Heard::Ping => {}
            Heard::BrokenOff => panic!("no goodbye"),
        }
    };
    // The changes of snapshots were told up to where they began.
    assert_eq!(closed, (1012, json!({ "resumeAfter": head }).to_string()));
    counter.connections.closed().await;
}
