//! What the switch of a restore gives back beside the content, and what it names.

use std::sync::Arc;

use super::tests::{completed, decided, first, of_snapshot, restored};
use super::*;
use crate::domain::commands::facts::{
    DATASET, committed, listed, name, ready, restore_queued, root, snapshot, snapshot_of, version,
};
use crate::domain::commands::given::given;
use crate::domain::event::RestoreBegun;

fn with_words(text: &str) -> RestoreBegun {
    RestoreBegun {
        result_snapshot: Some(snapshot(2)),
        words: Some(DatasetWords {
            name: name(text),
            description: Arc::from("As they were"),
        }),
        ..of_snapshot()
    }
}

/// The snapshot of what `with_words` restored at a revision, under this name.
fn result(revision: u64, text: &str) -> SnapshotCreated {
    SnapshotCreated {
        reason: SnapshotReason::Restore,
        description: Arc::from("The state after the restore of snapshot 1"),
        dataset_name: name(text),
        dataset_description: Arc::from("As they were"),
        restored_from: Some(snapshot(1)),
        ..snapshot_of(2, version(revision, 0))
    }
}

fn updated(text: Option<&str>) -> DatasetUpdated {
    DatasetUpdated {
        dataset: DATASET,
        name: text.map(name),
        description: Some(Arc::from("As they were")),
        metadata: None,
        snapshots_enabled: None,
    }
}

#[test]
fn the_version_restored_is_named_and_the_old_words_are_back() {
    let expected = SnapshotRestored {
        snapshot: Some(snapshot(1)),
        ..restored(Some(1))
    };
    let after = given([
        ready(),
        first(),
        committed(0, 1).into(),
        with_words("Gentoos").into(),
        restore_queued(),
    ])
    .when(decided)
    .then([
        listed(0xD, "Gentoos"),
        expected.into(),
        updated(Some("Gentoos")).into(),
        result(4, "Gentoos").into(),
        completed(4),
    ]);
    let dataset = after.dataset();
    assert_eq!(dataset.name, name("Gentoos"));
    assert_eq!(
        (dataset.head, dataset.current),
        (version(4, 0), Some(snapshot(2)))
    );
    assert_eq!(
        after.project().dataset_named(&name("gentoos")),
        Some(DATASET)
    );
}

#[test]
fn a_name_that_another_has_by_now_stays_with_it() {
    let expected = SnapshotRestored {
        snapshot: Some(snapshot(1)),
        root_before: root(0),
        ..restored(Some(1))
    };
    let after = given([
        ready(),
        listed(0xD, "Penguins"),
        listed(1, "Gentoos"),
        first(),
        with_words("GENTOOS").into(),
        restore_queued(),
    ])
    .when(decided)
    .then([
        expected.into(),
        updated(None).into(),
        result(3, "Penguins").into(),
        completed(3),
    ]);
    assert_eq!(&*after.dataset().description, "As they were");
}

#[test]
fn words_that_have_not_changed_are_not_told_again() {
    let words = DatasetWords {
        name: name("Penguins"),
        description: Arc::from("As measured"),
    };
    let begun = RestoreBegun {
        words: Some(words),
        ..of_snapshot()
    };
    let expected = SnapshotRestored {
        snapshot: Some(snapshot(1)),
        root_before: root(0),
        ..restored(Some(1))
    };
    given([ready(), first(), begun.into(), restore_queued()])
        .when(decided)
        .then([expected.into(), completed(3)]);
}

#[test]
fn the_states_before_and_after_are_numbered_in_their_order() {
    let begun = RestoreBegun {
        safety_snapshot: Some(snapshot(2)),
        result_snapshot: Some(snapshot(3)),
        ..of_snapshot()
    };
    let decision = decided(&given([
        ready(),
        first(),
        committed(0, 1).into(),
        begun.into(),
        restore_queued(),
    ]));
    let decision = decision.expect("a switch");
    let [
        Event::SnapshotCreated(before),
        Event::SnapshotRestored(_),
        Event::SnapshotCreated(after),
    ] = &decision.dataset[..]
    else {
        panic!("{decision:?}");
    };
    assert_eq!((before.number, before.version), (2, version(2, 1)));
    assert_eq!((after.number, after.version), (3, version(5, 0)));
}
