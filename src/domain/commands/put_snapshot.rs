//! Puts a snapshot under a name: moves the one that a caller asked for by that name, or creates
//! it. However many ask together, one is made.
//!
//! Only snapshots that a caller asked for are moved; a name that another has is taken.

use super::create_snapshot::{self, CreateSnapshot};
use super::move_snapshot::{self, MoveSnapshot};
use super::{Decision, Once};
use crate::domain::Dataset;
use crate::domain::ids::SnapshotId;
use crate::domain::refusal::Refusal;

/// Asks that a name stand for a version, whether or not it has stood for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutSnapshot {
    /// The snapshot to be made if there is none of that name. One that is moved takes the version
    /// and the description from it, and keeps its id and number.
    pub create: CreateSnapshot,
}

/// Refuses as [`create_snapshot::decide`] and [`move_snapshot::decide`] do.
pub fn decide(
    dataset: &Dataset,
    command: &PutSnapshot,
) -> Result<(Once<SnapshotId>, Decision), Refusal> {
    let create = &command.create;
    dataset.must_live()?;
    let named = create.name.as_ref();
    let named = named.and_then(|name| dataset.snapshots.named(name));
    let Some(found) = named.filter(|snapshot| snapshot.reason == create.reason) else {
        let decision = create_snapshot::decide(dataset, create)?;
        return Ok((Once::Made(create.snapshot), decision));
    };
    let to = MoveSnapshot {
        snapshot: found.id,
        version: create.version,
        if_version: create.if_version,
        description: Some(create.description.clone()),
    };
    let decision = move_snapshot::decide(dataset, &to)?;
    Ok((Once::Found(found.id), decision))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::commands::facts::{
        DATASET, committed, name, name_taken, named_snapshot, not_ready, ready, restoring,
        snapshot, version,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::{Event, SnapshotCreated, SnapshotMoved};
    use crate::domain::ids::Position;
    use crate::domain::refusal::Running;
    use crate::domain::values::{DatasetStatus, SnapshotReason};

    fn put(text: &str) -> PutSnapshot {
        PutSnapshot {
            create: CreateSnapshot {
                snapshot: snapshot(2),
                name: Some(name(text)),
                description: Arc::from("as of today"),
                version: Some((version(2, 1), Position(9))),
                if_version: None,
                trained_model: None,
                reason: SnapshotReason::Manual,
            },
        }
    }

    fn first() -> SnapshotCreated {
        named_snapshot(1, version(0, 0), "Baseline")
    }

    #[test]
    fn the_one_of_that_name_moves_and_keeps_its_id_and_number() {
        let moved = SnapshotMoved {
            dataset: DATASET,
            snapshot: snapshot(1),
            version: version(2, 1),
            asked: Some(Position(9)),
            becomes_current: true,
            description: Some(Arc::from("as of today")),
        };
        given([ready(), first().into(), committed(0, 1).into()])
            .when(|it| {
                let (once, decision) = decide(it.dataset(), &put("BASELINE"))?;
                assert_eq!(once, Once::Found(snapshot(1)));
                Ok(decision)
            })
            .then([moved.into()]);
    }

    #[test]
    fn a_name_that_is_free_is_given_to_a_new_one() {
        let made = SnapshotCreated {
            description: Arc::from("as of today"),
            asked: Some(Position(9)),
            ..named_snapshot(2, version(2, 1), "Another")
        };
        given([ready(), first().into(), committed(0, 1).into()])
            .when(|it| {
                let (once, decision) = decide(it.dataset(), &put("Another"))?;
                assert_eq!(once, Once::Made(snapshot(2)));
                Ok(decision)
            })
            .then([made.into()]);
    }

    #[test]
    fn it_is_refused_as_a_creation_and_as_a_move() {
        let check = |events: Vec<Event>, text, refusal| {
            let given = given(events);
            assert_eq!(decide(given.dataset(), &put(text)), Err(refusal));
        };
        let auto = SnapshotCreated {
            reason: SnapshotReason::Auto,
            ..first()
        };
        check(
            vec![ready(), auto.into()],
            "Baseline",
            name_taken("Baseline"),
        );
        for text in ["Baseline", "Another"] {
            let running = Running::Restore;
            let events = vec![ready(), first().into(), restoring().into()];
            check(events, text, Refusal::OperationRunning { running });
        }
        let draft = crate::domain::commands::facts::in_status(DatasetStatus::Draft);
        check(vec![draft], "Another", not_ready(DatasetStatus::Draft));
    }
}
