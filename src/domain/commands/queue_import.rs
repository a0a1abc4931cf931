//! Queues an import: a task on whose stream items are staged as they arrive.
//!
//! Nobody sees them until the import completes, which asks again whether it may.

use std::sync::Arc;

use super::{Decision, commit_items};
use crate::domain::Dataset;
use crate::domain::event::{TaskQueued, TaskWork};
use crate::domain::ids::{Revision, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{CommitMode, check_message};

/// Asks for an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueImport {
    /// The task that will do it.
    pub task: TaskId,
    /// How its items meet those that are there.
    pub mode: CommitMode,
    /// Why, in the caller's words; at most 10,000 characters.
    pub message: Option<Arc<str>>,
    /// The revision of the version that the caller saw, when it must still be the current one.
    pub if_version: Option<Revision>,
}

/// Refuses as [`commit_items::decide`] does for a commit outside of any operation, so that what
/// cannot be committed need not be sent.
pub fn decide(dataset: &Dataset, command: &QueueImport) -> Result<Decision, Refusal> {
    commit_items::allow(dataset, command.if_version, None)?;
    if let Some(message) = &command.message {
        check_message("message", message)?;
    }
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
        TASK, conflict, deleted, enriching, import_queued, in_status, not_found, not_ready, ready,
        restoring, training,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::Event;
    use crate::domain::values::{DatasetStatus, TaskPhase};

    fn command() -> QueueImport {
        QueueImport {
            task: TASK,
            mode: CommitMode::Upsert,
            message: None,
            if_version: None,
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

    #[test]
    fn what_would_be_refused_at_its_end_is_refused_before_its_body() {
        let stale = QueueImport {
            if_version: Some(Revision(7)),
            ..command()
        };
        given([ready()])
            .when(|it| decide(it.dataset(), &stale))
            .refuses(conflict(0));
        let wordy = QueueImport {
            message: Some("x".repeat(10_001).into()),
            ..command()
        };
        let refused = given([ready()]).when(|it| decide(it.dataset(), &wordy));
        let message = "at most 10000 characters are allowed; this has 10001".to_owned();
        let field = "message";
        refused.refuses(Refusal::BadInput { field, message });
    }
}
