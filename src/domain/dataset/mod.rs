//! A dataset as decisions see it: the fold of its stream.
//!
//! Holds what a decision needs and nothing for show. `evolve` obeys every event; it never refuses.

mod evolve;
mod rules;
mod snapshots;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use snapshots::{SnapshotState, Snapshots};

use super::event::DatasetWords;
use super::ids::{DatasetId, OperationId, ProjectId, Revision, SnapshotId, TaskId};
use super::values::{DatasetStatus, Name, RunningOperation, Version};

/// The state of one dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Which.
    pub id: DatasetId,
    /// Its project.
    pub project: ProjectId,
    /// The last event of its stream.
    pub revision: Revision,
    /// Its name.
    pub name: Name,
    /// Its description.
    pub description: Arc<str>,
    /// Its metadata, as canonical JSON text.
    pub metadata: Arc<str>,
    /// Its status.
    pub status: DatasetStatus,
    /// Whether snapshots can be asked for.
    pub snapshots_enabled: bool,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Its current version.
    pub head: Version,
    /// Its current snapshot.
    pub current: Option<SnapshotId>,
    /// The number the next snapshot gets.
    pub next_number: u32,
    /// Its snapshots, deleted ones too.
    pub snapshots: Snapshots,
    /// The operation that runs.
    pub operation: Option<RunningOperation>,
    /// The restore that runs.
    pub restore: Option<RunningRestore>,
}

/// The restore that runs on a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningRestore {
    /// Its task.
    pub task: TaskId,
    /// The version to go back to.
    pub target: Version,
    /// The snapshot by which it was named, if any.
    pub snapshot: Option<SnapshotId>,
    /// The id of the snapshot that will name the state before, if one was asked for.
    pub safety_snapshot: Option<SnapshotId>,
    /// The id of the snapshot that will name the version restored, if one was asked for.
    pub result_snapshot: Option<SnapshotId>,
    /// The words that the dataset will have again, if that was asked for.
    pub words: Option<DatasetWords>,
    /// The dataset's status before it.
    pub status_before: DatasetStatus,
}

/// What holds a dataset so that others cannot write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Only this operation may write.
    Operation(OperationId),
    /// Nobody may write.
    Restore,
}
