//! The events subscription: from the first event to the newest and on, without gap or repeat.

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Home, Server, Socket, item, position, text, within};

const FOLLOW: &str = "subscription ($after: XactId, $filter: EventFilter, $max: Int) {
    events(after: $after, filter: $filter, maxBatch: $max) {
        events { xactId type }
        checkpoint
        caughtUp
    }
}";
/// Commits of each writer.
const COMMITS: u64 = 25;
/// Writers at the same time.
const WRITERS: u64 = 4;

async fn head(server: &Server) -> String {
    text(&server.ask("{ ledger { head } }", json!({})).await["ledger"]["head"])
}

/// The positions of all events up to this checkpoint, and whether it was told that it caught up.
async fn follow_to(socket: &mut Socket, end: &str) -> (Vec<u64>, bool) {
    let mut positions = Vec::new();
    let mut was_told = false;
    loop {
        let batch = socket.next().await["events"].take();
        positions.extend(
            batch["events"]
                .as_array()
                .expect("events")
                .iter()
                .map(|event| position(&event["xactId"])),
        );
        was_told |= batch["caughtUp"] == true;
        if text(&batch["checkpoint"]).as_str() >= end {
            return (positions, was_told);
        }
    }
}

/// Commits one after the other, in a dataset of its own.
async fn write(server: &Server, writer: u64) {
    let dataset = server.dataset(&format!("writer {writer}")).await;
    for number in 0..COMMITS {
        server.commit(&dataset, vec![item(number, 1)], &[]).await;
    }
}

#[tokio::test]
async fn a_follower_gets_every_event_once_while_many_write() {
    let home = Home::new();
    let server = home.start().await;
    write(&server, 100).await;
    // One that begins before the writers, one that comes in the middle.
    let variables = json!({ "max": 7 });
    let mut early = Socket::open(&server, FOLLOW, variables.clone()).await;
    let middle = async {
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        Socket::open(&server, FOLLOW, variables).await
    };
    let writers = join_all((0..WRITERS).map(|writer| write(&server, writer)));
    let (_, mut late) = tokio::join!(writers, middle);
    let end = head(&server).await;
    let all: Vec<u64> = (1..=position(&json!(end))).collect();
    for socket in [&mut early, &mut late] {
        let (positions, was_told) = within("all events", follow_to(socket, &end)).await;
        assert_eq!(positions, all);
        assert!(was_told, "nobody told that it had caught up");
    }
    // Live: what happens now comes, and nothing else.
    server
        .commit(&server.dataset("one more").await, vec![item(1, 1)], &[])
        .await;
    let newest = head(&server).await;
    let (positions, _) = within("the newest", follow_to(&mut early, &newest)).await;
    let expected: Vec<u64> = (all.len() as u64 + 1..=position(&json!(newest))).collect();
    assert_eq!(positions, expected);
}

#[tokio::test]
async fn a_follower_goes_on_from_its_checkpoint_also_after_a_restart() {
    let home = Home::new();
    let server = home.start().await;
    write(&server, 1).await;
    let mut socket = Socket::open(&server, FOLLOW, json!({ "max": 10 })).await;
    let batch = socket.next().await["events"].take();
    let checkpoint = text(&batch["checkpoint"]);
    let mut positions: Vec<u64> = batch["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| position(&event["xactId"]))
        .collect();
    assert!(
        positions.len() <= 10,
        "a batch is larger than was asked for"
    );
    server.kill();

    let server = home.start().await;
    write(&server, 2).await;
    let end = head(&server).await;
    let mut socket = Socket::open(&server, FOLLOW, json!({ "after": checkpoint })).await;
    positions.extend(within("the rest", follow_to(&mut socket, &end)).await.0);
    assert_eq!(positions, (1..=position(&json!(end))).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_a_filter_leaves_out_still_moves_the_checkpoint_on() {
    let home = Home::new();
    let server = home.start().await;
    write(&server, 1).await;
    let end = head(&server).await;
    let filter = json!({ "types": ["DatasetCreated"] });
    let variables = json!({ "filter": filter });
    let mut socket = Socket::open(&server, FOLLOW, variables).await;
    let (positions, _) = within("the one event", follow_to(&mut socket, &end)).await;
    assert_eq!(positions.len(), 1);
}

#[tokio::test]
async fn a_watched_dataset_tells_its_state_at_once_and_every_change() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("watched").await;
    let document = "subscription ($id: ID!) { datasetChanged(id: $id) { itemCount } }";
    let mut socket = Socket::open(&server, document, json!({ "id": dataset })).await;
    assert_eq!(socket.next().await["datasetChanged"]["itemCount"], 0);
    let document = "subscription ($id: ID!) {
        snapshotChanged(datasetId: $id) { kind snapshot { name } xactId }
    }";
    let mut snapshots = Socket::open(&server, document, json!({ "id": dataset })).await;
    server.commit(&dataset, vec![item(1, 1)], &[]).await;
    within("the new count", async {
        while socket.next().await["datasetChanged"]["itemCount"] != 1 {}
    })
    .await;
    server.snapshot(&dataset, "new").await;
    let change = snapshots.next().await["snapshotChanged"].take();
    assert_eq!(
        (&change["kind"], &change["snapshot"]["name"]),
        (&json!("CREATED"), &json!("new"))
    );
}
