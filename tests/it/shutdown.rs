//! Ending: what runs is finished or goes on after the next start; nothing is lost between.

use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;

use crate::harness::{Home, PAUSE, Server, line, lines, reply, within};

/// Items of a restore that takes long enough to be stopped in the middle.
const ITEMS: u64 = 30_000;

/// An upload whose body comes as the story sends it.
fn upload(server: &Server, dataset: &str) -> (mpsc::Sender<String>, reqwest::RequestBuilder) {
    let (sender, receiver) = mpsc::channel(1);
    let chunks = futures_util::stream::unfold(receiver, |mut receiver| async {
        let chunk: String = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(chunk), receiver))
    });
    let body = reqwest::Body::wrap_stream(chunks);
    (sender, server.upload(dataset, "").body(body))
}

#[tokio::test]
async fn an_upload_on_its_way_is_finished_and_answered() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("on its way").await;
    let (sender, request) = upload(&server, &dataset);
    let answered = tokio::spawn(reply(request));
    sender.send(lines(100, 1)).await.expect("it is read");
    server.import_task(&dataset).await;
    server.signal();
    // Nothing new is taken, while what came before goes on.
    let address = server.address.trim_start_matches("http://").to_owned();
    within("the port's closing", async {
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tokio::time::sleep(PAUSE).await;
        }
    })
    .await;
    sender.send(line(100, 1)).await.expect("it is still read");
    drop(sender);
    let outcome = answered.await.expect("an answer").done();
    assert_eq!(outcome["added"], 101);
    assert!(server.end().await.success());

    let server = home.start().await;
    assert_eq!(server.export(&dataset, None).await, lines(101, 1));
    server.stop().await;
}

#[tokio::test]
async fn an_upload_that_does_not_end_is_cut_off_and_keeps_nothing() {
    let home = Home::new();
    let server = home.start_with(&["--limit", "finish_ms_max=300"]).await;
    let dataset = server.dataset("cut off").await;
    let (sender, request) = upload(&server, &dataset);
    let answered = tokio::spawn(request.send());
    sender.send(lines(100, 1)).await.expect("it is read");
    let task = server.import_task(&dataset).await;
    server.signal();
    assert!(server.end().await.success());
    let is_answered = answered.await.expect("it ends").is_ok();
    assert!(!is_answered, "a connection that is cut off is no answer");

    let server = home.start().await;
    assert_eq!(server.task_end(&task).await["phase"], "FAILED");
    assert_eq!(server.head(&dataset).await["itemCount"], 0);
    server.import(&dataset, "", lines(100, 1)).await;
    server.stop().await;
}

#[tokio::test]
async fn a_restore_goes_on_after_the_next_start() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("goes on").await;
    server.import(&dataset, "", lines(ITEMS, 1)).await;
    let snapshot = server.snapshot(&dataset, "full").await;
    server.import(&dataset, "?mode=replace", line(0, 2)).await;
    let target = json!({ "snapshotId": snapshot });
    let task = server.begin_restore(&dataset, target).await;
    server.stop().await;
    let server = home.start().await;
    assert_eq!(server.task_end(&task).await["phase"], "COMPLETED");
    assert_eq!(server.head(&dataset).await["itemCount"], ITEMS);
    server.stop().await;
}

#[tokio::test]
async fn a_second_signal_leaves_at_once() {
    let home = Home::new();
    let server = home.start_with(&["--limit", "finish_ms_max=3600000"]).await;
    let dataset = server.dataset("left").await;
    let (sender, request) = upload(&server, &dataset);
    let answered = tokio::spawn(request.send());
    sender.send(lines(10, 1)).await.expect("it is read");
    let task = server.import_task(&dataset).await;
    server.signal();
    within("the first signal", async {
        while !server.words().contains("a second signal leaves at once") {
            tokio::time::sleep(PAUSE).await;
        }
    })
    .await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.signal();
    assert_eq!(server.end().await.code(), Some(130));
    assert!(answered.await.expect("it ends").is_err());

    let server = home.start().await;
    assert_eq!(server.task_end(&task).await["phase"], "FAILED");
    server.stop().await;
}

#[tokio::test]
async fn after_a_graceful_end_everything_is_in_the_files_themselves() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("tidy").await;
    server.import(&dataset, "", lines(1_000, 1)).await;
    server.stop().await;
    for file in ["log.db-wal", "content.db-wal", "views.db-wal"] {
        let length = std::fs::metadata(home.data().join(file)).map_or(0, |found| found.len());
        assert_eq!(length, 0, "{file}");
    }
}
