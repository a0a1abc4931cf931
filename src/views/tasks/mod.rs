//! Tasks as queries see them: the ledger's own work, how far it is and how it ended.
//!
//! `fold.rs` obeys events, `queries.rs` finds rows. What the log tells of progress is coarse: the
//! node that works on a task knows its steps better.

pub(super) mod fold;
mod queries;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(super) use queries::{any_by_id, phases_of};

use crate::domain::ids::{DatasetId, Position, ProjectId, Revision, SnapshotId, TaskId};
use crate::domain::task::Lease;
use crate::domain::values::{ChangeSummary, CommitMode, TaskKind, TaskPhase, TaskStatus};

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Which.
    pub id: TaskId,
    /// What it does.
    pub kind: TaskKind,
    /// The project of its dataset.
    pub project: ProjectId,
    /// The dataset it works on; for a clone the new one.
    pub dataset: DatasetId,
    /// The snapshot it is about; for a clone the source's.
    pub snapshot: Option<SnapshotId>,
    /// For a restore: the version to go back to, as an event of the dataset's stream.
    pub target: Option<Revision>,
    /// For an import: how its items meet those that are there.
    pub mode: Option<CommitMode>,
    /// Where it is, as far as the log tells.
    pub phase: TaskPhase,
    /// Steps done.
    pub done: u64,
    /// Steps in all, when known.
    pub total: Option<u64>,
    /// What changed, once it is completed.
    pub summary: Option<ChangeSummary>,
    /// Why it failed, for people.
    pub error: Option<Arc<str>>,
    /// The actor who asked for it.
    pub created_by: Arc<str>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When it was first worked on; none: not yet, or it ended before.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended, however it did.
    pub finished_at: Option<DateTime<Utc>>,
    /// The event of the dataset's stream that is its result.
    pub result: Option<Position>,
    /// Who works on it, until when.
    pub lease: Option<Lease>,
    /// What it belongs to as a whole.
    pub correlation: Option<Uuid>,
    /// The last event of its stream.
    pub revision: Revision,
}

/// Which tasks a listing holds; the default: all. Tasks of deleted datasets are in it too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Only those that work on this dataset.
    pub dataset: Option<DatasetId>,
    /// Their kind is one of these; of none, the listing is empty.
    pub kinds: Option<Vec<TaskKind>>,
    /// Their status is one of these; of none, the listing is empty.
    pub statuses: Option<Vec<TaskStatus>>,
    /// The actor who asked for them.
    pub created_by: Option<Arc<str>>,
}
