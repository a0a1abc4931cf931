//! A damaged byte in the content cache: mended from the log, or told; never other items.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use serde_json::{Value, json};

use crate::harness::{Home, KEY, Random, Server, lines, within};

/// Items in the dataset.
const ITEMS: u64 = 20_000;
/// Bytes flipped, each in a copy of its own.
const FLIPS: usize = 8;

/// Flips all bits of the byte at this offset.
fn flip(home: &Home, offset: u64) {
    let path = home.data().join("content.db");
    let mut file = File::options()
        .read(true)
        .write(true)
        .open(path)
        .expect("the cache");
    let mut byte = [0];
    file.seek(SeekFrom::Start(offset))
        .expect("an offset in the file");
    file.read_exact(&mut byte).expect("a byte");
    file.seek(SeekFrom::Start(offset)).expect("the same offset");
    file.write_all(&[!byte[0]]).expect("the byte's opposite");
}

/// What a listing gives: the items, or nothing when it broke off or was refused.
async fn listing(server: &Server, dataset: &str, at: Option<&str>) -> Option<String> {
    let request = server
        .http
        .get(format!("{}/v1/datasets/{dataset}/items", server.address));
    let request = at
        .into_iter()
        .fold(request, |request, at| request.query(&[("at", at)]));
    let answered = within("a listing", request.bearer_auth(KEY).send())
        .await
        .expect("an answer");
    let is_success = answered.status().is_success();
    let text = within("its body", answered.text()).await.ok()?;
    is_success.then_some(text)
}

/// Whether this names a node: 64 hex digits.
fn names_a_node(error: &Value) -> bool {
    let error = error.as_str().unwrap_or_default();
    error
        .split(|letter: char| !letter.is_ascii_hexdigit())
        .any(|run| run.len() == 64)
}

#[tokio::test]
async fn a_flipped_byte_is_repaired_or_told_and_never_changes_an_item() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("damaged").await;
    let before = lines(ITEMS, 1);
    server.import(&dataset, "", before.clone()).await;
    let snapshot = server.snapshot(&dataset, "whole").await;
    let later = lines(ITEMS / 2, 2);
    let changed = server
        .import(&dataset, "?mode=replace", later.clone())
        .await;
    let changed = changed["xactId"].as_str().expect("an xact id");
    server.stop().await;

    let mut random = Random::fresh();
    let size = std::fs::metadata(home.data().join("content.db"))
        .expect("the cache")
        .len();
    assert!(
        size > 100_000,
        "the nodes are not in the file, which has {size} bytes"
    );
    for _ in 0..FLIPS {
        let offset = random.below(size);
        println!("byte {offset} of {size}");
        let damaged = home.copy();
        flip(&damaged, offset);
        let server = damaged.start().await;
        let task = server.restore(&dataset, &snapshot).await;
        match task["phase"].as_str() {
            Some("COMPLETED") => {
                let restored = listing(&server, &dataset, None).await;
                assert!(
                    restored.as_deref() == Some(before.as_str()),
                    "another item came back"
                );
            }
            Some("FAILED") => assert!(names_a_node(&task["error"]), "{task}"),
            other => panic!("ended as {other:?}"),
        }
        if let Some(found) = listing(&server, &dataset, Some(changed)).await {
            assert!(found == later, "another item is shown");
        }
        let write = server.commit(&dataset, vec![json!({ "key": "z", "data": {} })], &[]);
        write.await;
    }
}

#[tokio::test]
async fn a_cache_that_is_no_database_any_more_is_rebuilt() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("rubbish").await;
    server.import(&dataset, "", lines(100, 1)).await;
    server.stop().await;
    for cache in ["content.db", "views.db"] {
        std::fs::write(home.data().join(cache), "this is no database").expect("rubbish");
    }
    let server = home.start().await;
    assert!(server.export(&dataset, None).await == lines(100, 1));
}
