//! Samples of the events about tasks, and the other forms of events that have several.

use super::samples::{DATASET, PROJECT, SNAPSHOT, TASK, summary, text, time, version};
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
