//! The small values that events and states are made of: names, counts, versions, kinds.
//!
//! Pure: a constructor checks, and what exists is right.

mod name;
mod words;

pub use name::{
    DESCRIPTION_CHARS_MAX, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, Name, NameKey, check_description,
    check_message,
};
pub use words::{
    CommitMode, DatasetStatus, OperationKind, OperationOutcome, Role, SnapshotReason, TaskKind,
    TaskPhase, TaskStatus,
};

use super::ids::{DatasetId, OperationId, Position, Revision, SnapshotId, TaskId};
use crate::digest::Digest;

/// How many items a version has, and their bytes (canonical values, summed).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items of every kind.
    pub items: u64,
    /// Items of kind `IMAGE`.
    pub images: u64,
    /// Items of kind `VIDEO`.
    pub videos: u64,
    /// Bytes of all values.
    pub bytes: u64,
}

/// What differs between two versions, in items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangeSummary {
    /// In the second only.
    pub added: u64,
    /// In the first only.
    pub removed: u64,
    /// In both, with another kind or value.
    pub modified: u64,
    /// In both, the same.
    pub unchanged: u64,
}

/// A dataset's content from one event of its stream on. The revision names it: unlike a position
/// it is known when the event is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// The event of the dataset's stream that made this version.
    pub revision: Revision,
    /// Its content root.
    pub root: Digest,
    /// What it holds.
    pub counts: Counts,
}

/// Where a clone's content came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The dataset cloned.
    pub dataset: DatasetId,
    /// Its snapshot, when one was named.
    pub snapshot: Option<SnapshotId>,
    /// The version's place in the source's stream.
    pub revision: Revision,
    /// The version's place in the log.
    pub position: Position,
}

/// Consecutive ItemsStaged events of one stream, which a commit names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkRange {
    /// The import task on whose stream they are; none: on the dataset's own.
    pub task: Option<TaskId>,
    /// The first of them.
    pub first: Revision,
    /// How many.
    pub count: u64,
}

/// The operation that runs on a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningOperation {
    /// Which.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// The dataset's status before it.
    pub status_before: DatasetStatus,
}
