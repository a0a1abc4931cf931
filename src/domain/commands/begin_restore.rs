//! Begins a restore: from here on the dataset is READ_ONLY, until its task switches or gives up.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::{DatasetWords, RestoreBegun, TaskQueued, TaskWork};
use crate::domain::ids::{Revision, SnapshotId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::values::Version;

/// Asks that a dataset go back to a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginRestore {
    /// The task that will do it.
    pub task: TaskId,
    /// The version to go back to.
    pub target: Version,
    /// The snapshot that names this version, if it was given by one.
    pub snapshot: Option<SnapshotId>,
    /// The id of a snapshot that shall name the state before, if one is wanted.
    pub safety_snapshot: Option<SnapshotId>,
    /// The id of a snapshot that shall name the version restored, if one is wanted.
    pub result_snapshot: Option<SnapshotId>,
    /// The words that the dataset shall have again, if that is wanted.
    pub words: Option<DatasetWords>,
    /// The revision of the version that the caller saw, when it must still be the current one.
    pub if_version: Option<Revision>,
}

/// Refuses with `NOT_FOUND`, `OPERATION_RUNNING` (a TRAINING too), `DATASET_NOT_READY` or
/// `VERSION_CONFLICT` (also when the snapshot has been moved off the target).
pub fn decide(dataset: &Dataset, command: &BeginRestore) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    if let Some(snapshot) = command.snapshot {
        dataset.live_snapshot(snapshot)?;
    }
    dataset.must_be_idle()?;
    dataset.must_stand()?;
    dataset.must_be_at(command.if_version)?;
    if let Some(snapshot) = command.snapshot {
        dataset.must_name(snapshot, command.target)?;
    }
    let begun = RestoreBegun {
        dataset: dataset.id,
        task: command.task,
        target: command.target,
        snapshot: command.snapshot,
        root_before: dataset.head.root,
        safety_snapshot: command.safety_snapshot,
        result_snapshot: command.result_snapshot,
        words: command.words.clone(),
    };
    let queued = TaskQueued {
        task: command.task,
        project: dataset.project,
        dataset: dataset.id,
        work: TaskWork::Restore {
            target: command.target,
            snapshot: command.snapshot,
        },
    };
    Ok(Decision {
        dataset: vec![begun.into()],
        task: vec![queued.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::commands::facts::{
        DATASET, PROJECT, TASK, committed, conflict, deleted, enriching, in_status, name,
        not_found, not_ready, queued, ready, restoring, root, snapshot, snapshot_deleted,
        snapshot_of, training, version,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::{Event, SnapshotMoved};
    use crate::domain::refusal::Running;
    use crate::domain::values::{DatasetStatus, OperationKind, TaskPhase};

    fn to_first_version() -> BeginRestore {
        BeginRestore {
            task: TASK,
            target: version(0, 0),
            snapshot: None,
            safety_snapshot: None,
            result_snapshot: None,
            words: None,
            if_version: None,
        }
    }

    fn to_snapshot() -> BeginRestore {
        BeginRestore {
            snapshot: Some(snapshot(1)),
            ..to_first_version()
        }
    }

    fn first() -> Event {
        snapshot_of(1, version(0, 0)).into()
    }

    #[test]
    fn a_dataset_is_read_only_while_its_task_waits() {
        let words = DatasetWords {
            name: name("Gentoos"),
            description: Arc::from("As they were"),
        };
        let command = BeginRestore {
            safety_snapshot: Some(snapshot(2)),
            result_snapshot: Some(snapshot(3)),
            words: Some(words.clone()),
            if_version: Some(Revision(2)),
            ..to_snapshot()
        };
        let begun = RestoreBegun {
            snapshot: Some(snapshot(1)),
            safety_snapshot: Some(snapshot(2)),
            result_snapshot: Some(snapshot(3)),
            words: Some(words),
            root_before: root(1),
            ..restoring()
        };
        let work = TaskWork::Restore {
            target: version(0, 0),
            snapshot: Some(snapshot(1)),
        };
        let after = given([ready(), first(), committed(0, 1).into()])
            .when(|it| decide(it.dataset(), &command))
            .then([begun.into(), queued(work)]);
        assert_eq!(after.dataset().status, DatasetStatus::ReadOnly);
        assert_eq!(after.dataset().running(), Some(Running::Restore));
        let task = after.task();
        assert_eq!((task.project, task.dataset), (PROJECT, DATASET));
        assert_eq!(task.phase, TaskPhase::Queued);
    }

    #[test]
    fn a_dataset_that_stands_can_go_back() {
        for status in [
            DatasetStatus::Ready,
            DatasetStatus::PartialIndex,
            DatasetStatus::Error,
        ] {
            let given = given([in_status(status)]);
            assert!(
                decide(given.dataset(), &to_first_version()).is_ok(),
                "{status}"
            );
        }
        for status in [
            DatasetStatus::Draft,
            DatasetStatus::Indexing,
            DatasetStatus::ReadOnly,
        ] {
            given([in_status(status)])
                .when(|it| decide(it.dataset(), &to_first_version()))
                .refuses(not_ready(status));
        }
    }

    #[test]
    fn what_runs_must_end_first_a_training_too() {
        let check = |event: Event, running| {
            given([ready(), event])
                .when(|it| decide(it.dataset(), &to_first_version()))
                .refuses(Refusal::OperationRunning { running });
        };
        check(enriching(), Running::Operation(OperationKind::Enrichment));
        check(training(), Running::Operation(OperationKind::Training));
        check(restoring().into(), Running::Restore);
    }

    #[test]
    fn a_stale_version_conflicts() {
        let stale = BeginRestore {
            if_version: Some(Revision(0)),
            ..to_first_version()
        };
        given([ready(), committed(0, 1).into()])
            .when(|it| decide(it.dataset(), &stale))
            .refuses(conflict(1));
    }

    #[test]
    fn a_snapshot_that_moved_off_the_target_conflicts() {
        let moved = SnapshotMoved {
            dataset: DATASET,
            snapshot: snapshot(1),
            version: version(2, 1),
            asked: None,
            becomes_current: true,
            description: None,
        };
        given([ready(), first(), committed(0, 1).into(), moved.into()])
            .when(|it| decide(it.dataset(), &to_snapshot()))
            .refuses(conflict(2));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let check = |events: Vec<Event>, what| {
            given(events)
                .when(|it| decide(it.dataset(), &to_snapshot()))
                .refuses(not_found(what));
        };
        check(vec![ready()], "snapshot");
        check(vec![ready(), first(), snapshot_deleted(1)], "snapshot");
        check(vec![ready(), first(), deleted()], "dataset");
    }
}
