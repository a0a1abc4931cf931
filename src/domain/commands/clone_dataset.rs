//! Clones a version of a dataset: a new stream that begins at the same content root.
//!
//! Writes nothing to the source's stream, so it neither blocks the source nor waits for it.

use super::Decision;
use crate::domain::event::{
    DatasetCreated, DatasetListed, SnapshotCloned, TaskCompleted, TaskQueued, TaskWork,
};
use crate::domain::ids::{DatasetId, Position, Revision, SnapshotId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{ChangeSummary, DatasetStatus, Name, Origin, SnapshotReason, Version};
use crate::domain::{Dataset, Project};

/// Asks for a dataset that begins as a version of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloneDataset {
    /// The new dataset's id.
    pub dataset: DatasetId,
    /// The id of the task that records it.
    pub task: TaskId,
    /// The id of the new dataset's first snapshot.
    pub first_snapshot: SnapshotId,
    /// The new dataset's name; none: made from the source's.
    pub name: Option<Name>,
    /// The source's version.
    pub version: Version,
    /// That version's place in the log.
    pub position: Position,
    /// The source's snapshot that names this version, if it was given by one.
    pub snapshot: Option<SnapshotId>,
}

/// Refuses with `NOT_FOUND`, `DATASET_NOT_READY`, `VERSION_CONFLICT` (the snapshot has been moved
/// off the version) or `NAME_TAKEN` (a given name only). `target` is the project to clone into.
pub fn decide(
    source: &Dataset,
    target: &Project,
    command: &CloneDataset,
) -> Result<Decision, Refusal> {
    source.must_live()?;
    if let Some(snapshot) = command.snapshot {
        source.live_snapshot(snapshot)?;
    }
    source.must_stand()?;
    if let Some(snapshot) = command.snapshot {
        source.must_name(snapshot, command.version)?;
    }
    let name = match &command.name {
        Some(name) => {
            target.must_be_free(name, command.dataset)?;
            name.clone()
        }
        None => target.name_of_clone(&source.name),
    };
    let created = clone_of(source, target, command, name);
    let (dataset, task) = (command.dataset, command.task);
    let listed = DatasetListed {
        project: target.id,
        dataset,
        name: created.name.clone(),
    };
    let cloned = SnapshotCloned {
        dataset,
        origin: origin(source, command),
        task,
    };
    let first =
        Dataset::created(&created).snapshot_of_head(command.first_snapshot, SnapshotReason::Clone);
    let queued = TaskQueued {
        task,
        project: target.id,
        dataset,
        work: TaskWork::Clone {
            snapshot: command.snapshot,
        },
    };
    let completed = TaskCompleted {
        task,
        summary: Some(ChangeSummary {
            unchanged: command.version.counts.items,
            ..ChangeSummary::default()
        }),
        steps: 0,
        result: Some(Revision::FIRST),
    };
    Ok(Decision {
        project: vec![listed.into()],
        dataset: vec![created.into(), cloned.into(), first.into()],
        task: vec![queued.into(), completed.into()],
        ..Decision::default()
    })
}

fn clone_of(
    source: &Dataset,
    target: &Project,
    command: &CloneDataset,
    name: Name,
) -> DatasetCreated {
    DatasetCreated {
        dataset: command.dataset,
        project: target.id,
        name,
        description: source.description.clone(),
        metadata: source.metadata.clone(),
        status: DatasetStatus::Ready,
        snapshots_enabled: source.snapshots_enabled,
        root: command.version.root,
        counts: command.version.counts,
        origin: Some(origin(source, command)),
    }
}

