//! The content room's figures beside their targets (design.md, 11), on one thread and a SQLite
//! file: `cargo bench --bench content`. A target stands in the name of its row and is meant for
//! the largest size. Keys have 14 bytes, values 200; values are already hashed, as they are in a
//! commit.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::{Arc, OnceLock};

use divan::{Bencher, black_box};
use snapledger::content::{
    DiffOptions, Edit, Entry, Grown, Keep, KeptNodes, Kind, NewNode, Place, SqliteNodes, Take,
    Window, build, diff, diff_counts, edit, get, range, rank, verify,
};
use snapledger::digest::Digest;

const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
const READS: u64 = 1_000;
const ROUNDS: u64 = 10;
const VALUE_BYTES: u32 = 200;

fn main() {
    divan::main();
    for size in SIZES {
        if let Some(world) = WORLDS[index_of(size)].get() {
            print_stored_bytes(world);
        }
    }
    for world in WORLDS.iter().filter_map(OnceLock::get) {
        drop(world.folder.lock().map(|mut folder| folder.take()));
    }
}

/// A dataset of one size in a file, and the same with 1 % of its items changed.
struct World {
    size: u64,
    folder: Mutex<Option<tempfile::TempDir>>,
    path: PathBuf,
    store: SqliteNodes,
    root: Digest,
    changed: Digest,
}

static WORLDS: [OnceLock<World>; 3] = [const { OnceLock::new() }; 3];

fn index_of(size: u64) -> usize {
    SIZES
        .iter()
        .position(|known| *known == size)
        .expect("a size of the table")
}

fn world(size: u64) -> &'static World {
    WORLDS[index_of(size)].get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for the benchmark");
        let path = folder.path().join("content.db");
        let store = SqliteNodes::open(&path).expect("a new store");
        let built = build(entries(size), Keep::Nodes);
        store.insert(&built.nodes, None).expect("an insert");
        let grown = edit(&store, built.root, &edits(size, 0)).expect("an edit");
        store.insert(&grown.nodes, None).expect("an insert");
        let folder = Mutex::new(Some(folder));
        World {
            size,
            folder,
            path,
            store,
            root: built.root,
            changed: grown.root,
        }
    })
}

fn key(number: u64) -> Arc<str> {
    format!("item-{number:09}").into()
}

/// A well mixed number for a number (splitmix64).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

fn entry(number: u64, version: u64) -> Entry {
    let mut value = [0; 32];
    for (part, bytes) in value.chunks_exact_mut(8).enumerate() {
        bytes.copy_from_slice(&mixed(number * 4 + part as u64 + version * 7_919).to_le_bytes());
    }
    let chunk = version * 10_000 + number / 300;
    let place = Place {
        chunk,
        offset: (number % 300) as u32 * VALUE_BYTES,
    };
    let value = Digest::from_bytes(value);
    Entry {
        key: key(number),
        kind: Kind::Record,
        length: VALUE_BYTES,
        value,
        place,
    }
}

fn entries(size: u64) -> impl Iterator<Item = Entry> {
    (0..size).map(|number| entry(number, 0))
}

/// Changes of 1 % of the items at random keys: most modify, a few add and delete.
fn edits(size: u64, round: u64) -> Vec<Edit> {
    let change = |number: u64| {
        let at = mixed(number + round * size) % size;
        match number % 20 {
            0 => Edit::Put(Entry {
                key: format!("item-{at:09}+").into(),
                ..entry(at, round + 1)
            }),
            1 => Edit::Delete(key(at)),
            _ => Edit::Put(entry(at, round + 1)),
        }
    };
    (0..size / 100).map(change).collect()
}

#[divan::bench(name = "build, items already hashed (1M: 300 ms)", args = SIZES, max_time = 5)]
fn build_all(bencher: Bencher, size: u64) {
    let list: Vec<Entry> = entries(size).collect();
    let items = || list.clone();
    bencher
        .with_inputs(items)
        .bench_values(|items| build(items.into_iter(), Keep::Nodes));
}

#[divan::bench(name = "insert the nodes of a build", args = SIZES, sample_count = 5)]
fn insert_build(bencher: Bencher, size: u64) {
    let nodes: Vec<NewNode> = build(entries(size), Keep::Nodes).nodes;
    let store = || {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteNodes::open(&folder.path().join("content.db")).expect("a new store");
        (folder, store)
    };
    bencher.with_inputs(store).bench_values(|(folder, store)| {
        store.insert(&nodes, None).expect("an insert");
        (folder, store)
    });
}

#[divan::bench(name = "edit 1 % at random keys (1M: 45 ms)", args = SIZES, max_time = 5)]
fn edit_one_percent(bencher: Bencher, size: u64) {
    let world = world(size);
    let edits = || edits(size, 0);
    bencher
        .with_inputs(edits)
        .bench_values(|edits| edit(&world.store, world.root, &edits));
}

