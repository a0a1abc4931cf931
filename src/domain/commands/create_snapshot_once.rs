//! Creates a snapshot unless a caller has asked for it before: of that name, or of that place in
//! the log. Then that one is the answer, as it is.
//!
//! Only snapshots that a caller asked for count. However many ask together, one is made.

use super::create_snapshot::{self, CreateSnapshot};
use super::{Decision, Once};
use crate::domain::Dataset;
use crate::domain::dataset::SnapshotState;
use crate::domain::ids::{Position, SnapshotId};
use crate::domain::refusal::Refusal;
use crate::domain::values::Version;

/// Asks for a snapshot of a name, or of a place in the log, that may exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateSnapshotOnce {
    /// The snapshot to be made if there is none.
    pub create: CreateSnapshot,
    /// Whether the position asked for is the very one that made the version. Then a snapshot of
    /// that version for which no position was given is the one asked for too.
    pub is_version_itself: bool,
}

/// Finds by name before it finds by place; of one that is found nothing is decided. Otherwise
/// refuses as [`create_snapshot::decide`] does: a name that only a snapshot made by a change has
/// is `NAME_TAKEN`.
pub fn decide(
    dataset: &Dataset,
    command: &CreateSnapshotOnce,
) -> Result<(Once<SnapshotId>, Decision), Refusal> {
    dataset.must_live()?;
    let create = &command.create;
    let named = create.name.as_ref();
    let named = named.and_then(|name| dataset.snapshots.named(name));
    let named = named.filter(|snapshot| snapshot.reason == create.reason);
    let found = named.or_else(|| {
        let (version, asked) = create.version?;
        let exact = command.is_version_itself.then_some(version);
        let holds = |snapshot: &SnapshotState| is_of(snapshot, asked, exact);
        dataset.snapshots.oldest_manual(holds)
    });
    if let Some(found) = found {
        return Ok((Once::Found(found.id), Decision::default()));
    }
    let decision = create_snapshot::decide(dataset, create)?;
    Ok((Once::Made(create.snapshot), decision))
}

/// Whether this is a snapshot of that place: by the position given for it, or by the version that
/// was made there.
fn is_of(snapshot: &SnapshotState, asked: Position, exact: Option<Version>) -> bool {
    match snapshot.asked {
        Some(position) => position == asked,
        None => exact.is_some_and(|version| version.revision == snapshot.version.revision),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        committed, deleted, name, name_taken, named_snapshot, not_found, ready, restoring,
        snapshot, snapshot_deleted, snapshot_of, version,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::{Event, SnapshotCreated};
    use crate::domain::refusal::Running;
    use crate::domain::values::SnapshotReason;
    use std::sync::Arc;

    fn asked(number: u32, text: &str, version: Option<(Version, Position)>) -> CreateSnapshotOnce {
        CreateSnapshotOnce {
            create: CreateSnapshot {
                snapshot: snapshot(number),
                name: Some(name(text)),
                description: Arc::from(""),
                version,
                if_version: None,
                trained_model: None,
                reason: SnapshotReason::Manual,
            },
            is_version_itself: false,
        }
    }

    fn of_place(position: u64) -> SnapshotCreated {
        SnapshotCreated {
            asked: Some(Position(position)),
            ..named_snapshot(1, version(0, 0), "Baseline")
        }
    }

    #[track_caller]
    fn check(events: Vec<Event>, command: &CreateSnapshotOnce, found: Option<u32>) {
        let given = given(events);
        let (once, decision) = decide(given.dataset(), command).expect("not refused");
        let expected = match found {
            Some(number) => Once::Found(snapshot(number)),
            None => Once::Made(command.create.snapshot),
        };
        assert_eq!(once, expected);
        assert_eq!(decision.dataset.is_empty(), found.is_some());
    }

    #[test]
    fn the_one_of_that_name_is_found_whatever_its_case_and_version() {
        let first = || vec![ready(), of_place(7).into(), committed(0, 1).into()];
        check(first(), &asked(2, "BASELINE", None), Some(1));
        let elsewhere = Some((version(2, 1), Position(9)));
        check(first(), &asked(2, "Baseline", elsewhere), Some(1));
        check(first(), &asked(2, "Another", elsewhere), None);
    }

    #[test]
    fn the_one_of_that_place_is_found_whatever_its_name() {
        let first = || vec![ready(), of_place(7).into()];
        let at = |position| Some((version(0, 0), Position(position)));
        check(first(), &asked(2, "Again", at(7)), Some(1));
        // The same version under another place in the log is another wish.
        check(first(), &asked(2, "Again", at(8)), None);
    }

    #[test]
    fn one_made_without_a_place_is_found_at_the_place_of_its_version() {
        let first = || {
            let first = named_snapshot(1, version(0, 0), "Baseline");
            vec![ready(), first.into()]
        };
        let exact = CreateSnapshotOnce {
            is_version_itself: true,
            ..asked(2, "Again", Some((version(0, 0), Position(5))))
        };
        check(first(), &exact, Some(1));
        check(first(), &asked(2, "Again", exact.create.version), None);
    }

    #[test]
    fn a_name_goes_before_a_place_and_the_oldest_before_the_rest() {
        let second = SnapshotCreated {
            snapshot: snapshot(2),
            number: 2,
            name: Some(name("Second")),
            ..of_place(7)
        };
        let both = || vec![ready(), of_place(7).into(), second.clone().into()];
        let at = Some((version(0, 0), Position(7)));
        check(both(), &asked(3, "Second", at), Some(2));
        check(both(), &asked(3, "Third", at), Some(1));
    }

    #[test]
    fn deleted_ones_and_those_of_a_change_do_not_count() {
        let at = Some((version(0, 0), Position(7)));
        let gone = vec![ready(), of_place(7).into(), snapshot_deleted(1)];
        check(gone, &asked(2, "Baseline", at), None);
        let auto = SnapshotCreated {
            reason: SnapshotReason::Auto,
            ..of_place(7)
        };
        let events = vec![ready(), auto.clone().into()];
        check(events, &asked(2, "Another", at), None);
        let given = given([ready(), auto.into()]);
        let refused = decide(given.dataset(), &asked(2, "Baseline", at));
        assert_eq!(refused, Err(name_taken("Baseline")));
    }

    #[test]
    fn what_exists_is_found_while_nothing_can_be_made() {
        let first = snapshot_of(1, version(0, 0));
        let named = SnapshotCreated {
            name: Some(name("Baseline")),
            ..first
        };
        let events = vec![ready(), named.into(), restoring().into()];
        check(events.clone(), &asked(2, "Baseline", None), Some(1));
        let given_events = given(events);
        let refused = decide(given_events.dataset(), &asked(2, "Another", None));
        let running = Running::Restore;
        assert_eq!(refused, Err(Refusal::OperationRunning { running }));
        let gone = given([ready(), deleted()]);
        let refused = decide(gone.dataset(), &asked(2, "Baseline", None));
        assert_eq!(refused, Err(not_found("dataset")));
    }
}
