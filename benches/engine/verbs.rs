//! Snapshots, clones and restores: each beside a bare sync of the same disk, a moment before.

use snapledger::domain::ids::TaskId;
use snapledger::domain::values::TaskPhase;
use snapledger::ledger::{CloneSource, NewClone, NewRestore, RestoreTarget, Watcher};

use super::figures::{Figures, Row};
use super::stage::{caller, sync_milliseconds};
use super::world::World;

/// One snapshot of the head.
pub async fn create_snapshot(figures: &mut Figures, world: &mut World) {
    let sync = sync_milliseconds(world.folder.path(), &*world.stage.clock);
    let started = world.stage.clock.elapsed();
    world.snapshot().await;
    let spent = world.stage.milliseconds_since(started);
    figures.add(Row::Sync, world.column, sync);
    figures.add(Row::Snapshot, world.column, spent);
    figures.add(Row::SnapshotEngine, world.column, spent - sync);
}

/// One clone of a snapshot.
pub async fn clone_snapshot(figures: &mut Figures, world: &mut World) {
    let source = CloneSource::Snapshot(world.pair[0]);
    let new = NewClone {
        source,
        name: None,
        project: None,
    };
    let sync = sync_milliseconds(world.folder.path(), &*world.stage.clock);
    let started = world.stage.clock.elapsed();
    world
        .stage
        .ledger()
        .clone_snapshot(&caller(), new)
        .await
        .expect("a clone");
    let spent = world.stage.milliseconds_since(started);
    figures.add(Row::Clone, world.column, spent);
    figures.add(Row::CloneEngine, world.column, spent - sync);
}

/// One restore to the snapshot that is 1 % away.
pub async fn restore(figures: &mut Figures, world: &mut World) {
    let new = NewRestore {
        dataset: world.dataset,
        target: RestoreTarget::Snapshot(world.pair[1]),
        safety_snapshot: false,
        if_version: None,
    };
    world.pair.reverse();
    let sync = sync_milliseconds(world.folder.path(), &*world.stage.clock);
    let started = world.stage.clock.elapsed();
    let begun = world
        .stage
        .ledger()
        .restore_snapshot(&caller(), new)
        .await
        .expect("begun");
    figures.add(
        Row::RestoreBegin,
        world.column,
        world.stage.milliseconds_since(started),
    );
    let mut watcher = watcher(world, begun.id).await;
    let mut switching = started;
    while let Some(progress) = watcher.next().await {
        if progress.phase == TaskPhase::Switching {
            switching = world.stage.clock.elapsed();
        }
    }
    let switch = world.stage.milliseconds_since(switching);
    figures.add(Row::RestoreSwitch, world.column, switch);
    figures.add(Row::RestoreSwitchEngine, world.column, switch - sync);
    figures.add(
        Row::Restore,
        world.column,
        world.stage.milliseconds_since(started),
    );
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
