//! Gives a restore up, because it failed or a caller called it off: the dataset is what it was.
//!
//! Meets the switch at one revision of the dataset's stream, where only one of them can win.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::{Event, GivenUp, RestoreGivenUp, TaskCancelled, TaskFailed};
use crate::domain::ids::TaskId;
use crate::domain::refusal::Refusal;

/// Asks that the restore of a task end without effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveUpRestore {
    /// The task.
    pub task: TaskId,
    /// Why.
    pub why: GivenUp,
}

/// Refuses with `TASK_ENDED` when the restore that runs is not this task's.
pub fn decide(dataset: &Dataset, command: &GiveUpRestore) -> Result<Decision, Refusal> {
    let restore = dataset.restore_of(command.task)?;
    let task = command.task;
    let ended: Event = match &command.why {
        GivenUp::Failed(error) => TaskFailed {
            task,
            error: error.clone(),
        }
        .into(),
        GivenUp::Cancelled => TaskCancelled { task }.into(),
    };
    let given_up = RestoreGivenUp {
        dataset: dataset.id,
        task,
        why: command.why.clone(),
        status: restore.status_before,
    };
    Ok(Decision {
        dataset: vec![given_up.into()],
        task: vec![ended],
        ..Decision::default()
    })
}
