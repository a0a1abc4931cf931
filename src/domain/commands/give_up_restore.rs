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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::commands::facts::{
        DATASET, TASK, in_status, ready, restore_queued, restoring, version,
    };
    use crate::domain::commands::given::given;
    use crate::domain::values::{DatasetStatus, TaskPhase};

    fn command(why: GivenUp) -> GiveUpRestore {
        GiveUpRestore { task: TASK, why }
    }

    #[test]
    fn the_dataset_is_what_it_was_and_the_task_has_ended_once() {
        let check = |why: GivenUp, status, ended: Event, phase| {
            let command = command(why.clone());
            let given_up = RestoreGivenUp {
                dataset: DATASET,
                task: TASK,
                why,
                status,
            };
            let after = given([in_status(status), restoring().into(), restore_queued()])
                .when(|it| decide(it.dataset(), &command))
                .then([given_up.into(), ended]);
            let dataset = after.dataset();
            assert_eq!((dataset.status, dataset.running()), (status, None));
            assert_eq!(dataset.head, version(0, 0));
            assert_eq!(after.task().phase, phase);
            after
                .when(|it| decide(it.dataset(), &command))
                .refuses(Refusal::TaskEnded);
        };
        let error: Arc<str> = Arc::from("node 17 is damaged");
        let failed = TaskFailed {
            task: TASK,
            error: error.clone(),
        };
        let cancelled = TaskCancelled { task: TASK };
        let why = GivenUp::Failed(error);
        check(
            why,
            DatasetStatus::PartialIndex,
            failed.into(),
            TaskPhase::Failed,
        );
        let why = GivenUp::Cancelled;
        check(
            why,
            DatasetStatus::Error,
            cancelled.into(),
            TaskPhase::Cancelled,
        );
    }

    #[test]
    fn the_restore_of_another_task_goes_on() {
        let other = GiveUpRestore {
            task: TaskId(uuid::Uuid::from_u128(99)),
            why: GivenUp::Cancelled,
        };
        given([ready(), restoring().into()])
            .when(|it| decide(it.dataset(), &other))
            .refuses(Refusal::TaskEnded);
        given([ready()])
            .when(|it| decide(it.dataset(), &command(GivenUp::Cancelled)))
            .refuses(Refusal::TaskEnded);
    }
}
