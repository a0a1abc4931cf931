//! Deletes a snapshot: hides it and frees its name. Its version stays readable.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::SnapshotDeleted;
use crate::domain::ids::SnapshotId;
use crate::domain::refusal::{Refusal, Running};

/// Asks that a snapshot be hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteSnapshot {
    /// Which.
    pub snapshot: SnapshotId,
    /// Whether also the current one may go; the dataset has none then until the next.
    pub even_if_current: bool,
}

/// Refuses with `NOT_FOUND`, `SNAPSHOT_IS_CURRENT`, or `OPERATION_RUNNING` for the snapshot that is
/// being restored.
pub fn decide(dataset: &Dataset, command: &DeleteSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    dataset.live_snapshot(command.snapshot)?;
    if dataset.current == Some(command.snapshot) && !command.even_if_current {
        return Err(Refusal::SnapshotIsCurrent);
    }
    let restored = dataset.restore.as_ref().and_then(|it| it.snapshot);
    if restored == Some(command.snapshot) && !command.even_if_current {
        // It is about to be the current one.
        let running = Running::Restore;
        return Err(Refusal::OperationRunning { running });
    }
    let deleted = SnapshotDeleted {
        dataset: dataset.id,
        snapshot: command.snapshot,
    };
    Ok(Decision {
        dataset: vec![deleted.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        deleted, name, named_snapshot, not_found, ready, restoring, snapshot, snapshot_deleted,
        snapshot_of, version,
    };
    use crate::domain::commands::given::{Given, given};
    use crate::domain::event::{Event, RestoreBegun};

    fn delete(even_if_current: bool) -> impl FnOnce(&Given) -> Result<Decision, Refusal> {
        move |it| {
            let command = DeleteSnapshot {
                snapshot: snapshot(1),
                even_if_current,
            };
            decide(it.dataset(), &command)
        }
    }

    fn first() -> Event {
        named_snapshot(1, version(0, 0), "Baseline").into()
    }

    #[test]
    fn a_deleted_snapshot_frees_its_name_but_not_its_number() {
        let after = given([ready(), first(), snapshot_of(2, version(0, 0)).into()])
            .when(delete(false))
            .then([snapshot_deleted(1)]);
        let dataset = after.dataset();
        assert!(dataset.snapshots.named(&name("Baseline")).is_none());
        assert_eq!(
            (dataset.current, dataset.next_number),
            (Some(snapshot(2)), 3)
        );
    }

    #[test]
    fn the_current_one_goes_only_when_that_is_meant() {
        given([ready(), first()])
            .when(delete(false))
            .refuses(Refusal::SnapshotIsCurrent);
        let after = given([ready(), first()])
            .when(delete(true))
            .then([snapshot_deleted(1)]);
        assert_eq!(after.dataset().current, None);
    }

    #[test]
    fn one_that_is_being_restored_goes_only_when_that_is_meant() {
        let restoring = || {
            let snapshot = Some(snapshot(1));
            let begun = RestoreBegun {
                snapshot,
                ..restoring()
            };
            given([
                ready(),
                first(),
                snapshot_of(2, version(0, 0)).into(),
                begun.into(),
            ])
        };
        let running = Running::Restore;
        restoring()
            .when(delete(false))
            .refuses(Refusal::OperationRunning { running });
        restoring().when(delete(true)).then([snapshot_deleted(1)]);
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        given([ready()])
            .when(delete(true))
            .refuses(not_found("snapshot"));
        given([ready(), first(), snapshot_deleted(1)])
            .when(delete(true))
            .refuses(not_found("snapshot"));
        given([ready(), first(), deleted()])
            .when(delete(true))
            .refuses(not_found("dataset"));
    }
}
