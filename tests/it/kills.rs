//! Killed in the middle: after the restart every task has ended once, and nothing is half done.

use std::time::Duration;

use futures_util::stream;
use serde_json::{Value, json};

use crate::harness::{Home, Long, PAUSE, Random, Server, Socket, lines, text, timed, within};

/// Items of which some are staged while others are still to come.
const ITEMS: u64 = 60_000;
/// Items of a restore or an import that is killed at any moment.
const FEW_ITEMS: u64 = 4_000;

const WATCH: &str = "subscription ($id: ID!) {
    restoreProgress(datasetId: $id) { phase }
}";

/// How often an event of this name is among these.
fn count(events: &[String], name: &str) -> usize {
    events.iter().filter(|event| *event == name).count()
}

/// A moment of something that takes this long, or shortly after it.
fn moment(random: &mut Random, longest: Duration) -> Duration {
    longest * random.below(120) as u32 / 100
}

/// Begins a restore, and answers its task as soon as it verifies.
async fn verifying(server: &Server, dataset: &str, snapshot: &str) -> String {
    let mut socket = Socket::open(server, WATCH, json!({ "id": dataset })).await;
    let task = server
        .begin_restore(dataset, json!({ "snapshotId": snapshot }))
        .await;
    while socket.next().await["restoreProgress"]["phase"] != "VERIFYING" {}
    task
}

#[tokio::test]
async fn a_restore_killed_while_verifying_goes_on_after_the_restart_and_ends_once() {
    let home = Home::new();
    let server = home.start().await;
    let Long {
        dataset,
        many,
        few,
        items,
    } = server.long("killed").await;
    server.restore(&dataset, &many).await;
    let root = server.digest(&dataset).await;
    server.restore(&dataset, &few).await;

    let task = verifying(&server, &dataset, &many).await;
    server.kill();
    // And once more, when it has just been taken up again.
    home.start().await.kill();

    let server = home.start().await;
    let ended = server.task_end(&task).await;
    assert_eq!(ended["phase"], "COMPLETED", "{ended}");
    let events = server.task_events(&task).await;
    for name in [
        "RestoreBegun",
        "SnapshotRestored",
        "TaskQueued",
        "TaskCompleted",
    ] {
        assert_eq!(count(&events, name), 1, "{name} in {events:?}");
    }
    assert_eq!(
        count(&events, "RestoreGivenUp") + count(&events, "TaskFailed"),
        0
    );
    let head = server.head(&dataset).await;
    assert_eq!(
        (&head["digest"], &head["status"]),
        (&json!(root), &json!("READY"))
    );
    assert!(
        server.export(&dataset, None).await == lines(items, 1),
        "an item differs"
    );
}

#[tokio::test]
async fn a_restore_killed_at_any_moment_ends_once() {
    let mut random = Random::fresh();
    let home = Home::new();
    let mut server = home.start().await;
    let dataset = server.dataset("any moment").await;
    server.import(&dataset, "", lines(FEW_ITEMS, 1)).await;
    let full = server.snapshot(&dataset, "full").await;
    let empty = server.snapshot_of_creation(&dataset).await;
    let emptying = timed(server.restore(&dataset, &empty)).await;
    let filling = timed(server.restore(&dataset, &full)).await;
    for round in 0..6 {
        let (target, items, longest) =
            [(&empty, 0, emptying), (&full, FEW_ITEMS, filling)][round % 2];
        let task = server
            .begin_restore(&dataset, json!({ "snapshotId": target }))
            .await;
        let wait = moment(&mut random, longest);
        tokio::time::sleep(wait).await;
        server.kill();
        server = home.start().await;
        assert_eq!(server.task_end(&task).await["phase"], "COMPLETED");
        let events = server.task_events(&task).await;
        let ends = ["SnapshotRestored", "TaskCompleted"].map(|name| count(&events, name));
        assert_eq!(ends, [1, 1], "killed after {wait:?}: {events:?}");
        assert_eq!(server.head(&dataset).await["itemCount"], items);
    }
    assert!(server.export(&dataset, None).await == lines(FEW_ITEMS, 1));
}

/// An upload that sends half of its lines, and then waits for ever.
fn half_an_upload(server: &Server, dataset: &str, half: String) -> reqwest::RequestBuilder {
    let chunks = stream::unfold(Some(half), |half| async {
        match half {
            Some(half) => Some((Ok::<_, std::io::Error>(half), None)),
            None => std::future::pending().await,
        }
    });
    server
        .upload(dataset, "")
        .body(reqwest::Body::wrap_stream(chunks))
}

