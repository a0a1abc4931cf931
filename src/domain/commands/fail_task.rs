//! Ends an import that could not be done. A restore that could not is given up on its dataset's
//! stream instead, which frees the dataset too.

use std::sync::Arc;

use super::Decision;
use crate::domain::Task;
use crate::domain::event::TaskFailed;
use crate::domain::refusal::Refusal;

/// Asks that an import end without effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailTask {
    /// What stood in the way, for people.
    pub error: Arc<str>,
}

/// Refuses with `NOT_FOUND` (the task is no import) or `TASK_ENDED`.
pub fn decide(task: &Task, command: &FailTask) -> Result<Decision, Refusal> {
    task.must_be_import()?;
    task.must_go_on()?;
    let failed = TaskFailed {
        task: task.id,
        error: command.error.clone(),
    };
    Ok(Decision {
        task: vec![failed.into()],
        ..Decision::default()
    })
}
