//! The switch of a restore: what it makes current, names, and gives back.

use super::*;
use crate::domain::commands::facts::{
    DATASET, TASK, added, committed, in_status, ready, restore_queued, restoring, root, snapshot,
    snapshot_deleted, snapshot_of, version,
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

pub(super) fn restored(current: Option<u32>) -> SnapshotRestored {
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

pub(super) fn completed(result: u64) -> Event {
    TaskCompleted {
        task: TASK,
        summary: Some(added(3)),
        steps: 12,
        result: Some(Revision(result)),
    }
    .into()
}

pub(super) fn first() -> Event {
    snapshot_of(1, version(0, 0)).into()
}

pub(super) fn of_snapshot() -> RestoreBegun {
    RestoreBegun {
        snapshot: Some(snapshot(1)),
        ..restoring()
    }
}

pub(super) fn decided(given: &Given) -> Result<Decision, Refusal> {
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
