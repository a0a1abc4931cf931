//! Switches a dataset to the version that its restore has verified: the whole content changes at
//! one event, and the restore has ended well.
//!
//! Meets a cancel at one revision of the dataset's stream, where only one of them can win.

use std::sync::Arc;

use super::Decision;
use crate::domain::Dataset;
use crate::domain::dataset::RunningRestore;
use crate::domain::event::{Event, SnapshotCreated, SnapshotRestored, TaskCompleted};
use crate::domain::ids::{SnapshotId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{ChangeSummary, DatasetStatus, SnapshotReason};

/// Asks that the restore of a task take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwitchRestore {
    /// The task.
    pub task: TaskId,
    /// What it changes.
    pub summary: ChangeSummary,
    /// The steps it took.
    pub steps: u64,
}

/// Refuses with `TASK_ENDED` when the restore that runs is not this task's.
pub fn decide(dataset: &Dataset, command: &SwitchRestore) -> Result<Decision, Refusal> {
    let restore = dataset.restore_of(command.task)?;
    let restored = SnapshotRestored {
        dataset: dataset.id,
        task: command.task,
        target: restore.target,
        snapshot: restore.snapshot,
        root_before: dataset.head.root,
        summary: command.summary,
        current: current_after(dataset, restore),
        status: DatasetStatus::Ready,
    };
    let mut events: Vec<Event> = Vec::with_capacity(2);
    let mut result = dataset.revision.next();
    if let Some(safety) = restore.safety_snapshot {
        events.push(safety_snapshot(dataset, restore, safety).into());
        result = result.next();
    }
    events.push(restored.into());
    let completed = TaskCompleted {
        task: command.task,
        summary: Some(command.summary),
        steps: command.steps,
        result: Some(result),
    };
    Ok(Decision {
        dataset: events,
        task: vec![completed.into()],
        ..Decision::default()
    })
}

/// The named snapshot if it is still there, else the newest live one of that content. The safety
/// snapshot is newer than all, and counts when the restore changes nothing.
fn current_after(dataset: &Dataset, restore: &RunningRestore) -> Option<SnapshotId> {
    let named = restore.snapshot.and_then(|id| dataset.snapshots.live(id));
    if let Some(named) = named {
        return Some(named.id);
    }
    if dataset.head.root == restore.target.root && restore.safety_snapshot.is_some() {
        return restore.safety_snapshot;
    }
    let newest = dataset.snapshots.newest_live_of(restore.target);
    newest.map(|snapshot| snapshot.id)
}

fn safety_snapshot(
    dataset: &Dataset,
    restore: &RunningRestore,
    safety: SnapshotId,
) -> SnapshotCreated {
    let target = restore.snapshot.and_then(|id| dataset.snapshots.get(id));
    let description = match target {
        Some(target) => format!("The state before the restore of snapshot {}", target.number),
        None => "The state before the restore of an older version".to_owned(),
    };
    SnapshotCreated {
        description: Arc::from(description),
        ..dataset.snapshot_of_head(safety, SnapshotReason::Restore)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, TASK, added, committed, in_status, ready, restore_queued, restoring, root,
        snapshot, snapshot_deleted, snapshot_of, version,
    };
    use crate::domain::commands::given::{Given, given};
    use crate::domain::event::RestoreBegun;
    use crate::domain::ids::Revision;
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
        decide(given.dataset(), &switch())
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
}
