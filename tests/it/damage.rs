//! A damaged byte in the content cache: mended from the log, or told; never other items.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use serde_json::{Value, json};

use crate::harness::{Home, Random, lines, text};

/// Items in the dataset.
const ITEMS: u64 = 20_000;
/// Bytes flipped, each in a copy of its own.
const FLIPS: usize = 8;
/// The size of a page of the file.
const PAGE_BYTES: u64 = 16 << 10;

fn cache_bytes(home: &Home) -> u64 {
    let about = std::fs::metadata(home.data().join("content.db"));
    about.expect("the cache").len()
}

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

/// Whether this names a node: 64 hex digits.
fn names_a_node(error: &Value) -> bool {
    let error = error.as_str().unwrap_or_default();
    error
        .split(|letter: char| !letter.is_ascii_hexdigit())
        .any(|run| run.len() == 64)
}

/// A dataset that was changed after a snapshot, on a server that has stopped since.
struct Kept {
    home: Home,
    dataset: String,
    snapshot: String,
    /// The items of the snapshot.
    before: String,
    /// The items after the change.
    later: String,
    /// The version of those.
    changed: String,
}

async fn keep() -> Kept {
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
    let changed = text(&changed["xactId"]);
    server.stop().await;
    Kept {
        home,
        dataset,
        snapshot,
        before,
        later,
        changed,
    }
}

/// Restores on a damaged folder: what was damaged is mended, or the restore fails by name.
async fn check_damaged(kept: &Kept, damaged: &Home) {
    let server = damaged.start().await;
    let task = server.restore(&kept.dataset, &kept.snapshot).await;
    match task["phase"].as_str() {
        Some("COMPLETED") => {
            let restored = server.export(&kept.dataset, None).await;
            assert!(restored == kept.before, "another item came back");
        }
        Some("FAILED") => assert!(names_a_node(&task["error"]), "{task}"),
        other => panic!("ended as {other:?}"),
    }
    let later = server.export(&kept.dataset, Some(&kept.changed)).await;
    assert!(later == kept.later, "another item is shown");
    let item = json!({ "key": "z", "data": {} });
    server.commit(&kept.dataset, vec![item], &[]).await;
}

#[tokio::test]
async fn a_flipped_byte_is_repaired_or_told_and_never_changes_an_item() {
    let kept = keep().await;
    let mut random = Random::fresh();
    let size = cache_bytes(&kept.home);
    assert!(
        size > 100_000,
        "the nodes are not in the file of {size} bytes"
    );
    for _ in 0..FLIPS {
        let offset = random.below(size);
        println!("byte {offset} of {size}");
        let damaged = kept.home.copy();
        flip(&damaged, offset);
        check_damaged(&kept, &damaged).await;
    }
}

#[tokio::test]
async fn a_byte_flipped_in_every_page_is_repaired_or_told_too() {
    let kept = keep().await;
    let mut random = Random::fresh();
    let pages = cache_bytes(&kept.home) / PAGE_BYTES;
    // The first page says that it is a database at all.
    for page in 1..pages {
        flip(&kept.home, page * PAGE_BYTES + random.below(PAGE_BYTES));
    }
    check_damaged(&kept, &kept.home).await;
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
