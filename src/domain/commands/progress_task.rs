//! Records how far a task has come. Decides nothing; who calls it keeps it to one a second.

use super::Decision;
use crate::domain::Task;
use crate::domain::event::{TaskProgressed, TaskWork};
use crate::domain::refusal::Refusal;
use crate::domain::values::TaskPhase;

/// Asks that progress be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgressTask {
    /// Where the task is; a phase of its work, not its end.
    pub phase: TaskPhase,
    /// Steps done.
    pub done: u64,
    /// Steps in all, when known.
    pub total: Option<u64>,
}

/// Refuses with `TASK_ENDED` or `BAD_INPUT` (a phase that is not this task's, more done than there
/// is to do).
pub fn decide(task: &Task, command: &ProgressTask) -> Result<Decision, Refusal> {
    task.must_go_on()?;
    if !phases_of(&task.work).contains(&command.phase) {
        return Err(Refusal::BadInput {
            field: "phase",
            message: format!("a {} is never {}", task.work.kind(), command.phase),
        });
    }
    if command.total.is_some_and(|total| command.done > total) {
        return Err(Refusal::BadInput {
            field: "done",
            message: "more is done than there is to do".to_owned(),
        });
    }
    let progressed = TaskProgressed {
        task: task.id,
        phase: command.phase,
        done: command.done,
        total: command.total,
    };
    Ok(Decision {
        task: vec![progressed.into()],
        ..Decision::default()
    })
}

/// What a task goes through between its queue and its end.
const fn phases_of(work: &TaskWork) -> &'static [TaskPhase] {
    match work {
        TaskWork::Restore { .. } => &[
            TaskPhase::Verifying,
            TaskPhase::Applying,
            TaskPhase::Switching,
        ],
        TaskWork::Import { .. } => &[TaskPhase::Staging, TaskPhase::Switching],
        TaskWork::Clone { .. } => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{TASK, import_queued, queued, restore_queued};
    use crate::domain::commands::given::given;
    use crate::domain::event::{Event, TaskCancelled};
    use TaskPhase::{Applying, Queued, Staging, Switching, Verifying};

    fn command(phase: TaskPhase) -> ProgressTask {
        ProgressTask {
            phase,
            done: 3,
            total: Some(3),
        }
    }

    fn check(work: Event, allowed: &[TaskPhase]) {
        for phase in TaskPhase::ALL {
            let phase = *phase;
            let when = given([work.clone()]).when(|it| decide(it.task(), &command(phase)));
            if allowed.contains(&phase) {
                let progressed = TaskProgressed {
                    task: TASK,
                    phase,
                    done: 3,
                    total: Some(3),
                };
                let after = when.then([progressed.into()]);
                assert_eq!(after.task().phase, phase);
            } else {
                when.refuses_field("phase");
            }
        }
    }

    #[test]
    fn each_kind_of_task_has_its_phases() {
        check(restore_queued(), &[Verifying, Applying, Switching]);
        check(import_queued(), &[Staging, Switching]);
        check(queued(TaskWork::Clone { snapshot: None }), &[]);
    }

    #[test]
    fn no_more_is_done_than_there_is_to_do() {
        let over = ProgressTask {
            done: 4,
            ..command(Verifying)
        };
        given([restore_queued()])
            .when(|it| decide(it.task(), &over))
            .refuses_field("done");
        let unknown = ProgressTask {
            total: None,
            ..over
        };
        assert!(decide(given([restore_queued()]).task(), &unknown).is_ok());
    }

    #[test]
    fn a_task_that_ended_makes_no_progress() {
        given([restore_queued(), TaskCancelled { task: TASK }.into()])
            .when(|it| decide(it.task(), &command(Queued)))
            .refuses(Refusal::TaskEnded);
    }
}
