//! Subscriptions on a socket: side by side, stopped by either side, and gone on with.

use serde_json::{Value, json};

use crate::harness::{Heard, Home, Line, Server, item, text, within};

const WATCH: &str = "subscription { events(maxBatch: 1) { checkpoint events { xactId } } }";
const HEAD: &str = "{ ledger { head } }";

async fn head(server: &Server) -> String {
    text(&server.ask(HEAD, json!({})).await["ledger"]["head"])
}

#[tokio::test]
async fn what_a_client_completes_is_told_no_more() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("watched").await;
    let document = "subscription ($id: ID!) { datasetChanged(id: $id) { itemCount } }";
    let mut line = Line::begun(&server).await;
    for id in ["kept", "dropped"] {
        line.subscribe(id, document, json!({ "id": dataset })).await;
        assert_eq!(line.message().await["id"], id);
    }
    line.say(&json!({ "type": "complete", "id": "dropped" }))
        .await;
    line.say(&json!({ "type": "complete", "id": "never was" }))
        .await;
    line.say(&json!({ "type": "ping" })).await;
    assert_eq!(line.message().await["type"], "pong");
    for number in 1..=3 {
        server.commit(&dataset, vec![item(number, 1)], &[]).await;
        let told = line.message().await;
        assert_eq!(told["id"], "kept");
        let count = &told["payload"]["data"]["datasetChanged"]["itemCount"];
        assert_eq!(count, number);
    }
}

#[tokio::test]
async fn a_hot_subscription_starves_none_beside_it() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("busy").await;
    let snapshots = 400;
    for number in 0..snapshots {
        server.snapshot(&dataset, &format!("{number}")).await;
    }
    let end = head(&server).await;
    let mut line = Line::begun(&server).await;
    line.subscribe("hot", WATCH, json!({})).await;
    assert_eq!(line.message().await["id"], "hot");
    line.subscribe("quiet", HEAD, json!({})).await;
    let mut has_answered = false;
    loop {
        let message = line.message().await;
        match text(&message["id"]).as_str() {
            "quiet" => has_answered = true,
            _ => {
                let checkpoint = &message["payload"]["data"]["events"]["checkpoint"];
                if text(checkpoint) == end {
                    break;
                }
            }
        }
    }
    assert!(
        has_answered,
        "it had to wait for the last of the other's answers"
    );
}

#[tokio::test]
async fn a_stop_says_where_to_go_on_and_nothing_is_lost_or_told_twice() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("going on").await;
    for number in 0..30 {
        server.commit(&dataset, vec![item(number, 1)], &[]).await;
    }
    let mut line = Line::begun(&server).await;
    line.subscribe("1", WATCH, json!({})).await;
    let mut told = Vec::new();
    let mut idle = Line::begun(&server).await;
    // Stopped in the middle of telling.
    told.push(line.message().await);
    let (_, resume_after) = tokio::join!(server.stop(), async {
        loop {
            match line.hear().await {
                Heard::Message(message) => told.push(message),
                Heard::Closed(1012, reason) => {
                    let reason: Value = serde_json::from_str(&reason).expect("JSON");
                    break text(&reason["resumeAfter"]);
                }
                other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!(idle.goodbye().await.0, 1012);

    let server = home.start().await;
    let end = head(&server).await;
    let mut line = Line::begun(&server).await;
    let document = "subscription ($after: XactId) {
        events(after: $after) { checkpoint events { xactId } } }";
    line.subscribe("1", document, json!({ "after": resume_after }))
        .await;
    within("the rest", async {
        loop {
            let message = line.message().await;
            let checkpoint = text(&message["payload"]["data"]["events"]["checkpoint"]);
            told.push(message);
            if checkpoint >= end {
                break;
            }
        }
    })
    .await;
    let events = told.iter().flat_map(|message| {
        let events = message["payload"]["data"]["events"]["events"].as_array();
        events
            .expect("events")
            .iter()
            .map(|event| text(&event["xactId"]))
    });
    let listed = server.events("xactId").await;
    let listed: Vec<String> = listed.iter().map(|event| text(&event["xactId"])).collect();
    assert_eq!(events.collect::<Vec<_>>(), listed);
}
