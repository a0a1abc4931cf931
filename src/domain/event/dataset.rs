//! Facts about a dataset and its content, all on the dataset's stream.

use std::sync::Arc;

use crate::digest::Digest;
use crate::domain::ids::{DatasetId, OperationId, ProjectId};
use crate::domain::values::{
    ChangeSummary, ChunkRange, CommitMode, Counts, DatasetStatus, Name, OperationKind,
    OperationOutcome, Origin,
};

/// A dataset exists; the first event of its stream, and its first version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetCreated {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its project, for ever.
    pub project: ProjectId,
    /// Its name.
    pub name: Name,
    /// Its description; empty when none was given.
    pub description: Arc<str>,
    /// A JSON object in canonical text.
    pub metadata: Arc<str>,
    /// `READY` or `DRAFT`.
    pub status: DatasetStatus,
    /// Whether snapshots can be asked for.
    pub snapshots_enabled: bool,
    /// The content it begins with: the empty root, or a clone's.
    pub root: Digest,
    /// What that content holds.
    pub counts: Counts,
    /// For a clone: where the content came from.
    pub origin: Option<Origin>,
}

/// A dataset's words or settings changed; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetUpdated {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its new name.
    pub name: Option<Name>,
    /// Its new description.
    pub description: Option<Arc<str>>,
    /// Its new metadata: a JSON object in canonical text.
    pub metadata: Option<Arc<str>>,
    /// Whether snapshots can be asked for from here on.
    pub snapshots_enabled: Option<bool>,
}

/// A dataset is hidden, with its snapshots. Clones and the log keep everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetDeleted {
    /// The dataset.
    pub dataset: DatasetId,
}

/// Item bodies wait in the log; nobody sees them until an [`ItemsCommitted`] names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsStaged {
    /// The dataset they are meant for.
    pub dataset: DatasetId,
    /// Items in it.
    pub items: u64,
    /// Deletions in it.
    pub deletes: u64,
    /// The stored bytes; `event_log::staged` writes and reads them, and offsets count in them.
    pub body: Arc<[u8]>,
}

/// The staged chunks it names became the content: a version, also when nothing differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsCommitted {
    /// The dataset.
    pub dataset: DatasetId,
    /// The chunks, in the order in which they apply; of a repeated key the last counts.
    pub chunks: Vec<ChunkRange>,
    /// Whether unnamed items stay.
    pub mode: CommitMode,
    /// The content root before.
    pub root_before: Digest,
    /// The content root from here on.
    pub root: Digest,
    /// What the content holds from here on.
    pub counts: Counts,
    /// What changed.
    pub summary: ChangeSummary,
    /// Why, in the caller's words.
    pub message: Option<Arc<str>>,
    /// The operation inside which it was made.
    pub operation: Option<OperationId>,
}

/// An outside worker's job began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationBegun {
    /// The dataset.
    pub dataset: DatasetId,
    /// The operation.
    pub operation: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// The dataset's status while it runs.
    pub status: DatasetStatus,
}

/// An outside worker's job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationFinished {
    /// The dataset.
    pub dataset: DatasetId,
    /// The operation.
    pub operation: OperationId,
    /// How.
    pub outcome: OperationOutcome,
    /// The dataset's status from here on.
    pub status: DatasetStatus,
}
