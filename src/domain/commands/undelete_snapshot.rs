//! Brings a deleted snapshot back, with its number and version, under its old name or a new one.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::SnapshotUndeleted;
use crate::domain::ids::SnapshotId;
use crate::domain::refusal::Refusal;
use crate::domain::values::Name;

/// Asks that a snapshot come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndeleteSnapshot {
    /// Which.
    pub snapshot: SnapshotId,
    /// Its new name; none: the one it had, if it had one.
    pub name: Option<Name>,
}

/// Refuses with `NOT_FOUND` (also when it is not deleted) or `NAME_TAKEN`.
pub fn decide(dataset: &Dataset, command: &UndeleteSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    let snapshot = dataset
        .snapshots
        .get(command.snapshot)
        .filter(|snapshot| snapshot.deleted)
        .ok_or(Refusal::NotFound {
            what: "deleted snapshot",
        })?;
    if let Some(name) = command.name.as_ref().or(snapshot.name.as_ref()) {
        dataset.must_be_free(name, command.snapshot)?;
    }
    let undeleted = SnapshotUndeleted {
        dataset: dataset.id,
        snapshot: command.snapshot,
        name: command.name.clone(),
    };
    Ok(Decision {
        dataset: vec![undeleted.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, deleted, name, name_taken, named_snapshot, not_found, ready, snapshot,
        snapshot_deleted, snapshot_of, version,
    };
    use crate::domain::commands::given::{Given, given};
    use crate::domain::event::Event;

    fn undelete(new: Option<&str>) -> impl FnOnce(&Given) -> Result<Decision, Refusal> {
        let command = UndeleteSnapshot {
            snapshot: snapshot(1),
            name: new.map(name),
        };
        move |it| decide(it.dataset(), &command)
    }

    fn undeleted(new: Option<&str>) -> Event {
        SnapshotUndeleted {
            dataset: DATASET,
            snapshot: snapshot(1),
            name: new.map(name),
        }
        .into()
    }

    fn first() -> Event {
        named_snapshot(1, version(0, 0), "Baseline").into()
    }

    /// While the first was away, another took its name.
    fn usurper() -> Event {
        named_snapshot(2, version(0, 0), "BASELINE").into()
    }

    #[test]
    fn it_comes_back_under_its_old_name_and_is_not_current() {
        let after = given([ready(), first(), snapshot_deleted(1)])
            .when(undelete(None))
            .then([undeleted(None)]);
        let dataset = after.dataset();
        let found = dataset
            .snapshots
            .named(&name("baseline"))
            .expect("the snapshot");
        assert_eq!((found.id, found.number), (snapshot(1), 1));
        assert_eq!(dataset.current, None);
    }

    #[test]
    fn a_taken_name_needs_a_new_one() {
        let events = || [ready(), first(), snapshot_deleted(1), usurper()];
        given(events())
            .when(undelete(None))
            .refuses(name_taken("Baseline"));
        given(events())
            .when(undelete(Some("baseline")))
            .refuses(name_taken("baseline"));
        let after = given(events())
            .when(undelete(Some("Older")))
            .then([undeleted(Some("Older"))]);
        let snapshots = &after.dataset().snapshots;
        assert_eq!(
            snapshots.named(&name("older")).map(|found| found.id),
            Some(snapshot(1))
        );
        assert_eq!(
            snapshots.named(&name("baseline")).map(|found| found.id),
            Some(snapshot(2))
        );
    }

    #[test]
    fn a_nameless_one_needs_no_name() {
        let nameless = snapshot_of(1, version(0, 0)).into();
        given([ready(), nameless, snapshot_deleted(1), usurper()])
            .when(undelete(None))
            .then([undeleted(None)]);
    }

    #[test]
    fn what_is_not_deleted_is_not_found() {
        given([ready()])
            .when(undelete(None))
            .refuses(not_found("deleted snapshot"));
        given([ready(), first()])
            .when(undelete(None))
            .refuses(not_found("deleted snapshot"));
        given([ready(), first(), snapshot_deleted(1), deleted()])
            .when(undelete(None))
            .refuses(not_found("dataset"));
    }
}
