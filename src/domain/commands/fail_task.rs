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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{TASK, import_queued, not_found, restore_queued};
    use crate::domain::commands::given::{Given, given};
    use crate::domain::values::TaskPhase;

    fn decided(given: &Given) -> Result<Decision, Refusal> {
        let error = Arc::from("line 7: no key");
        decide(given.task(), &FailTask { error })
    }

    #[test]
    fn an_import_fails_once() {
        let error = Arc::from("line 7: no key");
        let after = given([import_queued()])
            .when(decided)
            .then([TaskFailed { task: TASK, error }.into()]);
        assert_eq!(after.task().phase, TaskPhase::Failed);
        after.when(decided).refuses(Refusal::TaskEnded);
    }

    #[test]
    fn a_restore_is_given_up_elsewhere() {
        given([restore_queued()])
            .when(decided)
            .refuses(not_found("import"));
    }
}