/// The import that runs on a dataset, when it has taken some lines.
async fn running_import(server: &Server, dataset: &str) -> String {
    let document = "query ($id: ID!) {
        tasks(filter: { datasetId: $id, types: [IMPORT] }) {
            nodes { id phase progress { done } }
        }
    }";
    within("an import's first lines", async {
        loop {
            let found = server.ask(document, json!({ "id": dataset })).await;
            let import = &found["tasks"]["nodes"][0];
            if import["progress"]["done"]
                .as_u64()
                .is_some_and(|done| done > 0)
            {
                assert_eq!(import["phase"], "STAGING", "{import}");
                return text(&import["id"]);
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
    .await
}

#[tokio::test]
async fn an_import_killed_halfway_fails_once_and_shows_nothing() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("half").await;
    let seen = server
        .commit(&dataset, vec![json!({ "key": "a", "data": {} })], &[])
        .await;
    let root = server.digest(&dataset).await;
    let upload = half_an_upload(&server, &dataset, lines(ITEMS, 1));
    let sending = tokio::spawn(upload.send());
    let task = running_import(&server, &dataset).await;
    within("the first staged items", async {
        while count(&server.task_events(&task).await, "ItemsStaged") == 0 {
            tokio::time::sleep(PAUSE).await;
        }
    })
    .await;
    server.kill();
    assert!(sending.await.expect("the sender").is_err());

    let server = home.start().await;
    let ended = server.task_end(&task).await;
    assert_eq!(ended["phase"], "FAILED", "{ended}");
    let events = server.task_events(&task).await;
    assert_eq!(
        (
            count(&events, "TaskFailed"),
            count(&events, "TaskCompleted")
        ),
        (1, 0)
    );
    assert!(
        count(&events, "ItemsStaged") > 0,
        "nothing had been staged: {events:?}"
    );
    let head = server.head(&dataset).await;
    assert_eq!(
        (&head["digest"], &head["xactId"]),
        (&json!(root), &json!(seen))
    );
    assert_eq!(head["status"], "READY");

    // The whole of it, sent again, is taken.
    let imported = server.import(&dataset, "", lines(FEW_ITEMS, 1)).await;
    assert_eq!(imported["added"], FEW_ITEMS);
}

#[tokio::test]
async fn an_import_killed_at_any_moment_is_there_whole_or_not_at_all() {
    let mut random = Random::fresh();
    for _ in 0..4 {
        let home = Home::new();
        let server = home.start().await;
        let dataset = server.dataset("in peace").await;
        let longest = timed(server.import(&dataset, "", lines(FEW_ITEMS, 1))).await;
        let dataset = server.dataset("any moment").await;
        let upload = server.upload(&dataset, "").body(lines(FEW_ITEMS, 1));
        let sending = tokio::spawn(upload.send());
        tokio::time::sleep(moment(&mut random, longest)).await;
        server.kill();
        let was_answered = sending.await.expect("the sender").is_ok();

        let server = home.start().await;
        let items = &server.head(&dataset).await["itemCount"];
        let is_whole = *items == FEW_ITEMS;
        assert!(
            is_whole || *items == 0,
            "half an import shows: {items} items"
        );
        assert!(
            is_whole || !was_answered,
            "an import that was acknowledged is lost"
        );
        if is_whole {
            assert!(server.export(&dataset, None).await == lines(FEW_ITEMS, 1));
        }
        check_imports_ended(&server, &dataset, is_whole).await;
    }
}

async fn check_imports_ended(server: &Server, dataset: &str, is_whole: bool) {
    let document = "query ($id: ID!) {
        tasks(filter: { datasetId: $id, types: [IMPORT] }) { nodes { id } }
    }";
    let found = server.ask(document, json!({ "id": dataset })).await;
    let none = Vec::new();
    for task in found["tasks"]["nodes"].as_array().unwrap_or(&none) {
        let ended = server.task_end(&text(&task["id"])).await;
        let expected = if is_whole { "COMPLETED" } else { "FAILED" };
        assert_eq!(ended["phase"], expected, "{ended}");
        assert_eq!(ended["resultXactId"] != Value::Null, is_whole, "{ended}");
    }
}
