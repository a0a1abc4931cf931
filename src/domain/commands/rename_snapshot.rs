//! Gives a snapshot another name, another description, or both. Its version stays.

use std::sync::Arc;

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::SnapshotRenamed;
use crate::domain::ids::SnapshotId;
use crate::domain::refusal::Refusal;
use crate::domain::values::{Name, check_description};

/// Asks for other words; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameSnapshot {
    /// Which.
    pub snapshot: SnapshotId,
    /// The new name.
    pub name: Option<Name>,
    /// The new description; may be empty.
    pub description: Option<Arc<str>>,
}

/// Refuses with `NOT_FOUND`, `NOTHING_TO_UPDATE`, `BAD_INPUT` (the description) or `NAME_TAKEN`.
/// The name it has now is free, in any case.
pub fn decide(dataset: &Dataset, command: &RenameSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    dataset.live_snapshot(command.snapshot)?;
    if command.name.is_none() && command.description.is_none() {
        return Err(Refusal::NothingToUpdate);
    }
    if let Some(description) = &command.description {
        check_description("description", description)?;
    }
    if let Some(name) = &command.name {
        dataset.must_be_free(name, command.snapshot)?;
    }
    let renamed = SnapshotRenamed {
        dataset: dataset.id,
        snapshot: command.snapshot,
        name: command.name.clone(),
        description: command.description.clone(),
    };
    Ok(Decision {
        dataset: vec![renamed.into()],
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
    use crate::domain::commands::given::given;
    use crate::domain::event::Event;

    fn rename(text: &str) -> RenameSnapshot {
        RenameSnapshot {
            snapshot: snapshot(1),
            name: Some(name(text)),
            description: None,
        }
    }

    fn renamed(command: &RenameSnapshot) -> Event {
        SnapshotRenamed {
            dataset: DATASET,
            snapshot: command.snapshot,
            name: command.name.clone(),
            description: command.description.clone(),
        }
        .into()
    }

    fn baseline() -> Event {
        named_snapshot(1, version(0, 0), "Baseline").into()
    }

    #[test]
    fn a_new_name_is_taken_and_the_old_one_free() {
        let after = given([ready(), baseline()])
            .when(|it| decide(it.dataset(), &rename("Clean")))
            .then([renamed(&rename("Clean"))]);
        let snapshots = &after.dataset().snapshots;
        assert!(snapshots.named(&name("baseline")).is_none());
        assert_eq!(
            snapshots.named(&name("CLEAN")).map(|found| found.id),
            Some(snapshot(1))
        );
    }

    #[test]
    fn its_own_name_in_another_case_is_free() {
        given([ready(), baseline()])
            .when(|it| decide(it.dataset(), &rename("BASELINE")))
            .then([renamed(&rename("BASELINE"))]);
    }

    #[test]
    fn a_description_alone_leaves_the_name() {
        let command = RenameSnapshot {
            name: None,
            description: Some(Arc::from("")),
            ..rename("x")
        };
        let after = given([ready(), baseline()])
            .when(|it| decide(it.dataset(), &command))
            .then([renamed(&command)]);
        assert!(after.dataset().snapshots.named(&name("Baseline")).is_some());
    }

    #[test]
    fn the_name_of_another_is_taken() {
        let other = named_snapshot(2, version(0, 0), "Clean").into();
        given([ready(), baseline(), other])
            .when(|it| decide(it.dataset(), &rename("clean")))
            .refuses(name_taken("clean"));
    }

    #[test]
    fn nothing_or_too_much_is_refused() {
        let nothing = RenameSnapshot {
            name: None,
            ..rename("x")
        };
        given([ready(), baseline()])
            .when(|it| decide(it.dataset(), &nothing))
            .refuses(Refusal::NothingToUpdate);
        let long = RenameSnapshot {
            description: Some(Arc::from("x".repeat(10_001))),
            ..nothing
        };
        given([ready(), baseline()])
            .when(|it| decide(it.dataset(), &long))
            .refuses_field("description");
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        given([ready()])
            .when(|it| decide(it.dataset(), &rename("Clean")))
            .refuses(not_found("snapshot"));
        given([ready(), baseline(), snapshot_deleted(1)])
            .when(|it| decide(it.dataset(), &rename("Clean")))
            .refuses(not_found("snapshot"));
        given([ready(), snapshot_of(1, version(0, 0)).into(), deleted()])
            .when(|it| decide(it.dataset(), &rename("Clean")))
            .refuses(not_found("dataset"));
    }
}
