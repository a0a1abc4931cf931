//! Calls an import off. A restore is called off on its dataset's stream instead, by giving it up,
//! which frees the dataset too.

use super::Decision;
use crate::domain::Task;
use crate::domain::event::TaskCancelled;
use crate::domain::refusal::Refusal;

/// Asks that an import stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelTask;

/// Refuses with `NOT_FOUND` (the task is no import) or `TASK_ENDED`.
pub fn decide(task: &Task, _command: &CancelTask) -> Result<Decision, Refusal> {
    task.must_be_import()?;
    task.must_go_on()?;
    Ok(Decision {
        task: vec![TaskCancelled { task: task.id }.into()],
        ..Decision::default()
    })
}
