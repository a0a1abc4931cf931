//! What a task is after its events.

use super::*;
use crate::domain::commands::facts::{DATASET, PROJECT, TASK, import_queued, restore_queued};
use crate::domain::event::{TaskCancelled, TaskClaimed, TaskCompleted, TaskFailed, TaskProgressed};

fn after(events: &[Event]) -> Task {
    let mut task = Task::begin(&import_queued()).expect("a task begins queued");
    for event in events {
        task.evolve(event);
    }
    task
}

fn claimed(node: &str) -> Event {
    TaskClaimed {
        task: TASK,
        node: Arc::from(node),
        lease_until: DateTime::UNIX_EPOCH,
    }
    .into()
}

fn progressed(phase: TaskPhase) -> Event {
    TaskProgressed {
        task: TASK,
        phase,
        done: 1,
        total: None,
    }
    .into()
}

#[test]
fn a_task_begins_queued_and_with_nothing_else() {
    assert_eq!(Task::begin(&claimed("one")), None);
    let task = after(&[]);
    assert_eq!(
        (task.id, task.project, task.dataset),
        (TASK, PROJECT, DATASET)
    );
    assert_eq!((task.phase, task.lease), (TaskPhase::Queued, None));
    assert_eq!(task.revision, Revision::FIRST);
}

#[test]
fn the_last_claim_and_the_last_phase_count() {
    let task = after(&[
        claimed("one"),
        progressed(TaskPhase::Staging),
        claimed("two"),
        progressed(TaskPhase::Switching),
    ]);
    assert_eq!(task.phase, TaskPhase::Switching);
    assert_eq!(task.lease.as_ref().map(|lease| &*lease.node), Some("two"));
    assert_eq!(task.revision, Revision(4));
    assert_eq!(task.must_go_on(), Ok(()));
}

#[test]
fn each_end_is_an_end() {
    let check = |event: Event, phase| {
        let task = after(&[event]);
        assert_eq!(task.phase, phase);
        assert_eq!(task.must_go_on(), Err(Refusal::TaskEnded));
    };
    let completed = TaskCompleted {
        task: TASK,
        summary: None,
        steps: 0,
        result: None,
    };
    let failed = TaskFailed {
        task: TASK,
        error: Arc::from("no"),
    };
    check(completed.into(), TaskPhase::Completed);
    check(failed.into(), TaskPhase::Failed);
    check(TaskCancelled { task: TASK }.into(), TaskPhase::Cancelled);
}

#[test]
fn only_an_import_is_one() {
    assert_eq!(after(&[]).must_be_import(), Ok(()));
    let restore = Task::begin(&restore_queued()).expect("a task begins queued");
    assert!(restore.must_be_import().is_err());
}
