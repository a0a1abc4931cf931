//! Differences of two versions, and items at the head beside items of long ago.

use std::hint::black_box;

use snapledger::content::{DiffOptions, diff};
use snapledger::ledger::{ChangeFilter, VersionSpec};
use snapledger::views::VersionRow;

use super::figures::{Figures, Row};
use super::items;
use super::stopwatch::Stopwatch;
use super::world::World;

/// Items read for one figure.
const READS: u64 = 1_000;

/// The difference of the two snapshots that are 1 % apart.
pub async fn differences(figures: &mut Figures, world: &mut World) {
    let reads = world.stage.reads();
    let mut ends = Vec::new();
    for snapshot in &world.pair {
        ends.push(
            reads
                .version(VersionSpec::Snapshot(*snapshot))
                .await
                .expect("a version"),
        );
    }
    let (from, to) = (&ends[1], &ends[0]);
    let watch = Stopwatch::start();
    let counts = reads.diff_summary(from, to).await.expect("counts");
    figures.add(Row::DiffCounts, world.column, watch.thread_milliseconds());

    let (nodes, options) = (world.stage.nodes(), DiffOptions::default());
    let watch = Stopwatch::start();
    let changes = diff(&*nodes, from.at.version.root, to.at.version.root, &options);
    let mut keys = 0;
    for change in changes {
        black_box(change.expect("a change"));
        keys += 1;
    }
    figures.add(Row::DiffKeys, world.column, watch.thread_milliseconds());
    assert_eq!(keys as u64, counts.modified, "the changes only modify");

    let wanted = ChangeFilter {
        limit: keys,
        ..ChangeFilter::default()
    };
    let watch = Stopwatch::start();
    let (full, has_next) = reads.diff(from, to, &wanted).await.expect("changes");
    figures.add(Row::DiffFull, world.column, watch.thread_milliseconds());
    assert_eq!((full.len(), has_next), (keys, false));
}

/// The same random items at the head and in the first version, by turns which is first.
pub async fn items(figures: &mut Figures, world: &mut World) {
    let (round, head) = (world.next_round(), world.head().await);
    let (at_head, of_old);
    if round % 2 == 0 {
        at_head = read(world, &head, round);
        of_old = read(world, &world.first, round);
    } else {
        of_old = read(world, &world.first, round);
        at_head = read(world, &head, round);
    }
    figures.add(Row::ReadsAtHead, world.column, at_head);
    figures.add(Row::ReadsOfOld, world.column, of_old);
    figures.add(Row::ReadsRatio, world.column, of_old / at_head);
}

fn read(world: &World, version: &VersionRow, round: u64) -> f64 {
    let reads = world.stage.reads();
    let keys = (0..READS).map(|number| items::mixed(round * READS + number) % world.size);
    let keys: Vec<String> = keys.map(items::key).collect();
    let watch = Stopwatch::start();
    for key in &keys {
        black_box(reads.item(version, key).expect("readable").expect("there"));
    }
    watch.thread_milliseconds()
}