const fn origin(source: &Dataset, command: &CloneDataset) -> Origin {
    Origin {
        dataset: source.id,
        snapshot: command.snapshot,
        revision: command.version.revision,
        position: command.position,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, PROJECT, TASK, committed, conflict, created_in, deleted, enriching, in_status,
        listed, name, name_taken, not_found, not_ready, ready, snapshot, snapshot_deleted,
        snapshot_of, training, version,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::{Event, SnapshotCreated};
    use crate::domain::values::TaskPhase;

    const CLONE: DatasetId = DatasetId(uuid::Uuid::from_u128(0xC));

    fn command() -> CloneDataset {
        CloneDataset {
            dataset: CLONE,
            task: TASK,
            first_snapshot: snapshot(9),
            name: None,
            version: version(0, 0),
            position: Position(3),
            snapshot: None,
        }
    }

    fn of_snapshot() -> CloneDataset {
        CloneDataset {
            snapshot: Some(snapshot(1)),
            ..command()
        }
    }

    fn name_given(events: impl IntoIterator<Item = Event>) -> String {
        let given = given(events);
        let decision = decide(given.dataset(), given.project(), &command()).expect("a clone");
        match &decision.project[..] {
            [Event::DatasetListed(listed)] => listed.name.to_string(),
            other => panic!("one listing: {other:?}"),
        }
    }

    #[test]
    fn a_clone_begins_at_the_same_content_and_knows_where_it_came_from() {
        let command = CloneDataset {
            version: version(1, 4),
            ..of_snapshot()
        };
        let origin = Origin {
            dataset: DATASET,
            snapshot: Some(snapshot(1)),
            revision: Revision(1),
            position: Position(3),
        };
        let created = DatasetCreated {
            dataset: CLONE,
            name: name("Penguins (cloned)"),
            root: version(1, 4).root,
            counts: version(1, 4).counts,
            origin: Some(origin),
            ..created_in(DatasetStatus::Ready)
        };
        let first = SnapshotCreated {
            dataset: CLONE,
            snapshot: snapshot(9),
            reason: SnapshotReason::Clone,
            dataset_name: name("Penguins (cloned)"),
            ..snapshot_of(1, version(0, 4))
        };
        let queued = TaskQueued {
            task: TASK,
            project: PROJECT,
            dataset: CLONE,
            work: TaskWork::Clone {
                snapshot: Some(snapshot(1)),
            },
        };
        let completed = TaskCompleted {
            task: TASK,
            summary: Some(ChangeSummary {
                unchanged: 4,
                ..ChangeSummary::default()
            }),
            steps: 0,
            result: Some(Revision::FIRST),
        };
        let (dataset, task) = (CLONE, TASK);
        let after = given([
            in_status(DatasetStatus::Error),
            committed(0, 4).into(),
            snapshot_of(1, version(1, 4)).into(),
        ])
        .when(|it| decide(it.dataset(), it.project(), &command))
        .then([
            listed(0xC, "Penguins (cloned)"),
            created.into(),
            SnapshotCloned {
                dataset,
                origin,
                task,
            }
            .into(),
            first.into(),
            queued.into(),
            completed.into(),
        ]);
        let clone = after.dataset_of(CLONE);
        assert_eq!(
            (clone.head, clone.current),
            (version(0, 4), Some(snapshot(9)))
        );
        assert_eq!(after.task().phase, TaskPhase::Completed);
        assert_eq!(after.dataset().status, DatasetStatus::Error);
    }

    #[test]
    fn its_name_says_that_it_is_a_clone() {
        assert_eq!(name_given([ready()]), "Penguins (cloned)");
        let taken = listed(1, "PENGUINS (CLONED)");
        assert_eq!(name_given([ready(), taken]), "Penguins (cloned 2)");
    }

    #[test]
    fn a_given_name_must_be_free() {
        let command = CloneDataset {
            name: Some(name("Gentoos")),
            ..command()
        };
        given([ready(), listed(1, "gentoos")])
            .when(|it| decide(it.dataset(), it.project(), &command))
            .refuses(name_taken("Gentoos"));
        let given = given([ready()]);
        let decision = decide(given.dataset(), given.project(), &command).expect("a clone");
        assert_eq!(decision.project, [listed(0xC, "Gentoos")]);
    }

    #[test]
    fn a_source_that_does_not_stand_is_not_ready_and_a_training_is_no_hindrance() {
        let check = |events: Vec<Event>, status| {
            given(events)
                .when(|it| decide(it.dataset(), it.project(), &command()))
                .refuses(not_ready(status));
        };
        check(vec![in_status(DatasetStatus::Draft)], DatasetStatus::Draft);
        check(
            vec![in_status(DatasetStatus::Indexing)],
            DatasetStatus::Indexing,
        );
        check(vec![ready(), enriching()], DatasetStatus::ReadOnly);
        assert_eq!(name_given([ready(), training()]), "Penguins (cloned)");
    }

    #[test]
    fn what_is_not_there_is_not_found_and_a_moved_snapshot_conflicts() {
        let check = |events: Vec<Event>, expected| {
            given(events)
                .when(|it| decide(it.dataset(), it.project(), &of_snapshot()))
                .refuses(expected);
        };
        let first = || snapshot_of(1, version(0, 0)).into();
        check(vec![ready()], not_found("snapshot"));
        check(
            vec![ready(), first(), snapshot_deleted(1)],
            not_found("snapshot"),
        );
        check(vec![ready(), first(), deleted()], not_found("dataset"));
        let elsewhere = snapshot_of(1, version(1, 4)).into();
        check(
            vec![ready(), committed(0, 4).into(), elsewhere],
            conflict(1),
        );
    }
}
