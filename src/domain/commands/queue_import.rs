//! Queues an import: a task on whose stream items are staged as they arrive.
//!
//! Nobody sees them until the import completes, which asks again whether it may.

use super::{Decision, commit_items};
use crate::domain::Dataset;
use crate::domain::event::{TaskQueued, TaskWork};
use crate::domain::ids::TaskId;
use crate::domain::refusal::Refusal;
use crate::domain::values::CommitMode;

/// Asks for an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueImport {
    /// The task that will do it.
    pub task: TaskId,
    /// How its items meet those that are there.
    pub mode: CommitMode,
}

/// Refuses as [`commit_items::allow`] does for a commit outside of any operation.
pub fn decide(dataset: &Dataset, command: &QueueImport) -> Result<Decision, Refusal> {
    commit_items::allow(dataset, None, None)?;
    let queued = TaskQueued {
        task: command.task,
        project: dataset.project,
        dataset: dataset.id,
        work: TaskWork::Import { mode: command.mode },
    };
    Ok(Decision {
        task: vec![queued.into()],
        ..Decision::default()
    })
}
