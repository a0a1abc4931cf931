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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        TASK, deleted, enriching, import_queued, in_status, not_found, not_ready, ready, restoring,
        training,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::Event;
    use crate::domain::values::{DatasetStatus, TaskPhase};

    fn command() -> QueueImport {
        QueueImport {
            task: TASK,
            mode: CommitMode::Upsert,
        }
    }

    #[test]
    fn an_import_waits_and_leaves_the_dataset_to_others() {
        let after = given([ready(), training()])
            .when(|it| decide(it.dataset(), &command()))
            .then([import_queued()]);
        assert_eq!(after.task().phase, TaskPhase::Queued);
        assert_eq!(after.dataset().status, DatasetStatus::Ready);
    }

    #[test]
    fn what_cannot_be_committed_need_not_be_sent() {
        let check = |events: Vec<Event>, expected| {
            given(events)
                .when(|it| decide(it.dataset(), &command()))
                .refuses(expected);
        };
        let holder = "an operation";
        check(
            vec![ready(), enriching()],
            Refusal::DatasetLocked { holder },
        );
        let holder = "a restore";
        check(
            vec![ready(), restoring().into()],
            Refusal::DatasetLocked { holder },
        );
        let draft = DatasetStatus::Draft;
        check(vec![in_status(draft)], not_ready(draft));
        check(vec![ready(), deleted()], not_found("dataset"));
    }
}
