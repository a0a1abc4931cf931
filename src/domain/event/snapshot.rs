//! Facts about snapshots, all on the stream of the dataset that has them.

use std::sync::Arc;

use crate::digest::Digest;
use crate::domain::ids::{DatasetId, Position, SnapshotId, TaskId};
use crate::domain::values::{ChangeSummary, DatasetStatus, Name, Origin, SnapshotReason, Version};

/// A snapshot names a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotCreated {
    /// The dataset.
    pub dataset: DatasetId,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// 1, 2, 3… in its dataset, never given twice.
    pub number: u32,
    /// The name a caller gave; none: a name made from the dataset's and the id is shown.
    pub name: Option<Name>,
    /// Its description; may be empty.
    pub description: Arc<str>,
    /// Why it was made.
    pub reason: SnapshotReason,
    /// The version it names.
    pub version: Version,
    /// The position by which the version was asked for, if any.
    pub asked: Option<Position>,
    /// Whether it is the dataset's current snapshot from here on.
    pub becomes_current: bool,
    /// The dataset's name at this moment.
    pub dataset_name: Name,
    /// The dataset's description at this moment.
    pub dataset_description: Arc<str>,
    /// The model trained on it.
    pub trained_model: Option<TrainedModel>,
    /// For one made after a restore: the snapshot restored.
    pub restored_from: Option<SnapshotId>,
}

/// The model for whose training a snapshot was made. At least one of the two is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainedModel {
    /// Its id in the outside world.
    pub id: Option<uuid::Uuid>,
    /// Its name in the outside world.
    pub name: Option<Arc<str>>,
}

/// A snapshot has another name or description; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRenamed {
    /// The dataset.
    pub dataset: DatasetId,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// Its new name.
    pub name: Option<Name>,
    /// Its new description.
    pub description: Option<Arc<str>>,
}

/// A snapshot names another version; id, number and name stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotMoved {
    /// The dataset.
    pub dataset: DatasetId,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// The version it names from here on.
    pub version: Version,
    /// The position by which the version was asked for, if any.
    pub asked: Option<Position>,
    /// Whether it is the dataset's current snapshot from here on; otherwise that does not change.
    pub becomes_current: bool,
    /// Its new description, when one was given.
    pub description: Option<Arc<str>>,
}

/// A restore holds the dataset: it is `READ_ONLY` until this task's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreBegun {
    /// The dataset.
    pub dataset: DatasetId,
    /// The task that does it.
    pub task: TaskId,
    /// The version to go back to.
    pub target: Version,
    /// The snapshot by which the target was named, if any.
    pub snapshot: Option<SnapshotId>,
    /// The content root before.
    pub root_before: Digest,
    /// The snapshot that will name the state before, if one was asked for.
    pub safety_snapshot: Option<SnapshotId>,
    /// The snapshot that will name the version restored, if one was asked for.
    pub result_snapshot: Option<SnapshotId>,
    /// The words that the dataset will have again, if that was asked for.
    pub words: Option<DatasetWords>,
}

/// The words of a dataset as a snapshot recorded them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetWords {
    /// Its name.
    pub name: Name,
    /// Its description; may be empty.
    pub description: Arc<str>,
}

/// The whole content changed to a version's: a new version with that content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRestored {
    /// The dataset.
    pub dataset: DatasetId,
    /// The task that did it.
    pub task: TaskId,
    /// The version restored.
    pub target: Version,
    /// The snapshot by which it was named, if any.
    pub snapshot: Option<SnapshotId>,
    /// The content root before.
    pub root_before: Digest,
    /// What changed.
    pub summary: ChangeSummary,
    /// The dataset's current snapshot from here on.
    pub current: Option<SnapshotId>,
    /// The dataset's status from here on.
    pub status: DatasetStatus,
}

/// A restore ended without effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreGivenUp {
    /// The dataset.
    pub dataset: DatasetId,
    /// The task.
    pub task: TaskId,
    /// Why.
    pub why: GivenUp,
    /// The dataset's status from here on: the one before the restore.
    pub status: DatasetStatus,
}

/// Why a restore was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenUp {
    /// It could not be done, with what stood in the way.
    Failed(Arc<str>),
    /// A caller called it off.
    Cancelled,
}

/// This dataset began as a clone; on the new dataset's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotCloned {
    /// The new dataset.
    pub dataset: DatasetId,
    /// What was cloned.
    pub origin: Origin,
    /// The task that records it.
    pub task: TaskId,
}

/// A snapshot is hidden; its version stays readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotDeleted {
    /// The dataset.
    pub dataset: DatasetId,
    /// The snapshot. If it was the current one, the dataset has none from here on.
    pub snapshot: SnapshotId,
}

/// A deleted snapshot is back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotUndeleted {
    /// The dataset.
    pub dataset: DatasetId,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// Its new name, when one was given.
    pub name: Option<Name>,
}
