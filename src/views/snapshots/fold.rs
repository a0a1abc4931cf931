//! What events do to snapshots. They are obeyed, never judged.

use rusqlite::params;

use super::shown_name;
use crate::domain::event::{
    SnapshotCreated, SnapshotDeleted, SnapshotMoved, SnapshotRenamed, SnapshotUndeleted,
};
use crate::domain::ids::{DatasetId, Position, Revision, SnapshotId};
use crate::domain::values::Name;
use crate::event_log::Recorded;
use crate::views::columns::{int, micros};
use crate::views::fault::ViewFault;
use crate::views::fold::Batch;
use crate::views::versions;

const INSERT: &str =
    "INSERT INTO snapshots (position, id, dataset_row, project_row, number, given_name,
     name_key, description, reason, version_position, version_revision, root, items, images,
     videos, bytes, asked_position, created_at, created_by, updated_at, dataset_name,
     dataset_description, model_id, model_name, restored_from)
 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
     ?18, ?20, ?21, ?22, ?23, ?24)";

pub(in crate::views) fn created(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &SnapshotCreated,
) -> Result<(), ViewFault> {
    let version_position = place(batch, recorded, event.dataset, event.version.revision)?;
    let head = batch.head(event.dataset, recorded)?;
    head.next_number = head.next_number.max(event.number.saturating_add(1));
    if event.becomes_current {
        head.current_snapshot = Some(event.snapshot);
    }
    let (dataset_row, project_row) = (int(head.position.0), head.project_row);
    let shown = shown_name(event.name.as_ref(), &event.dataset_name, event.snapshot);
    let counts = event.version.counts;
    let model = event.trained_model.as_ref();
    batch.execute(
        INSERT,
        params![
            int(recorded.position.0),
            event.snapshot.0.as_bytes(),
            dataset_row,
            project_row,
            event.number,
            event.name.as_ref().map(Name::as_str),
            shown.key().as_str(),
            event.description,
            event.reason.word(),
            int(version_position.0),
            int(event.version.revision.0),
            event.version.root.as_bytes(),
            int(counts.items),
            int(counts.images),
            int(counts.videos),
            int(counts.bytes),
            event.asked.map(|position| int(position.0)),
            micros(recorded.recorded_at),
            recorded.context.actor,
            event.dataset_name.as_str(),
            event.dataset_description,
            model.and_then(|model| Some(model.id?.into_bytes())),
            model.and_then(|model| model.name.clone()),
            event.restored_from.map(|id| id.0.into_bytes()),
        ],
    )
}

pub(in crate::views) fn renamed(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &SnapshotRenamed,
) -> Result<(), ViewFault> {
    if let Some(name) = &event.name {
        rename(batch, recorded, event.snapshot, name)?;
    }
    batch.change_one(
        ("snapshot", recorded),
        "UPDATE snapshots SET description = COALESCE(?2, description), updated_at = ?3
         WHERE id = ?1",
        params![
            event.snapshot.0.as_bytes(),
            event.description,
            micros(recorded.recorded_at),
        ],
    )
}

pub(in crate::views) fn moved(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &SnapshotMoved,
) -> Result<(), ViewFault> {
    let version_position = place(batch, recorded, event.dataset, event.version.revision)?;
    let head = batch.head(event.dataset, recorded)?;
    if event.becomes_current {
        head.current_snapshot = Some(event.snapshot);
    }
    let counts = event.version.counts;
    batch.change_one(
        ("snapshot", recorded),
        "UPDATE snapshots SET version_position = ?2, version_revision = ?3, root = ?4, items = ?5,
             images = ?6, videos = ?7, bytes = ?8, asked_position = ?9,
             description = COALESCE(?10, description), updated_at = ?11
         WHERE id = ?1",
        params![
            event.snapshot.0.as_bytes(),
            int(version_position.0),
            int(event.version.revision.0),
            event.version.root.as_bytes(),
            int(counts.items),
            int(counts.images),
            int(counts.videos),
            int(counts.bytes),
            event.asked.map(|position| int(position.0)),
            event.description,
            micros(recorded.recorded_at),
        ],
    )
}

pub(in crate::views) fn deleted(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &SnapshotDeleted,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    head.current_snapshot = head
        .current_snapshot
        .filter(|current| *current != event.snapshot);
    batch.change_one(
        ("snapshot", recorded),
        "UPDATE snapshots SET deleted_at = ?2, updated_at = ?2 WHERE id = ?1",
        params![event.snapshot.0.as_bytes(), micros(recorded.recorded_at)],
    )
}

pub(in crate::views) fn undeleted(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &SnapshotUndeleted,
) -> Result<(), ViewFault> {
    if let Some(name) = &event.name {
        rename(batch, recorded, event.snapshot, name)?;
    }
    batch.change_one(
        ("snapshot", recorded),
        "UPDATE snapshots SET deleted_at = NULL, updated_at = ?2 WHERE id = ?1",
        params![event.snapshot.0.as_bytes(), micros(recorded.recorded_at)],
    )
}

fn rename(
    batch: &Batch<'_>,
    recorded: &Recorded,
    snapshot: SnapshotId,
    name: &Name,
) -> Result<(), ViewFault> {
    batch.change_one(
        ("snapshot", recorded),
        "UPDATE snapshots SET given_name = ?2, name_key = ?3 WHERE id = ?1",
        params![snapshot.0.as_bytes(), name.as_str(), name.key().as_str()],
    )
}

/// Where a version of the dataset stands in the log. An event names it by its revision, since
/// positions are not known when events are decided.
fn place(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    dataset: DatasetId,
    revision: Revision,
) -> Result<Position, ViewFault> {
    let head = batch.head(dataset, recorded)?.version;
    if head.version.revision == revision {
        return Ok(head.position);
    }
    let placed = versions::at_revision(batch.connection, dataset, revision)?;
    placed
        .map(|placed| placed.position)
        .ok_or(ViewFault::Missing {
            what: "version",
            position: recorded.position,
        })
}
