//! Streams of events: every kind of operation, errors, and going on where one was broken off.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{EventSource, Home, KEY, Server, item, text};

/// Commits of some 800 KB each.
const LONG_COMMITS: usize = 12;
const FOLLOW: &str = "subscription ($after: XactId) {
    events(after: $after, maxBatch: 1) { events { xactId } checkpoint } }";

async fn head(server: &Server) -> String {
    text(&server.ask("{ ledger { head } }", json!({})).await["ledger"]["head"])
}

/// The xact ids of all events up to this one, and the id of the last event of the stream; an id is
/// always the checkpoint.
async fn follow(stream: &mut EventSource, end: &str) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let (id, mut data) = stream.answer().await;
        let batch = data["data"]["events"].take();
        let events = batch["events"].as_array().expect("events");
        told.extend(events.iter().map(|event| text(&event["xactId"])));
        let id = id.expect("an id");
        assert_eq!(id, text(&batch["checkpoint"]));
        if id.as_str() >= end {
            return told;
        }
    }
}

#[tokio::test]
async fn every_kind_of_operation_is_told_and_completed() {
    let home = Home::new();
    let server = home.start().await;
    let create = "mutation { createDataset(input: { name: \"by events\" }) { xactId } }";
    for (request, told) in [
        (
            server.events_by_post(&json!({ "query": "{ ledger { head } }" })),
            "ledger",
        ),
        (
            server.events_by_get(&[("query", "{ ledger { head } }")]),
            "ledger",
        ),
        (
            server.events_by_post(&json!({ "query": create })),
            "createDataset",
        ),
    ] {
        let mut stream = EventSource::open(request).await;
        let (id, data) = stream.answer().await;
        assert!(data["data"][told].is_object() && id.is_none(), "{data}");
        let end = stream.next().await.expect("an end");
        assert_eq!((end.kind.as_str(), end.data), ("complete", Value::Null));
        assert_eq!(stream.next().await, None);
        assert_eq!(stream.comments.len(), 1, "a first byte at once");
    }
    let dataset = server.dataset("watched").await;
    let document = "subscription ($id: ID!) { datasetChanged(id: $id) { itemCount } }";
    let variables = json!({ "id": dataset });
    let request = json!({ "query": document, "variables": variables });
    let mut stream = EventSource::open(server.events_by_post(&request)).await;
    for count in 0..3 {
        let (id, data) = stream.answer().await;
        assert_eq!(
            (id, &data["data"]["datasetChanged"]["itemCount"]),
            (None, &json!(count))
        );
        server.commit(&dataset, vec![item(count, 1)], &[]).await;
    }
    stream.answer().await;
    server.delete_dataset(&dataset).await;
    stream.answer().await;
    assert_eq!(stream.next().await.expect("an end").kind, "complete");
}

#[tokio::test]
async fn what_is_wrong_with_the_document_is_told_as_an_event() {
    let home = Home::new();
    let server = home.start().await;
    for (document, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "query A { ledger { head } } query B { ledger { head } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { events(maxBatch: 0) { checkpoint } }",
            "BAD_INPUT",
        ),
    ] {
        let request = server.events_by_post(&json!({ "query": document }));
        let mut stream = EventSource::open(request).await;
        let (_, data) = stream.answer().await;
        assert_eq!(data["errors"][0]["extensions"]["code"], code, "{data}");
        assert_eq!(stream.next().await.expect("an end").kind, "complete");
        assert_eq!(stream.next().await, None);
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_told_by_its_status() {
    let home = Home::new();
    let server = home.start().await;
    let mutation = "mutation { createDataset(input: { name: \"no\" }) { xactId } }";
    let address = format!("{}/graphql", server.address);
    let post = || server.events_by_post(&json!({ "query": "{ ledger { head } }" }));
    let form = server.http.post(&address).bearer_auth(KEY);
    let form = form
        .header("accept", "text/event-stream")
        .body("query=%7B%7D");
    let no_key = server
        .http
        .get(&address)
        .header("accept", "text/event-stream");
    for (request, status) in [
        (server.events_by_get(&[("query", mutation)]), 405),
        (server.events_by_get(&[]), 400),
        (
            server.events_by_post(&json!([{ "query": "{ ledger { head } }" }])),
            400,
        ),
        (server.events_by_post(&json!({})), 400),
        (form, 415),
        (
            server
                .http
                .put(&address)
                .bearer_auth(KEY)
                .header("accept", "text/event-stream"),
            405,
        ),
        (no_key, 401),
    ] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
        let body: Value = answer.json().await.expect("JSON");
        assert!(
            body["errors"][0]["extensions"]["code"].is_string(),
            "{body}"
        );
    }
    // Who also takes JSON gets JSON where there is one answer.
    let both = post().header("accept", "application/json");
    let answer = both.send().await.expect("an answer");
    let body: Value = answer.json().await.expect("JSON");
    assert!(body["data"]["ledger"]["head"].is_string());
}

