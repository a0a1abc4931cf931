//! Samples of the events about tasks, and the other forms of events that have several.

use super::samples::{
    DATASET, OTHER_SNAPSHOT, PROJECT, SNAPSHOT, TASK, name, summary, text, time, version,
};
use crate::digest::Digest;
use crate::domain::event::*;
use crate::domain::ids::Revision;
use crate::domain::values::{CommitMode, DatasetStatus, TaskPhase};

pub(super) fn task() -> Vec<Event> {
    let task = TASK;
    let work = TaskWork::Restore {
        target: version(),
        snapshot: Some(SNAPSHOT),
    };
    vec![
        queued(work),
        Event::TaskClaimed(TaskClaimed {
            task,
            node: text("node-1"),
            lease_until: time(),
        }),
        Event::TaskProgressed(TaskProgressed {
            task,
            phase: TaskPhase::Verifying,
            done: 1_000,
            total: Some(4_000),
        }),
        Event::TaskCompleted(TaskCompleted {
            task,
            summary: Some(summary()),
            steps: 4_000,
            result: Some(Revision(12)),
        }),
        Event::TaskFailed(TaskFailed {
            task,
            error: text("line 7: no object"),
        }),
        Event::TaskCancelled(TaskCancelled { task }),
    ]
}

fn queued(work: TaskWork) -> Event {
    Event::TaskQueued(TaskQueued {
        task: TASK,
        project: PROJECT,
        dataset: DATASET,
        work,
    })
}

/// The form's name, and the event.
pub(super) fn other_forms() -> Vec<(&'static str, Event)> {
    let mode = CommitMode::Replace;
    let given_up = Event::RestoreGivenUp(RestoreGivenUp {
        dataset: DATASET,
        task: TASK,
        why: GivenUp::Cancelled,
        status: DatasetStatus::Error,
    });
    vec![
        ("clone", queued(TaskWork::Clone { snapshot: None })),
        ("import", queued(TaskWork::Import { mode })),
        ("cancelled", given_up),
    ]
}

pub(super) fn restore() -> Vec<Event> {
    let (dataset, task) = (DATASET, TASK);
    vec![
        Event::RestoreBegun(RestoreBegun {
            dataset,
            task,
            target: version(),
            snapshot: Some(SNAPSHOT),
            root_before: Digest::of(b"before"),
            safety_snapshot: Some(OTHER_SNAPSHOT),
            result_snapshot: Some(SNAPSHOT),
            words: Some(DatasetWords {
                name: name("Penguins"),
                description: text("as measured"),
            }),
        }),
        Event::SnapshotRestored(SnapshotRestored {
            dataset,
            task,
            target: version(),
            snapshot: Some(SNAPSHOT),
            root_before: Digest::of(b"before"),
            summary: summary(),
            current: Some(SNAPSHOT),
            status: DatasetStatus::PartialIndex,
        }),
        Event::RestoreGivenUp(RestoreGivenUp {
            dataset,
            task,
            why: GivenUp::Failed(text("a value is missing")),
            status: DatasetStatus::Ready,
        }),
    ]
}

/// A RestoreBegun as the first program wrote it.
pub(super) fn first_restore() -> Event {
    let mut events = restore();
    let Event::RestoreBegun(begun) = events.swap_remove(0) else {
        unreachable!("the first of these is a RestoreBegun");
    };
    let begun = RestoreBegun {
        result_snapshot: None,
        words: None,
        ..begun
    };
    begun.into()
}
