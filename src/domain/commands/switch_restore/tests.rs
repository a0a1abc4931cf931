//! The switch of a restore: what it makes current, names, and gives back.

use super::*;
use crate::domain::commands::facts::{
    DATASET, TASK, added, committed, in_status, listed, name, ready, restore_queued, restoring,
    root, snapshot, snapshot_deleted, snapshot_of, version,
};
use crate::domain::commands::given::{Given, given};
use crate::domain::event::RestoreBegun;
use crate::domain::values::TaskPhase;

fn switch() -> SwitchRestore {
    SwitchRestore {
        task: TASK,
        summary: added(3),
        steps: 12,
    }
}

fn restored(current: Option<u32>) -> SnapshotRestored {
    SnapshotRestored {
        dataset: DATASET,
        task: TASK,
        target: version(0, 0),
        snapshot: None,
        root_before: root(1),
        summary: added(3),
        current: current.map(snapshot),
        status: DatasetStatus::Ready,
    }
}

fn completed(result: u64) -> Event {
    TaskCompleted {
        task: TASK,
        summary: Some(added(3)),
        steps: 12,
        result: Some(Revision(result)),
    }
    .into()
}

fn first() -> Event {
    snapshot_of(1, version(0, 0)).into()
}

fn of_snapshot() -> RestoreBegun {
    RestoreBegun {
        snapshot: Some(snapshot(1)),
        ..restoring()
    }
}

fn decided(given: &Given) -> Result<Decision, Refusal> {
    decide(Some(given.project()), given.dataset(), &switch())
}

#[test]
fn the_whole_content_changes_and_the_restored_snapshot_is_current() {
    let events = [
        ready(),
        first(),
        committed(0, 1).into(),
        snapshot_of(2, version(2, 1)).into(),
        of_snapshot().into(),
        restore_queued(),
    ];
    let expected = SnapshotRestored {
        snapshot: Some(snapshot(1)),
        ..restored(Some(1))
    };
    let after = given(events)
        .when(decided)
        .then([expected.into(), completed(5)]);
    let dataset = after.dataset();
    assert_eq!(dataset.head, version(5, 0));
    assert_eq!(
        (dataset.status, dataset.running()),
        (DatasetStatus::Ready, None)
    );
    assert_eq!(dataset.current, Some(snapshot(1)));
    assert_eq!(after.task().phase, TaskPhase::Completed);
    after.when(decided).refuses(Refusal::TaskEnded);
}

#[test]
fn a_dataset_that_was_in_error_is_ready_after() {
    let before = in_status(DatasetStatus::Error);
    let events = [
        before,
        committed(0, 1).into(),
        restoring().into(),
        restore_queued(),
    ];
    let after = given(events)
        .when(decided)
        .then([restored(None).into(), completed(3)]);
    assert_eq!(after.dataset().status, DatasetStatus::Ready);
}

#[test]
fn the_state_before_is_named_when_that_was_asked_for() {
    let begun = RestoreBegun {
        safety_snapshot: Some(snapshot(2)),
        ..of_snapshot()
    };
    let safety = SnapshotCreated {
        reason: SnapshotReason::Restore,
        description: Arc::from("The state before the restore of snapshot 1"),
        ..snapshot_of(2, version(2, 1))
    };
    let expected = SnapshotRestored {
        snapshot: Some(snapshot(1)),
        ..restored(Some(1))
    };
    let after = given([
        ready(),
        first(),
        committed(0, 1).into(),
        begun.into(),
        restore_queued(),
    ])
    .when(decided)
    .then([safety.into(), expected.into(), completed(5)]);
    assert_eq!(after.dataset().current, Some(snapshot(1)));
    assert_eq!(after.dataset().head, version(5, 0));
}

#[test]
fn a_bare_version_makes_its_newest_live_snapshot_current() {
    let check = |deleted: &[u32], expected| {
        let mut events = vec![
            ready(),
            first(),
            snapshot_of(2, version(0, 0)).into(),
            committed(0, 1).into(),
            snapshot_of(3, version(3, 1)).into(),
        ];
        events.extend(deleted.iter().map(|number| snapshot_deleted(*number)));
        events.push(restoring().into());
        let decision = decided(&given(events)).expect("a switch");
        assert_eq!(decision.dataset, [restored(expected).into()]);
    };
    check(&[], Some(2));
    check(&[2], Some(1));
    check(&[1, 2], None);
}

#[test]
fn a_snapshot_deleted_meanwhile_is_not_current() {
    let expected = SnapshotRestored {
        snapshot: Some(snapshot(1)),
        ..restored(None)
    };
    given([
        ready(),
        first(),
        committed(0, 1).into(),
        of_snapshot().into(),
        restore_queued(),
        snapshot_deleted(1),
    ])
    .when(decided)
    .then([expected.into(), completed(5)]);
}

#[test]
fn the_safety_snapshot_is_the_newest_when_nothing_changes() {
    let begun = RestoreBegun {
        safety_snapshot: Some(snapshot(2)),
        ..restoring()
    };
    let safety = SnapshotCreated {
        reason: SnapshotReason::Restore,
        description: Arc::from("The state before the restore of an older version"),
        ..snapshot_of(2, version(0, 0))
    };
    let expected = SnapshotRestored {
        root_before: root(0),
        ..restored(Some(2))
    };
    given([ready(), first(), begun.into(), restore_queued()])
        .when(decided)
        .then([safety.into(), expected.into(), completed(4)]);
}

#[test]
fn a_restore_that_does_not_run_or_is_another_s_has_ended() {
    given([ready(), restore_queued()])
        .when(decided)
        .refuses(Refusal::TaskEnded);
    let other = RestoreBegun {
        task: TaskId(uuid::Uuid::from_u128(99)),
        ..restoring()
    };
    given([ready(), other.into()])
        .when(decided)
        .refuses(Refusal::TaskEnded);
}

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
