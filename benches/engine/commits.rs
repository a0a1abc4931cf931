//! Ten thousand random changes into a dataset: as a whole, and the tree's part of it alone.

use std::hint::black_box;

use snapledger::content::{Edit, Entry, Kind, Place, edit};
use snapledger::digest::Digest;
use snapledger::ledger::NewItem;

use super::figures::{Figures, Row};
use super::items;
use super::stopwatch::Stopwatch;
use super::world::{World, import};

/// Changes in one commit.
const CHANGES: u64 = 10_000;

/// The commit as a caller makes it: over 1 MiB, so through an import.
pub async fn through_an_import(figures: &mut Figures, world: &mut World) {
    let round = world.next_round();
    let changes: Vec<NewItem> = items::changes(CHANGES, world.size, round).collect();
    let watch = Stopwatch::start();
    let committed = import(&world.stage, world.dataset, changes.into_iter()).await;
    figures.add(Row::Commit, world.column, watch.milliseconds());
    figures.add(Row::CommitWork, world.column, watch.process_milliseconds());
    assert!(
        committed.summary.modified > CHANGES / 2,
        "keys may repeat, but seldom do"
    );
}

/// The tree's part: from hashed values to new nodes, which are dropped again.
pub async fn content_edit(figures: &mut Figures, world: &mut World) {
    let (round, root) = (world.next_round(), world.head().await.at.version.root);
    let changes = items::changes(CHANGES, world.size, round);
    let edits: Vec<Edit> = changes.map(|item| Edit::Put(entry(&item))).collect();
    let nodes = world.stage.nodes();
    let watch = Stopwatch::start();
    let grown = edit(&*nodes, root, &edits).expect("an edit");
    figures.add(Row::ContentEdit, world.column, watch.thread_milliseconds());
    black_box(grown);
}

fn entry(item: &NewItem) -> Entry {
    let (key, value) = (
        item.key.as_deref().unwrap_or_default(),
        item.data.to_string(),
    );
    Entry {
        key: key.into(),
        kind: Kind::Record,
        length: u32::try_from(value.len()).expect("a short value"),
        value: Digest::of(value.as_bytes()),
        place: Place::default(),
    }
}
