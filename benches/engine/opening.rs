//! Opening: after a process was killed with many events in its log, and with its views lost.

use std::path::Path;
use std::process::Command;

use snapledger::content::{SqliteNodes, empty_root};
use snapledger::domain::event::{Event, SnapshotCreated};
use snapledger::domain::ids::{DatasetId, EventId, Revision, SnapshotId, Stream};
use snapledger::domain::values::{Counts, Name, SnapshotReason, Version};
use snapledger::event_log::{Append, Context, Expected, NewEvent, StreamAppend, record};

use super::figures::{Figures, Row};
use super::stage::{Stage, VIEWS, folder};
use super::stopwatch::Stopwatch;

/// The word that asks this program for [`child`].
pub const CHILD: &str = "child-events";
/// How often the views are rebuilt.
const REBUILDS: usize = 3;
/// Events of one append.
const APPEND_EVENTS: u64 = 500;
/// Snapshots of one dataset.
const DATASET_SNAPSHOTS: u64 = 5_000;

/// Opens what a killed child left, then once more without its views.
pub async fn measure(figures: &mut Figures, column: usize, size: u64) {
    let folder = folder();
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program);
    child.args([CHILD, &size.to_string()]).arg(folder.path());
    // It kills itself: that it fails is as it should be.
    assert!(!child.status().expect("a child").success());

    let (stage, spent) = timed_opening(folder.path()).await;
    figures.add(Row::Open, column, spent);
    assert!(stage.ledger().head().0 >= size, "every event is there");
    stage.close().await;

    for _ in 0..REBUILDS {
        SqliteNodes::remove(&folder.path().join(VIEWS)).expect("the views are gone");
        let (stage, spent) = timed_opening(folder.path()).await;
        figures.add(
            Row::Rebuild,
            column,
            stage.ledger().view_position().0 as f64 / spent,
        );
        stage.close().await;
    }
}

async fn timed_opening(folder: &Path) -> (Stage, f64) {
    let watch = Stopwatch::start();
    let stage = Stage::open(folder).await;
    (stage, watch.milliseconds())
}

/// Appends so many SnapshotCreated events, waits until the caches have them, and dies.
pub async fn child(size: u64, folder: &Path) {
    let stage = Stage::open(folder).await;
    let mut made = 0;
    while made < size {
        let dataset = stage.dataset(&format!("set {made}")).await;
        let of_dataset = DATASET_SNAPSHOTS.min(size - made);
        add_snapshots(&stage, dataset, of_dataset).await;
        made += of_dataset;
    }
    std::process::abort();
}

/// Straight into the log: the ledger's own verb would sync for each.
async fn add_snapshots(stage: &Stage, dataset: DatasetId, count: u64) {
    // DatasetCreated and its first snapshot come before.
    let mut last = Revision(1);
    for first in (0..count).step_by(usize::try_from(APPEND_EVENTS).expect("a small number")) {
        let numbers = first..count.min(first + APPEND_EVENTS);
        let events: Vec<NewEvent> = numbers
            .map(|number| event(stage, dataset, number))
            .collect();
        let (expected, added) = (Expected::Revision(last), events.len() as u64);
        let streams = vec![StreamAppend {
            stream: Stream::Dataset(dataset),
            expected,
            events,
        }];
        let context = Context {
            actor: "bench".into(),
            correlation: None,
            causation: None,
            idempotency: None,
        };
        let appended = stage
            .log
            .append(Append { streams, context })
            .await
            .expect("appended");
        let folded = stage.reads().views().wait_for(appended.last).await;
        folded.expect("the views follow");
        last = Revision(last.0 + added);
    }
}

fn event(stage: &Stage, dataset: DatasetId, number: u64) -> NewEvent {
    let root = empty_root();
    let created = SnapshotCreated {
        dataset,
        snapshot: SnapshotId(stage.clock.new_id()),
        number: u32::try_from(number).expect("a small number") + 2,
        name: Some(Name::recorded(&format!("before run {number}"))),
        description: "made by the bench".into(),
        reason: SnapshotReason::Manual,
        version: Version {
            revision: Revision::FIRST,
            root,
            counts: Counts::default(),
        },
        asked: None,
        becomes_current: true,
        dataset_name: Name::recorded("a set of the bench"),
        dataset_description: "".into(),
        trained_model: None,
        restored_from: None,
    };
    record::encode(EventId(stage.clock.new_id()), &Event::from(created))
}
