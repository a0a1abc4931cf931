//! Moves a snapshot to another version. Id, number and name stay.

use std::sync::Arc;

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::SnapshotMoved;
use crate::domain::ids::{Position, Revision, SnapshotId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{Version, check_description};

/// Asks that a snapshot name another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveSnapshot {
    /// Which.
    pub snapshot: SnapshotId,
    /// The version to name, with the position by which it was asked for; none: the head.
    pub version: Option<(Version, Position)>,
    /// The revision of the version that the caller saw, when it must still be the current one.
    pub if_version: Option<Revision>,
    /// The new description; none: it stays.
    pub description: Option<Arc<str>>,
}

/// Refuses with `NOT_FOUND`, `BAD_INPUT` (the description), `SNAPSHOTS_DISABLED`,
/// `OPERATION_RUNNING`, `DATASET_NOT_READY` or `VERSION_CONFLICT`.
pub fn decide(dataset: &Dataset, command: &MoveSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    dataset.live_snapshot(command.snapshot)?;
    if let Some(description) = &command.description {
        check_description("description", description)?;
    }
    dataset.must_take_snapshots()?;
    dataset.must_be_at(command.if_version)?;
    let version = command.version.map_or(dataset.head, |(version, _)| version);
    let moved = SnapshotMoved {
        dataset: dataset.id,
        snapshot: command.snapshot,
        version,
        asked: command.version.map(|(_, asked)| asked),
        becomes_current: version.revision == dataset.head.revision,
        description: command.description.clone(),
    };
    Ok(Decision {
        dataset: vec![moved.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, committed, conflict, created_in, deleted, enriching, name, named_snapshot,
        not_found, not_ready, ready, restoring, snapshot, snapshot_deleted, snapshot_of, training,
        version,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::{DatasetCreated, Event};
    use crate::domain::refusal::Running;
    use crate::domain::values::{DatasetStatus, OperationKind};

    fn to(version: Option<(Version, Position)>) -> MoveSnapshot {
        MoveSnapshot {
            snapshot: snapshot(1),
            version,
            if_version: None,
            description: None,
        }
    }

    fn moved(command: &MoveSnapshot, version: Version, becomes_current: bool) -> Event {
        SnapshotMoved {
            dataset: DATASET,
            snapshot: command.snapshot,
            version,
            asked: command.version.map(|(_, asked)| asked),
            becomes_current,
            description: command.description.clone(),
        }
        .into()
    }

    fn first() -> Event {
        named_snapshot(1, version(0, 0), "Baseline").into()
    }

    #[test]
    fn moved_to_the_head_it_is_current_and_keeps_number_and_name() {
        let command = to(None);
        let after = given([
            ready(),
            first(),
            snapshot_of(2, version(0, 0)).into(),
            committed(0, 1).into(),
            training(),
        ])
        .when(|it| decide(it.dataset(), &command))
        .then([moved(&command, version(3, 1), true)]);
        let dataset = after.dataset();
        let found = dataset
            .snapshots
            .named(&name("baseline"))
            .expect("the snapshot");
        assert_eq!((found.number, found.version), (1, version(3, 1)));
        assert_eq!(
            (dataset.current, dataset.next_number),
            (Some(snapshot(1)), 3)
        );
    }

    #[test]
    fn moved_to_an_older_version_it_leaves_the_current_one() {
        let command = to(Some((version(0, 0), Position(5))));
        let after = given([
            ready(),
            committed(0, 1).into(),
            snapshot_of(1, version(1, 1)).into(),
            snapshot_of(2, version(1, 1)).into(),
        ])
        .when(|it| decide(it.dataset(), &command))
        .then([moved(&command, version(0, 0), false)]);
        assert_eq!(after.dataset().current, Some(snapshot(2)));
    }

    #[test]
    fn it_is_refused_when_a_snapshot_could_not_be_created() {
        let check = |events: Vec<Event>, expected| {
            given(events)
                .when(|it| decide(it.dataset(), &to(None)))
                .refuses(expected);
        };
        let disabled = DatasetCreated {
            snapshots_enabled: false,
            ..created_in(DatasetStatus::Ready)
        };
        check(vec![disabled.into(), first()], Refusal::SnapshotsDisabled);
        let running = Running::Operation(OperationKind::Enrichment);
        let expected = Refusal::OperationRunning { running };
        check(vec![ready(), first(), enriching()], expected);
        let running = Running::Restore;
        let expected = Refusal::OperationRunning { running };
        check(vec![ready(), first(), restoring().into()], expected);
        for status in [DatasetStatus::PartialIndex, DatasetStatus::Error] {
            check(vec![created_in(status).into(), first()], not_ready(status));
        }
        check(vec![ready()], not_found("snapshot"));
        check(
            vec![ready(), first(), snapshot_deleted(1)],
            not_found("snapshot"),
        );
        check(vec![ready(), first(), deleted()], not_found("dataset"));
    }

    #[test]
    fn a_stale_version_or_a_long_description_is_refused() {
        let stale = MoveSnapshot {
            if_version: Some(Revision(0)),
            ..to(None)
        };
        given([ready(), first(), committed(0, 1).into()])
            .when(|it| decide(it.dataset(), &stale))
            .refuses(conflict(2));
        let long = MoveSnapshot {
            description: Some(Arc::from("x".repeat(10_001))),
            ..to(None)
        };
        given([ready(), first()])
            .when(|it| decide(it.dataset(), &long))
            .refuses_field("description");
    }
}
