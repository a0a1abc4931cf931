//! What events do to tasks. They are obeyed, never judged.

use rusqlite::{OptionalExtension, params};

use crate::domain::event::{
    TaskCancelled, TaskClaimed, TaskCompleted, TaskFailed, TaskProgressed, TaskQueued, TaskWork,
};
use crate::domain::ids::{DatasetId, Position, Revision, TaskId};
use crate::domain::values::TaskPhase;
use crate::event_log::Recorded;
use crate::views::columns::{Columns, int, micros};
use crate::views::fault::ViewFault;
use crate::views::fold::Batch;

pub(in crate::views) fn queued(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &TaskQueued,
) -> Result<(), ViewFault> {
    let (target, mode) = match &event.work {
        TaskWork::Restore { target, .. } => (Some(int(target.revision.0)), None),
        TaskWork::Clone { .. } => (None, None),
        TaskWork::Import { mode } => (None, Some(mode.word())),
    };
    batch.execute(
        "INSERT INTO tasks (position, id, kind, project, dataset, snapshot, target_revision, mode,
             phase, done, created_by, created_at, correlation, revision)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?11, ?12, 0)",
        params![
            int(recorded.position.0),
            event.task.0.as_bytes(),
            event.work.kind().word(),
            event.project.0.as_bytes(),
            event.dataset.0.as_bytes(),
            event.work.snapshot().map(|id| id.0.into_bytes()),
            target,
            mode,
            TaskPhase::Queued.word(),
            recorded.context.actor,
            micros(recorded.recorded_at),
            recorded.context.correlation.map(|id| id.into_bytes()),
        ],
    )
}

pub(in crate::views) fn claimed(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &TaskClaimed,
) -> Result<(), ViewFault> {
    batch.change_one(
        ("task", recorded),
        "UPDATE tasks SET lease_node = ?2, lease_until = ?3, started_at = COALESCE(started_at, ?4)
         WHERE id = ?1",
        params![
            event.task.0.as_bytes(),
            event.node,
            micros(event.lease_until),
            micros(recorded.recorded_at),
        ],
    )
}

pub(in crate::views) fn progressed(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &TaskProgressed,
) -> Result<(), ViewFault> {
    batch.change_one(
        ("task", recorded),
        "UPDATE tasks SET phase = ?2, done = ?3, total = ?4, started_at = COALESCE(started_at, ?5)
         WHERE id = ?1",
        params![
            event.task.0.as_bytes(),
            event.phase.word(),
            int(event.done),
            event.total.map(int),
            micros(recorded.recorded_at),
        ],
    )
}

pub(in crate::views) fn completed(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &TaskCompleted,
) -> Result<(), ViewFault> {
    let result = match event.result {
        Some(revision) => result_position(batch, recorded, event.task, revision)?,
        None => None,
    };
    let summary = event.summary.as_ref();
    batch.change_one(
        ("task", recorded),
        "UPDATE tasks SET phase = ?2, done = ?3, total = ?3, added = ?4, removed = ?5,
             modified = ?6, unchanged = ?7, result_position = ?8, finished_at = ?9,
             started_at = COALESCE(started_at, ?9)
         WHERE id = ?1",
        params![
            event.task.0.as_bytes(),
            TaskPhase::Completed.word(),
            int(event.steps),
            summary.map(|summary| int(summary.added)),
            summary.map(|summary| int(summary.removed)),
            summary.map(|summary| int(summary.modified)),
            summary.map(|summary| int(summary.unchanged)),
            result.map(|position| int(position.0)),
            micros(recorded.recorded_at),
        ],
    )
}

/// Where the event of the dataset's stream stands that is the task's result. It is part of the same
/// append as the task's end and before it, as are all events of that stream since, so it lies as
/// far before the stream's last event in the log as it does in the stream.
fn result_position(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    task: TaskId,
    result: Revision,
) -> Result<Option<Position>, ViewFault> {
    let mut statement = batch
        .connection
        .prepare_cached("SELECT dataset FROM tasks WHERE id = ?1")?;
    let dataset = statement
        .query_row([task.0.as_bytes()], |row| Columns::of(row).id(DatasetId))
        .optional()?
        .ok_or(ViewFault::Missing {
            what: "task",
            position: recorded.position,
        })?;
    let head = batch.head(dataset, recorded)?;
    let since = head.revision.0.checked_sub(result.0);
    Ok(since.and_then(|since| head.last_position.0.checked_sub(since).map(Position)))
}

pub(in crate::views) fn failed(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &TaskFailed,
) -> Result<(), ViewFault> {
    end(batch, recorded, event.task, TaskPhase::Failed)?;
    batch.execute(
        "UPDATE tasks SET error = ?2 WHERE id = ?1",
        params![event.task.0.as_bytes(), event.error],
    )
}

pub(in crate::views) fn cancelled(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &TaskCancelled,
) -> Result<(), ViewFault> {
    end(batch, recorded, event.task, TaskPhase::Cancelled)
}

fn end(
    batch: &Batch<'_>,
    recorded: &Recorded,
    task: TaskId,
    phase: TaskPhase,
) -> Result<(), ViewFault> {
    batch.change_one(
        ("task", recorded),
        "UPDATE tasks SET phase = ?2, finished_at = ?3 WHERE id = ?1",
        params![
            task.0.as_bytes(),
            phase.word(),
            micros(recorded.recorded_at),
        ],
    )
}

/// The task's stream has come to this event.
pub(in crate::views) fn advance(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    task: TaskId,
) -> Result<(), ViewFault> {
    batch.change_one(
        ("task", recorded),
        "UPDATE tasks SET revision = ?2 WHERE id = ?1",
        params![task.0.as_bytes(), int(recorded.revision.0)],
    )
}
