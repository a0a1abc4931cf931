//! Begins a restore: from here on the dataset is READ_ONLY, until its task switches or gives up.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::{RestoreBegun, TaskQueued, TaskWork};
use crate::domain::ids::{Revision, SnapshotId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::values::Version;

/// Asks that a dataset go back to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeginRestore {
    /// The task that will do it.
    pub task: TaskId,
    /// The version to go back to.
    pub target: Version,
    /// The snapshot that names this version, if it was given by one.
    pub snapshot: Option<SnapshotId>,
    /// The id of a snapshot that shall name the state before, if one is wanted.
    pub safety_snapshot: Option<SnapshotId>,
    /// The revision of the version that the caller saw, when it must still be the current one.
    pub if_version: Option<Revision>,
}

/// Refuses with `NOT_FOUND`, `OPERATION_RUNNING` (a TRAINING too), `DATASET_NOT_READY` or
/// `VERSION_CONFLICT` (also when the snapshot has been moved off the target).
pub fn decide(dataset: &Dataset, command: &BeginRestore) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    if let Some(snapshot) = command.snapshot {
        dataset.live_snapshot(snapshot)?;
    }
    dataset.must_be_idle()?;
    dataset.must_stand()?;
    dataset.must_be_at(command.if_version)?;
    if let Some(snapshot) = command.snapshot {
        dataset.must_name(snapshot, command.target)?;
    }
    let begun = RestoreBegun {
        dataset: dataset.id,
        task: command.task,
        target: command.target,
        snapshot: command.snapshot,
        root_before: dataset.head.root,
        safety_snapshot: command.safety_snapshot,
    };
    let queued = TaskQueued {
        task: command.task,
        project: dataset.project,
        dataset: dataset.id,
        work: TaskWork::Restore {
            target: command.target,
            snapshot: command.snapshot,
        },
    };
    Ok(Decision {
        dataset: vec![begun.into()],
        task: vec![queued.into()],
        ..Decision::default()
    })
}
