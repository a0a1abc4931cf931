//! Facts about a task, on the task's own stream. What decides about a restore is on the dataset's.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::ids::{DatasetId, ProjectId, Revision, SnapshotId, TaskId};
use crate::domain::values::{ChangeSummary, CommitMode, TaskKind, TaskPhase, Version};

/// A task exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskQueued {
    /// The task.
    pub task: TaskId,
    /// The project of its dataset.
    pub project: ProjectId,
    /// The dataset it works on; for a clone the new one.
    pub dataset: DatasetId,
    /// What it does.
    pub work: TaskWork,
}

/// What a task does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskWork {
    /// Moves the dataset to a version of its own.
    Restore {
        /// The version.
        target: Version,
        /// The snapshot by which it was named, if any.
        snapshot: Option<SnapshotId>,
    },
    /// Started the dataset at a version of another.
    Clone {
        /// The source's snapshot, if one was named.
        snapshot: Option<SnapshotId>,
    },
    /// Streams items into the dataset.
    Import {
        /// How they meet those that are there.
        mode: CommitMode,
    },
}

impl TaskWork {
    /// The kind of this work.
    pub const fn kind(&self) -> TaskKind {
        match self {
            Self::Restore { .. } => TaskKind::SnapshotRestore,
            Self::Clone { .. } => TaskKind::SnapshotClone,
            Self::Import { .. } => TaskKind::Import,
        }
    }

    /// The snapshot it is about.
    pub const fn snapshot(&self) -> Option<SnapshotId> {
        match self {
            Self::Restore { snapshot, .. } | Self::Clone { snapshot } => *snapshot,
            Self::Import { .. } => None,
        }
    }
}

/// A node works on it until the lease ends. Saves work; decides nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskClaimed {
    /// The task.
    pub task: TaskId,
    /// The node.
    pub node: Arc<str>,
    /// When another node may take it over.
    pub lease_until: DateTime<Utc>,
}

/// How far it has come. Decides nothing; at most one a second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskProgressed {
    /// The task.
    pub task: TaskId,
    /// Where it is.
    pub phase: TaskPhase,
    /// Steps done.
    pub done: u64,
    /// Steps in all, when known.
    pub total: Option<u64>,
}

/// It did what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskCompleted {
    /// The task.
    pub task: TaskId,
    /// What changed.
    pub summary: Option<ChangeSummary>,
    /// Steps done, of as many.
    pub steps: u64,
    /// The event of the dataset's stream, in the same append, that is its result.
    pub result: Option<Revision>,
}

/// It ended without effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFailed {
    /// The task.
    pub task: TaskId,
    /// Why, for people.
    pub error: Arc<str>,
}

/// A caller called it off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskCancelled {
    /// The task.
    pub task: TaskId,
}
