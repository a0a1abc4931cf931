//! All that works or has worked on datasets, as one listing: the ledger's own tasks and the
//! operations of outside workers.
//!
//! Has no table of its own: both models keep theirs, this one only looks at them together. Pages
//! are numbered, with a total, as those want it who show a table of all work.

mod queries;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::listing::Direction;
use crate::domain::ids::DatasetId;
use crate::domain::values::{DatasetStatus, Name, OperationKind, TaskKind, TaskPhase, TaskStatus};

/// What is worked on a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The ledger's own.
    Task(TaskKind),
    /// An outside worker's.
    Operation(OperationKind),
}

impl Work {
    /// The word for it; no task has the word of an operation.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Task(kind) => kind.word(),
            Self::Operation(kind) => kind.word(),
        }
    }

    /// The work of a word; none when it is not one of ours.
    pub fn from_word(word: &str) -> Option<Self> {
        let task = TaskKind::from_word(word).map(Self::Task);
        task.or_else(|| OperationKind::from_word(word).map(Self::Operation))
    }
}

/// A task or an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Its id: a task's, or an operation's.
    pub id: Uuid,
    /// What it does.
    pub work: Work,
    /// The dataset it works on; for a clone the new one.
    pub dataset: DatasetId,
    /// The name that the dataset has now.
    pub dataset_name: Name,
    /// The dataset's status now.
    pub dataset_status: DatasetStatus,
    /// Where it is, as far as the log tells; an operation that runs is APPLYING.
    pub phase: TaskPhase,
    /// Steps done; of an operation nothing is known.
    pub done: u64,
    /// Steps in all, when known.
    pub total: Option<u64>,
    /// Why it failed, for people; of an operation nothing is known.
    pub error: Option<Arc<str>>,
    /// The actor who asked for it.
    pub created_by: Arc<str>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended, however it did.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Which activities a listing holds; the default: all. Those of deleted datasets are in it too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityFilter {
    /// Only those that work on this dataset.
    pub dataset: Option<DatasetId>,
    /// Only those whose dataset has this name now, whatever the case.
    pub dataset_name: Option<String>,
    /// They do one of these; of none, the listing is empty.
    pub works: Option<Vec<Work>>,
    /// Their status is one of these; of none, the listing is empty.
    pub statuses: Option<Vec<TaskStatus>>,
    /// The actor who asked for them.
    pub created_by: Option<String>,
    /// Asked for at this time or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Asked for before this time.
    pub created_before: Option<DateTime<Utc>>,
}

/// How a listing of activities is sorted; the default: newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityOrder {
    /// By what. Of those that are equal in it, the id decides.
    pub field: ActivityOrderField,
    /// Which way.
    pub direction: Direction,
}

impl Default for ActivityOrder {
    fn default() -> Self {
        Self {
            field: ActivityOrderField::CreatedAt,
            direction: Direction::Descending,
        }
    }
}

/// What activities can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivityOrderField {
    /// When they were asked for.
    CreatedAt,
    /// The word of their status.
    Status,
    /// The word for what they do.
    Work,
    /// The name of their dataset, without its case.
    DatasetName,
    /// The id of their dataset.
    Dataset,
    /// The actor who asked for them.
    CreatedBy,
}
