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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{TASK, import_queued, not_found, restore_queued};
    use crate::domain::commands::given::{Given, given};
    use crate::domain::values::TaskPhase;

    fn decided(given: &Given) -> Result<Decision, Refusal> {
        decide(given.task(), &CancelTask)
    }

    #[test]
    fn an_import_is_called_off_once() {
        let after = given([import_queued()])
            .when(decided)
            .then([TaskCancelled { task: TASK }.into()]);
        assert_eq!(after.task().phase, TaskPhase::Cancelled);
        after.when(decided).refuses(Refusal::TaskEnded);
    }

    #[test]
    fn a_restore_is_given_up_elsewhere() {
        given([restore_queued()])
            .when(decided)
            .refuses(not_found("import"));
    }
}
