//! Snapshots, clones and restores: each beside a bare sync of the same disk, a moment before.

use snapledger::domain::ids::TaskId;
use snapledger::domain::values::TaskPhase;
use snapledger::ledger::{CloneSource, NewClone, NewRestore, RestoreTarget, Watcher};

use super::figures::{Figures, Row};
use super::stage::{caller, sync_milliseconds};
use super::stopwatch::Stopwatch;
use super::world::World;

/// One snapshot of the head.
pub async fn create_snapshot(figures: &mut Figures, world: &mut World) {
    figures.add(
        Row::Sync,
        world.column,
        sync_milliseconds(world.folder.path()),
    );
    let watch = Stopwatch::start();
    world.snapshot().await;
    figures.add(Row::Snapshot, world.column, watch.milliseconds());
}

/// One clone of a snapshot.
pub async fn clone_snapshot(figures: &mut Figures, world: &mut World) {
    let (name, source) = (format!("clone {}", world.next_round()), world.pair[0]);
    let source = CloneSource::Snapshot(source);
    let new = NewClone {
        source,
        name: Some(name),
        project: None,
    };
    figures.add(
        Row::Sync,
        world.column,
        sync_milliseconds(world.folder.path()),
    );
    let watch = Stopwatch::start();
    let cloned = world.stage.ledger().clone_snapshot(&caller(), new).await;
    figures.add(Row::Clone, world.column, watch.milliseconds());
    cloned.expect("a clone");
}

/// One restore to the snapshot that is 1 % away.
pub async fn restore(figures: &mut Figures, world: &mut World) {
    let new = NewRestore {
        dataset: world.dataset,
        target: RestoreTarget::Snapshot(world.pair[1]),
        safety_snapshot: false,
        result_snapshot: false,
        words_too: false,
        if_version: None,
    };
    world.pair.reverse();
    figures.add(
        Row::Sync,
        world.column,
        sync_milliseconds(world.folder.path()),
    );
    let watch = Stopwatch::start();
    let begun = world
        .stage
        .ledger()
        .restore_snapshot(&caller(), new)
        .await
        .expect("begun");
    figures.add(Row::RestoreBegin, world.column, watch.milliseconds());
    let mut watcher = watcher(world, begun.id).await;
    let mut switching = 0.0;
    while let Some(progress) = watcher.next().await {
        if progress.phase == TaskPhase::Switching {
            switching = watch.milliseconds();
        }
    }
    let spent = watch.milliseconds();
    figures.add(Row::RestoreSwitch, world.column, spent - switching);
    figures.add(Row::Restore, world.column, spent);
    let task = world
        .stage
        .reads()
        .task(begun.id)
        .expect("readable")
        .expect("there");
    assert_eq!(task.phase, TaskPhase::Completed, "{:?}", task.error);
}

/// Who watches the task; the board may hear of it a moment after the views.
async fn watcher(world: &World, task: TaskId) -> Watcher {
    loop {
        if let Some(watcher) = world.stage.reads().watch(task).expect("readable") {
            return watcher;
        }
        tokio::task::yield_now().await;
    }
}
