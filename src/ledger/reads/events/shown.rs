//! One event as it is shown: what it says without bodies and secrets, and what it is about.

use serde_json::{Value, json};

use super::EventRow;
use super::home::Home;
use crate::domain::Event;
use crate::domain::ids::{DatasetId, SnapshotId, Stream, TaskId};
use crate::event_log::Recorded;
use crate::ledger::error::{LedgerError, Outcome};

/// The row of an event that these eyes may see.
pub(super) fn row(recorded: &Recorded, event: &Event, home: Home) -> Outcome<EventRow> {
    let about = About::of(event);
    let on_stream = match recorded.stream {
        Stream::Task(task) => Some(task),
        Stream::Ledger | Stream::Access | Stream::Project(_) | Stream::Dataset(_) => None,
    };
    Ok(EventRow {
        position: recorded.position,
        id: recorded.id,
        name: recorded.name.clone(),
        stream: recorded.stream,
        revision: recorded.revision,
        recorded_at: recorded.recorded_at,
        actor: recorded.context.actor.clone(),
        correlation: recorded.context.correlation,
        causation: recorded.context.causation,
        schema_version: recorded.schema_version,
        data: shown_data(recorded, event)?,
        project: home.project,
        dataset: about.dataset.or(home.dataset),
        snapshot: about.snapshot,
        task: about.task.or(on_stream),
    })
}

/// The row without what it says of where a clone came from.
pub(super) fn without_origin(mut row: EventRow) -> EventRow {
    row.snapshot = None;
    for place in ["/origin", "/work/SNAPSHOT_CLONE/snapshotId"] {
        if let Some(told) = row.data.pointer_mut(place) {
            *told = Value::Null;
        }
    }
    row
}

/// The stored shape as JSON, but for staged bodies and the hashes of secrets.
fn shown_data(recorded: &Recorded, event: &Event) -> Outcome<Value> {
    if let Event::ItemsStaged(staged) = event {
        return Ok(json!({
            "datasetId": staged.dataset.to_string(),
            "items": staged.items,
            "deletes": staged.deletes,
            "bytes": staged.body.len(),
        }));
    }
    let mut data: Value = serde_json::from_slice(&recorded.data)
        .map_err(|fault| LedgerError::Fault(format!("event {}: {fault}", recorded.position.0)))?;
    if let (Event::ApiKeyIssued(_), Some(members)) = (event, data.as_object_mut()) {
        members.remove("secretHash");
    }
    Ok(data)
}

/// What an event is about.
#[derive(Default)]
struct About {
    dataset: Option<DatasetId>,
    snapshot: Option<SnapshotId>,
    task: Option<TaskId>,
}

impl About {
    fn of(event: &Event) -> Self {
        let none = Self::default();
        match event {
            Event::DatasetListed(listed) => Self {
                dataset: Some(listed.dataset),
                ..none
            },
            Event::DatasetUnlisted(unlisted) => Self {
                dataset: Some(unlisted.dataset),
                ..none
            },
            Event::ItemsStaged(staged) => Self {
                dataset: Some(staged.dataset),
                ..none
            },
            Event::TaskQueued(queued) => {
                let snapshot = queued.work.snapshot();
                Self {
                    dataset: Some(queued.dataset),
                    snapshot,
                    ..none
                }
            }
            Event::SnapshotCreated(created) => Self {
                snapshot: Some(created.snapshot),
                ..none
            },
            Event::SnapshotRenamed(renamed) => Self {
                snapshot: Some(renamed.snapshot),
                ..none
            },
            Event::SnapshotMoved(moved) => Self {
                snapshot: Some(moved.snapshot),
                ..none
            },
            Event::SnapshotDeleted(deleted) => Self {
                snapshot: Some(deleted.snapshot),
                ..none
            },
            Event::SnapshotUndeleted(back) => Self {
                snapshot: Some(back.snapshot),
                ..none
            },
            Event::RestoreBegun(begun) => Self {
                snapshot: begun.snapshot,
                task: Some(begun.task),
                ..none
            },
            Event::SnapshotRestored(restored) => Self {
                snapshot: restored.snapshot,
                task: Some(restored.task),
                ..none
            },
            Event::RestoreGivenUp(given_up) => Self {
                task: Some(given_up.task),
                ..none
            },
            Event::SnapshotCloned(cloned) => Self {
                snapshot: cloned.origin.snapshot,
                task: Some(cloned.task),
                ..none
            },
            Event::LedgerFounded(_)
            | Event::ProjectCreated(_)
            | Event::ProjectUpdated(_)
            | Event::ProjectDeleted(_)
            | Event::ProjectListed(_)
            | Event::ProjectUnlisted(_)
            | Event::DatasetCreated(_)
            | Event::DatasetUpdated(_)
            | Event::DatasetDeleted(_)
            | Event::ItemsCommitted(_)
            | Event::OperationBegun(_)
            | Event::OperationFinished(_)
            | Event::TaskClaimed(_)
            | Event::TaskProgressed(_)
            | Event::TaskCompleted(_)
            | Event::TaskFailed(_)
            | Event::TaskCancelled(_)
            | Event::ApiKeyIssued(_)
            | Event::ApiKeyRevoked(_)
            | Event::ApiKeyUsed(_) => none,
        }
    }
}
