//! Lost and damaged caches: everything is answered as before, and the damage is counted.

use std::path::Path;

use serde_json::json;

use super::house::Stage;
use crate::ledger::VersionSpec;

#[tokio::test(flavor = "multi_thread")]
async fn deleted_caches_are_folded_again() {
    let mut stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let first = stage.put(dataset, &["a", "b"], &json!(1)).await.xact.xact();
    stage.put(dataset, &["b", "c"], &json!(2)).await;
    let specs = [
        VersionSpec::Head(dataset),
        VersionSpec::Xact(dataset, first),
    ];
    let before = (stage.items(specs[0]).await, stage.items(specs[1]).await);
    let rows = stage.ledger().inner.views.dump().expect("rows");
    for files in [
        &["content.db"][..],
        &["views.db"],
        &["content.db", "views.db"],
    ] {
        stage
            .reopen_after(|folder| files.iter().for_each(|file| remove(folder, file)))
            .await;
        assert_eq!(
            (stage.items(specs[0]).await, stage.items(specs[1]).await),
            before
        );
        assert_eq!(stage.ledger().inner.views.dump().expect("rows"), rows);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_nodes_are_rebuilt_from_the_log_and_counted() {
    let mut stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    let keys: Vec<String> = (0..500).map(|number| format!("{number:04}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    stage.put(dataset, &keys, &json!(1)).await;
    let before = stage.items(VersionSpec::Head(dataset)).await;
    let damages = [
        "UPDATE nodes SET body = zeroblob(40)",
        "DELETE FROM nodes WHERE id % 2 = 1",
        // The last byte of a leaf is part of a place, which no hash covers.
        "UPDATE nodes SET body = CAST(substr(body, 1, length(body) - 1) || x'05' AS BLOB)",
    ];
    for damage in damages {
        stage
            .reopen_after(|folder| spoil(&folder.join("content.db"), damage))
            .await;
        assert_eq!(
            stage.items(VersionSpec::Head(dataset)).await,
            before,
            "{damage}"
        );
        assert!(stage.ledger().figures().content_repairs > 0, "{damage}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_begun_anew() {
    let mut stage = Stage::set().await;
    let dataset = stage.dataset("penguins").await;
    stage.put(dataset, &["a", "b"], &json!(1)).await;
    let before = stage.items(VersionSpec::Head(dataset)).await;
    for file in ["content.db", "views.db"] {
        stage
            .reopen_after(|folder| {
                remove(folder, file);
                std::fs::write(folder.join(file), "no database".repeat(1_000)).expect("written");
            })
            .await;
        assert_eq!(stage.items(VersionSpec::Head(dataset)).await, before);
    }
}

fn remove(folder: &Path, file: &str) {
    for suffix in ["", "-wal", "-shm"] {
        // The files beside the database are there only at times.
        let _ = std::fs::remove_file(folder.join(format!("{file}{suffix}")));
    }
}

fn spoil(path: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(path).expect("opens");
    assert!(connection.execute(sql, []).expect("spoils") > 0);
}
