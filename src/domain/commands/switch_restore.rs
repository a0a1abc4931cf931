//! Switches a dataset to the version that its restore has verified: the whole content changes at
//! one event, and the restore has ended well.
//!
//! Meets a cancel at one revision of the dataset's stream, where only one of them can win.

use std::sync::Arc;

use super::Decision;
use crate::domain::Dataset;
use crate::domain::dataset::RunningRestore;
use crate::domain::event::{Event, SnapshotCreated, SnapshotRestored, TaskCompleted};
use crate::domain::ids::{SnapshotId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{ChangeSummary, DatasetStatus, SnapshotReason};

/// Asks that the restore of a task take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwitchRestore {
    /// The task.
    pub task: TaskId,
    /// What it changes.
    pub summary: ChangeSummary,
    /// The steps it took.
    pub steps: u64,
}

/// Refuses with `TASK_ENDED` when the restore that runs is not this task's.
pub fn decide(dataset: &Dataset, command: &SwitchRestore) -> Result<Decision, Refusal> {
    let restore = dataset.restore_of(command.task)?;
    let restored = SnapshotRestored {
        dataset: dataset.id,
        task: command.task,
        target: restore.target,
        snapshot: restore.snapshot,
        root_before: dataset.head.root,
        summary: command.summary,
        current: current_after(dataset, restore),
        status: DatasetStatus::Ready,
    };
    let mut events: Vec<Event> = Vec::with_capacity(2);
    let mut result = dataset.revision.next();
    if let Some(safety) = restore.safety_snapshot {
        events.push(safety_snapshot(dataset, restore, safety).into());
        result = result.next();
    }
    events.push(restored.into());
    let completed = TaskCompleted {
        task: command.task,
        summary: Some(command.summary),
        steps: command.steps,
        result: Some(result),
    };
    Ok(Decision {
        dataset: events,
        task: vec![completed.into()],
        ..Decision::default()
    })
}

/// The named snapshot if it is still there, else the newest live one of that content. The safety
/// snapshot is newer than all, and counts when the restore changes nothing.
fn current_after(dataset: &Dataset, restore: &RunningRestore) -> Option<SnapshotId> {
    let named = restore.snapshot.and_then(|id| dataset.snapshots.live(id));
    if let Some(named) = named {
        return Some(named.id);
    }
    if dataset.head.root == restore.target.root && restore.safety_snapshot.is_some() {
        return restore.safety_snapshot;
    }
    let newest = dataset.snapshots.newest_live_of(restore.target);
    newest.map(|snapshot| snapshot.id)
}

fn safety_snapshot(
    dataset: &Dataset,
    restore: &RunningRestore,
    safety: SnapshotId,
) -> SnapshotCreated {
    let target = restore.snapshot.and_then(|id| dataset.snapshots.get(id));
    let description = match target {
        Some(target) => format!("The state before the restore of snapshot {}", target.number),
        None => "The state before the restore of an older version".to_owned(),
    };
    SnapshotCreated {
        description: Arc::from(description),
        ..dataset.snapshot_of_head(safety, SnapshotReason::Restore)
    }
}