#[divan::bench(name = "insert the nodes of that edit", args = SIZES, sample_count = 20)]
fn insert_edit(bencher: Bencher, size: u64) {
    let world = world(size);
    let round = std::sync::atomic::AtomicU64::new(50);
    let grown = || {
        let round = round.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        edit(&world.store, world.root, &edits(size, round)).expect("an edit")
    };
    bencher
        .with_inputs(grown)
        .bench_local_values(|grown: Grown| {
            world.store.insert(&grown.nodes, None).expect("an insert");
            grown
        });
}

#[divan::bench(name = "net diff of 1 %, counts (1M: 30 ms)", args = SIZES, max_time = 5)]
fn diff_to_counts(bencher: Bencher, size: u64) {
    let world = world(size);
    bencher.bench(|| diff_counts(&world.store, world.root, world.changed));
}

#[divan::bench(name = "net diff of 1 %, keys (1M: 40 ms)", args = SIZES, max_time = 5)]
fn diff_to_keys(bencher: Bencher, size: u64) {
    let world = world(size);
    bencher.bench(|| changes(&world.store, world));
}

#[divan::bench(name = "net diff of 1 %, keys, nothing cached", args = SIZES, sample_count = 10)]
fn diff_to_keys_cold(bencher: Bencher, size: u64) {
    let world = world(size);
    let store = || SqliteNodes::open(&world.path).expect("the store again");
    bencher
        .with_inputs(store)
        .bench_values(|store| changes(&store, world));
}

fn changes(store: &SqliteNodes, world: &World) -> usize {
    let changes = diff(store, world.root, world.changed, &DiffOptions::default());
    changes
        .map(|change| change.expect("a change"))
        .map(black_box)
        .count()
}

#[divan::bench(name = "1000 random gets (2 ms)", args = SIZES, max_time = 5)]
fn get_thousand(bencher: Bencher, size: u64) {
    let world = world(size);
    bencher.bench(|| gets(&world.store, world));
}

#[divan::bench(name = "1000 random gets, nothing cached (10 ms)", args = SIZES, sample_count = 20)]
fn get_thousand_cold(bencher: Bencher, size: u64) {
    let world = world(size);
    let store = || SqliteNodes::open(&world.path).expect("the store again");
    bencher
        .with_inputs(store)
        .bench_values(|store| gets(&store, world));
}

fn gets(store: &SqliteNodes, world: &World) {
    for number in 0..READS {
        let key = format!("item-{:09}", mixed(number) % world.size);
        black_box(get(store, world.root, &key).expect("a read"));
    }
}

#[divan::bench(name = "page of 50 at an offset in the middle", args = SIZES, max_time = 2)]
fn page_at_offset(bencher: Bencher, size: u64) {
    let world = world(size);
    let window = Window {
        offset: size / 2,
        ..Window::of(Take::First(50))
    };
    bencher.bench(|| range(&world.store, world.root, &window));
}

#[divan::bench(name = "rank of a key", args = SIZES, max_time = 2)]
fn rank_of_key(bencher: Bencher, size: u64) {
    let (world, key) = (world(size), key(size / 3));
    bencher.bench(|| rank(&world.store, world.root, &key));
}

#[divan::bench(name = "verify every node", args = SIZES, sample_count = 5)]
fn verify_all(bencher: Bencher, size: u64) {
    let world = world(size);
    bencher.bench(|| verify(&world.store, world.root));
}

/// What a changed item costs in the file, over rounds of 1 %.
fn print_stored_bytes(world: &World) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("content.db");
    let store = SqliteNodes::open(&path).expect("a new store");
    let mut grown = build(entries(world.size), Keep::Nodes);
    store.insert(&grown.nodes, None).expect("an insert");
    let before = file_bytes(&path);
    let (mut items, mut nodes) = (0, 0);
    for round in 0..ROUNDS {
        grown = edit(&store, grown.root, &edits(world.size, round)).expect("an edit");
        store.insert(&grown.nodes, None).expect("an insert");
        let summary = grown.summary;
        items += summary.added + summary.modified + summary.removed;
        nodes += grown.nodes.len();
    }
    let bytes = file_bytes(&path) - before;
    let size = world.size;
    println!(
        "{size} items: {} B stored per changed item (1M: 1200 B)",
        bytes / items
    );
    println!(
        "{size} items: {} B per node, {before} B at first",
        bytes / nodes as u64
    );
}

/// The bytes of the file when the write-ahead log is folded in.
fn file_bytes(path: &std::path::Path) -> u64 {
    let file = rusqlite::Connection::open(path).expect("the file");
    file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("a checkpoint");
    std::fs::metadata(path).expect("the file").len()
}