#[tokio::test]
async fn a_stream_goes_on_where_it_was_broken_off() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("going on").await;
    for number in 0..5 {
        server.commit(&dataset, vec![item(number, 1)], &[]).await;
    }
    let request = json!({ "query": FOLLOW });
    let mut stream = EventSource::open(server.events_by_post(&request)).await;
    let middle = head(&server).await;
    let mut told = follow(&mut stream, &middle).await;
    drop(stream);
    server.commit(&dataset, vec![item(6, 1)], &[]).await;
    // It counts before what the document says.
    let request = json!({ "query": FOLLOW, "variables": { "after": null } });
    let request = server
        .events_by_post(&request)
        .header("last-event-id", &middle);
    let mut stream = EventSource::open(request).await;
    told.extend(follow(&mut stream, &head(&server).await).await);
    let listed = server.events("xactId").await;
    let listed: Vec<String> = listed.iter().map(|event| text(&event["xactId"])).collect();
    assert_eq!(told, listed);

    for wrong in ["x", "9999999999999999999"] {
        let request = server.events_by_get(&[("query", FOLLOW)]);
        let mut stream = EventSource::open(request.header("last-event-id", wrong)).await;
        let (_, data) = stream.answer().await;
        let extensions = &data["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "BAD_INPUT", "{data}");
    }
}

#[tokio::test]
async fn a_reader_who_lags_is_told_and_goes_on_without_gap() {
    let home = Home::new();
    let server = home.start_with(&["--limit", "lag_ms_max=300"]).await;
    let dataset = server.dataset("long").await;
    let document = "subscription { events(maxBatch: 1) { checkpoint events {
        xactId changes(first: 500) { nodes { after { data } } } } } }";
    let request = || server.events_by_post(&json!({ "query": document }));
    let mut slow = EventSource::open(request()).await;
    // More than all buffers on the way hold.
    for commit in 0..LONG_COMMITS {
        let long = json!({ "text": "x".repeat(20_000) });
        let lines =
            (0..40).map(|number| json!({ "key": format!("{commit}-{number}"), "data": long }));
        let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
        server.import(&dataset, "", lines.join("\n")).await;
    }
    let end = head(&server).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let mut told = Vec::new();
    let mut last = None;
    let extensions = loop {
        let (id, mut data) = slow.answer().await;
        if let Some(errors) = data.get_mut("errors") {
            break errors[0]["extensions"].take();
        }
        let events = data["data"]["events"]["events"].take();
        let events = events.as_array().expect("events");
        told.extend(events.iter().map(|event| text(&event["xactId"])));
        last = id;
    };
    assert_eq!(extensions["code"], "LAGGED", "{extensions}");
    let last = last.expect("something was told before");
    assert_eq!(extensions["resumeAfter"], last.as_str(), "{extensions}");
    assert_eq!(slow.next().await.expect("an end").kind, "complete");
    assert!(last < end, "it was not slow");

    let mut again = EventSource::open(request().header("last-event-id", &last)).await;
    told.extend(follow(&mut again, &end).await);
    let listed = server.events("xactId").await;
    let listed: Vec<String> = listed.iter().map(|event| text(&event["xactId"])).collect();
    assert_eq!(told, listed);
}

#[tokio::test]
async fn the_changes_of_snapshots_go_on_too() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("snapped").await;
    let document = "subscription ($id: ID!) {
        snapshotChanged(datasetId: $id) { kind snapshot { name } } }";
    let request = json!({ "query": document, "variables": { "id": dataset } });
    let mut stream = EventSource::open(server.events_by_post(&request)).await;
    // What was begun before is told: the query comes back after it.
    server.ask("{ ledger { head } }", json!({})).await;
    let mut seen = None;
    let mut number = 0;
    while seen.is_none() {
        server.snapshot(&dataset, &format!("{number}")).await;
        number += 1;
        seen = tokio::time::timeout(Duration::from_millis(200), stream.answer())
            .await
            .ok();
    }
    drop(stream);
    let (id, _) = seen.expect("a change");
    for name in ["missed", "missed too"] {
        server.snapshot(&dataset, name).await;
    }
    let request = server.events_by_post(&request);
    let request = request.header("last-event-id", id.expect("an id"));
    let mut stream = EventSource::open(request).await;
    for name in ["missed", "missed too", "live"] {
        if name == "live" {
            server.snapshot(&dataset, name).await;
        }
        loop {
            let (_, data) = stream.answer().await;
            let told = text(&data["data"]["snapshotChanged"]["snapshot"]["name"]);
            if told == name {
                break;
            }
            assert!(told.parse::<u64>().is_ok(), "{told} is out of turn");
        }
    }
}

#[tokio::test]
async fn a_stop_ends_a_stream_with_a_word() {
    let home = Home::new();
    let server = home.start().await;
    let request = server.events_by_post(&json!({ "query": FOLLOW }));
    let mut stream = EventSource::open(request).await;
    follow(&mut stream, &head(&server).await).await;
    let (_, ()) = tokio::join!(server.stop(), async {
        while let Some(event) = stream.next().await {
            assert_eq!(event.kind, "next");
        }
    });
    let last = stream.comments.last().expect("a last word");
    assert!(last.contains("Last-Event-ID"), "{last}");
}
