//! What is inserted is there at once, in the file a little later, and after a fault never again.

use rusqlite::Connection;

use super::*;

fn grown() -> Grown {
    let item = |number| entry(&format!("item-{number:09}"), Kind::Record, number);
    build((0..2_000).map(item), Keep::Nodes)
}

const CHECKPOINT: Checkpoint = Checkpoint {
    ledger: [1; 16],
    position: 77,
    event: [2; 16],
};

#[test]
fn what_is_inserted_is_found_at_once_and_after_a_flush_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("content.db");
    let grown = grown();
    // Nothing decoded is remembered: what is found is found with the writer or in the file.
    let store = SqliteNodes::open_with_cache(&path, 0).unwrap();
    for part in grown.nodes.chunks(7) {
        store.insert(part, Some(&CHECKPOINT)).unwrap();
    }
    assert_eq!(verify(&store, grown.root), Ok(grown.totals));
    store.flush().unwrap();
    let count = "SELECT count(*) FROM nodes";
    let file = Connection::open(&path).unwrap();
    let stored: i64 = file.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(stored as usize, grown.nodes.len());
    assert_eq!(store.checkpoint(), Ok(Some(CHECKPOINT)));
    assert_eq!(verify(&store, grown.root), Ok(grown.totals));
}

#[test]
fn after_a_fault_nothing_is_stored_and_what_was_given_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("content.db");
    let grown = grown();
    let store = SqliteNodes::open_with_cache(&path, 0).unwrap();
    let file = Connection::open(&path).unwrap();
    file.execute_batch("ALTER TABLE nodes RENAME TO away")
        .unwrap();
    store.insert(&grown.nodes, Some(&CHECKPOINT)).unwrap();
    let fault = store.flush().unwrap_err();
    assert!(matches!(fault, Fault::Storage(_)), "{fault}");
    file.execute_batch("ALTER TABLE away RENAME TO nodes")
        .unwrap();
    assert_eq!(store.insert(&[], Some(&CHECKPOINT)), Err(fault));
    assert_eq!(verify(&store, grown.root), Ok(grown.totals));
    drop(store);
    let store = SqliteNodes::open(&path).unwrap();
    assert_eq!(store.checkpoint(), Ok(None));
    assert_eq!(
        store.node(&grown.root).err(),
        Some(Fault::Missing(grown.root))
    );
}
