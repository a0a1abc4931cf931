//! Completes an import: one commit names all that it staged, and its task has ended well.

use super::{CommitItems, Decision, commit_items};
use crate::domain::event::TaskCompleted;
use crate::domain::refusal::Refusal;
use crate::domain::{Dataset, Task};

/// Asks that what an import staged become the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteImport {
    /// The commit of its chunks.
    pub commit: CommitItems,
    /// The steps it took: items and deletions staged.
    pub steps: u64,
}

/// Refuses with `NOT_FOUND` (the task is no import of this dataset), `TASK_ENDED`, or as
/// [`commit_items::decide`] does.
pub fn decide(
    dataset: &Dataset,
    task: &Task,
    command: &CompleteImport,
) -> Result<Decision, Refusal> {
    task.must_be_import()?;
    if task.dataset != dataset.id {
        return Err(Refusal::NotFound { what: "import" });
    }
    task.must_go_on()?;
    let committed = commit_items::decide(dataset, &command.commit)?;
    let completed = TaskCompleted {
        task: task.id,
        summary: Some(command.commit.summary),
        steps: command.steps,
        result: Some(dataset.revision.next()),
    };
    Ok(Decision {
        task: vec![completed.into()],
        ..committed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, TASK, added, committed, counts, created_in, deleted, enriching, import_queued,
        not_found, ready, restore_queued, root, version,
    };
    use crate::domain::commands::given::{Given, given};
    use crate::domain::event::{DatasetCreated, Event, ItemsCommitted, TaskCancelled};
    use crate::domain::ids::{DatasetId, Revision};
    use crate::domain::values::{ChunkRange, CommitMode, DatasetStatus, TaskPhase};

    fn command() -> CompleteImport {
        CompleteImport {
            commit: CommitItems {
                chunks: vec![ChunkRange {
                    task: Some(TASK),
                    first: Revision(1),
                    count: 8,
                }],
                mode: CommitMode::Upsert,
                root: root(1),
                counts: counts(1),
                summary: added(1),
                message: None,
                operation: None,
                if_version: None,
                auto_snapshot: None,
            },
            steps: 344,
        }
    }

    fn decided(given: &Given) -> Result<Decision, Refusal> {
        decide(given.dataset(), given.task(), &command())
    }

    #[test]
    fn all_that_was_staged_shows_at_once_and_the_task_has_ended() {
        let expected = ItemsCommitted {
            chunks: command().commit.chunks,
            ..committed(0, 1)
        };
        let completed = TaskCompleted {
            task: TASK,
            summary: Some(added(1)),
            steps: 344,
            result: Some(Revision(1)),
        };
        let after = given([ready(), import_queued()])
            .when(decided)
            .then([expected.into(), completed.into()]);
        assert_eq!(after.dataset().head, version(1, 1));
        assert_eq!(after.task().phase, TaskPhase::Completed);
        after.when(decided).refuses(Refusal::TaskEnded);
    }

    #[test]
    fn an_import_that_ended_or_may_not_write_any_more_is_refused() {
        let check = |event: Event, expected| {
            given([ready(), import_queued(), event])
                .when(decided)
                .refuses(expected);
        };
        check(TaskCancelled { task: TASK }.into(), Refusal::TaskEnded);
        let holder = "an operation";
        check(enriching(), Refusal::DatasetLocked { holder });
        check(deleted(), not_found("dataset"));
    }

    #[test]
    fn what_is_no_import_of_this_dataset_is_not_found() {
        given([ready(), restore_queued()])
            .when(decided)
            .refuses(not_found("import"));
        let other = DatasetId(uuid::Uuid::from_u128(0xE));
        let elsewhere = DatasetCreated {
            dataset: other,
            ..created_in(DatasetStatus::Ready)
        };
        assert_ne!(other, DATASET);
        given([elsewhere.into(), import_queued()])
            .when(|it| decide(it.dataset_of(other), it.task(), &command()))
            .refuses(not_found("import"));
    }
}
