//! The port's contract on every adapter, the stored form, and what happens when it is damaged.

use std::path::PathBuf;

use rusqlite::Connection;

use super::*;

/// A folder that goes with the test, and the path of a store in it.
fn place_of_store() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("content.db");
    (folder, path)
}

fn items(count: u64) -> Vec<Entry> {
    let item = |number| entry(&format!("item-{number:09}"), Kind::Record, number);
    (0..count).map(item).collect()
}

fn grown(count: u64) -> Grown {
    build(items(count).into_iter(), Keep::Nodes)
}

fn assert_same_items(store: &dyn NodeStore, grown: &Grown, count: u64) {
    assert_eq!(verify(store, grown.root), Ok(grown.totals));
    let walked: Result<Vec<Entry>, Fault> = walk(store, grown.root, None).collect();
    assert_eq!(walked, Ok(items(count)));
}

#[test]
fn every_store_answers_what_was_inserted_and_misses_the_rest() {
    let (_folder, path) = place_of_store();
    let grown = grown(500);
    let memory = MemoryNodes::new();
    let sqlite = SqliteNodes::open(&path).unwrap();
    let overlay = Overlay::new(&memory);
    for store in [&memory as &dyn NodeStore, &sqlite, &overlay] {
        assert_eq!(
            store.node(&grown.root).err(),
            Some(Fault::Missing(grown.root))
        );
    }
    overlay.insert(&grown.nodes[..9]);
    memory.insert(&grown.nodes[9..]);
    assert_same_items(&overlay, &grown, 500);
    memory.insert(&grown.nodes);
    sqlite.insert(&grown.nodes, None).unwrap();
    sqlite.insert(&grown.nodes, None).unwrap();
    for store in [&memory as &dyn NodeStore, &sqlite] {
        assert_same_items(store, &grown, 500);
    }
}

#[test]
fn a_file_keeps_nodes_places_and_checkpoint() {
    let (_folder, path) = place_of_store();
    let grown = grown(500);
    let checkpoint = Checkpoint {
        ledger: [1; 16],
        position: 77,
        event: [2; 16],
    };
    let store = SqliteNodes::open(&path).unwrap();
    assert_eq!(store.checkpoint(), Ok(None));
    store.insert(&grown.nodes, Some(&checkpoint)).unwrap();
    let later = Checkpoint {
        position: 78,
        ..checkpoint
    };
    store.insert(&[], Some(&later)).unwrap();
    drop(store);
    let store = SqliteNodes::open_with_cache(&path, 0).unwrap();
    assert_eq!(store.checkpoint(), Ok(Some(later)));
    assert_same_items(&store, &grown, 500);
}

#[test]
fn a_cache_stays_within_its_bound() {
    let (_folder, path) = place_of_store();
    let grown = grown(3_000);
    let store = SqliteNodes::open_with_cache(&path, 64 << 10).unwrap();
    store.insert(&grown.nodes, None).unwrap();
    assert_same_items(&store, &grown, 3_000);
    assert!(store.cached_bytes() <= 64 << 10, "{}", store.cached_bytes());
    assert!(store.cached_bytes() > 16 << 10, "{}", store.cached_bytes());
}

#[test]
fn staged_places_are_settled_without_changing_a_hash() {
    let mut staged = items(100);
    for (number, entry) in staged.iter_mut().enumerate() {
        entry.place = match number % 2 {
            0 => Place::staged(number as u64, 3),
            _ => Place {
                chunk: 5,
                offset: 3,
            },
        };
    }
    let mut grown = build(staged.into_iter(), Keep::Nodes);
    let shared = grown.nodes.clone();
    grown.settle(|ordinal| 1_000 + ordinal);
    let store = MemoryNodes::new();
    store.insert(&grown.nodes);
    for (number, entry) in walk(&store, grown.root, None).enumerate() {
        let chunk = if number % 2 == 0 {
            1_000 + number as u64
        } else {
            5
        };
        assert_eq!(entry.unwrap().place, Place { chunk, offset: 3 });
    }
    assert_eq!(shared[0].hash(), grown.nodes[0].hash());
    assert!(shared[0].node().place(0).is_staged());
}

#[test]
fn a_builder_streams_what_a_build_keeps() {
    let kept = grown(2_000);
    let mut streamed = Vec::new();
    let mut builder = Builder::new(|node: NewNode| {
        streamed.push(node.hash());
        Ok::<(), Fault>(())
    });
    items(2_000)
        .iter()
        .for_each(|entry| builder.push(entry).unwrap());
    let finished = builder.finish().unwrap();
    assert_eq!((finished.root, finished.summary), (kept.root, kept.summary));
    assert_eq!(
        streamed,
        kept.nodes.iter().map(NewNode::hash).collect::<Vec<_>>()
    );
    let mut full = Builder::new(|_| Err("the store is full"));
    let pushed = items(2_000).iter().try_for_each(|entry| full.push(entry));
    assert_eq!(pushed, Err("the store is full"));
}

#[test]
#[should_panic(expected = "strictly ascend")]
fn a_build_out_of_order_is_stopped() {
    build(items(3).into_iter().rev(), Keep::RootOnly);
}

#[test]
fn any_flipped_bit_of_a_stored_body_is_noticed() {
    let mut random = Random(3);
    let history = History::random(&mut random);
    let (_, model) = &history.versions[history.versions.len() - 1];
    for node in history.build(model).nodes.iter().chain(&grown(400).nodes) {
        let mut body = Vec::new();
        stored::encode(node.node(), &mut body);
        let whole = stored::decode(&node.hash(), &body).unwrap();
        assert_eq!(whole.bytes(), node.node().bytes());
        assert_eq!(whole.place(0), node.node().place(0));
        for byte in 0..body.len() {
            let bit = 1 << random.below(8);
            body[byte] ^= bit;
            assert!(stored::decode(&node.hash(), &body).is_none(), "byte {byte}");
            body[byte] ^= bit;
        }
        for length in 0..body.len() {
            assert!(stored::decode(&node.hash(), &body[..length]).is_none());
        }
    }
}

/// Bodies that pass the checksum still have to be of a known shape: noise with a right sum.
#[test]
fn noise_is_never_a_node() {
    for seed in 0..20_000 {
        let mut random = Random(seed);
        let mut body: Vec<u8> = (0..random.below(120))
            .map(|_| (random.next() % [4, 256][seed as usize % 2]) as u8)
            .collect();
        let sum = xxhash_rust::xxh3::xxh3_64(&body) as u32;
        body.extend_from_slice(&sum.to_le_bytes());
        assert!(
            stored::decode(&empty_root(), &body).is_none(),
            "seed {seed}"
        );
    }
}

#[test]
fn a_damaged_row_is_named_and_can_be_replaced() {
    let (_folder, path) = place_of_store();
    let grown = grown(500);
    SqliteNodes::open(&path)
        .unwrap()
        .insert(&grown.nodes, None)
        .unwrap();
    let damaged = &grown.nodes[3];
    let file = Connection::open(&path).unwrap();
    let sql = "UPDATE nodes SET body = CAST(x'00' || substr(body, 2) AS BLOB) WHERE hash = ?1";
    file.execute(sql, [&damaged.hash().as_bytes()[..]]).unwrap();
    drop(file);
    let store = SqliteNodes::open(&path).unwrap();
    assert_eq!(
        verify(&store, grown.root),
        Err(Fault::Damaged(damaged.hash()))
    );
    store.insert(&grown.nodes, None).unwrap();
    drop(store);
    let store = SqliteNodes::open(&path).unwrap();
    assert_eq!(
        verify(&store, grown.root),
        Err(Fault::Damaged(damaged.hash()))
    );
    store.replace(&grown.nodes).unwrap();
    drop(store);
    assert_same_items(&SqliteNodes::open(&path).unwrap(), &grown, 500);
}

#[test]
fn a_file_of_something_else_is_corrupt_and_can_be_removed() {
    let (_folder, path) = place_of_store();
    std::fs::write(
        &path,
        "this is no database, though it is long enough to be one ".repeat(99),
    )
    .unwrap();
    assert!(matches!(SqliteNodes::open(&path), Err(Fault::Corrupt(_))));
    SqliteNodes::remove(&path).unwrap();
    SqliteNodes::remove(&path).unwrap();
    drop(SqliteNodes::open(&path).unwrap());
    Connection::open(&path)
        .unwrap()
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    assert!(matches!(SqliteNodes::open(&path), Err(Fault::Corrupt(_))));
}

/// Whatever byte of the file is broken, reading answers the right items or a fault.
#[test]
fn a_broken_file_never_answers_other_items() {
    let (_folder, path) = place_of_store();
    let grown = grown(300);
    SqliteNodes::open(&path)
        .unwrap()
        .insert(&grown.nodes, None)
        .unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let whole = std::fs::read(&path).unwrap();
    let mut faults = 0;
    for seed in 0..300 {
        let mut random = Random(seed);
        let mut broken = whole.clone();
        for _ in 0..1 + random.below(40) {
            let at = random.below(broken.len() as u64) as usize;
            broken[at] = random.next() as u8;
        }
        SqliteNodes::remove(&path).unwrap();
        std::fs::write(&path, &broken).unwrap();
        let walked = SqliteNodes::open(&path).and_then(|store| {
            walk(&store, grown.root, None).collect::<Result<Vec<Entry>, Fault>>()
        });
        match walked {
            Ok(found) => assert_eq!(found, items(300), "seed {seed}"),
            Err(_) => faults += 1,
        }
    }
    assert!(faults > 50, "{faults}");
}

#[test]
fn reads_from_many_threads_agree() {
    let (_folder, path) = place_of_store();
    let grown = grown(2_000);
    let store = SqliteNodes::open_with_cache(&path, 100 << 10).unwrap();
    store.insert(&grown.nodes, None).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| assert_same_items(&store, &grown, 2_000));
        }
    });
}
