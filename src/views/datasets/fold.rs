//! What events do to datasets. They are obeyed, never judged.

use rusqlite::params;

use super::PlacedVersion;
use super::head::{Head, HeldRestore};
use crate::domain::event::{
    DatasetCreated, DatasetDeleted, DatasetUpdated, ItemsCommitted, OperationBegun,
    OperationFinished, RestoreBegun, RestoreGivenUp, SnapshotRestored,
};
use crate::domain::ids::Revision;
use crate::domain::values::{DatasetStatus, Version};
use crate::event_log::Recorded;
use crate::views::columns::{int, micros};
use crate::views::fault::ViewFault;
use crate::views::fold::Batch;
use crate::views::projects;

const INSERT: &str = "INSERT INTO datasets (position, id, project, name, name_key, owner,
     created_at, origin_dataset, origin_snapshot, origin_revision, origin_position, status,
     snapshots_enabled, updated_at, revision, last_position, version_position, version_revision,
     root, items, images, videos, bytes, next_number)
 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?7, 0, ?1, ?1, 0,
     ?14, ?15, ?16, ?17, ?18, 1)";
const INSERT_TEXTS: &str =
    "INSERT INTO dataset_texts (position, description, metadata) VALUES (?1, ?2, ?3)";

pub(in crate::views) fn created(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &DatasetCreated,
) -> Result<(), ViewFault> {
    let (position, created_at) = (recorded.position, micros(recorded.recorded_at));
    let origin = event.origin.as_ref();
    let project_row = projects::fold::row_of(batch, recorded, event.project)?;
    batch.execute(
        INSERT,
        params![
            int(position.0),
            event.dataset.0.as_bytes(),
            event.project.0.as_bytes(),
            event.name.as_str(),
            event.name.key().as_str(),
            recorded.context.actor,
            created_at,
            origin.map(|origin| origin.dataset.0.into_bytes()),
            origin.and_then(|origin| Some(origin.snapshot?.0.into_bytes())),
            origin.map(|origin| int(origin.revision.0)),
            origin.map(|origin| int(origin.position.0)),
            event.status.word(),
            event.snapshots_enabled,
            event.root.as_bytes(),
            int(event.counts.items),
            int(event.counts.images),
            int(event.counts.videos),
            int(event.counts.bytes),
        ],
    )?;
    batch.execute(
        INSERT_TEXTS,
        params![int(position.0), event.description, event.metadata],
    )?;
    let version = Version {
        revision: Revision::FIRST,
        root: event.root,
        counts: event.counts,
    };
    batch.begin(
        event.dataset,
        Head {
            position,
            project: event.project,
            project_row,
            status: event.status,
            snapshots_enabled: event.snapshots_enabled,
            updated_at: created_at,
            deleted_at: None,
            revision: Revision::FIRST,
            last_position: position,
            version: PlacedVersion { position, version },
            next_number: 1,
            current_snapshot: None,
            operation: None,
            restore: None,
        },
    );
    Ok(())
}

pub(in crate::views) fn updated(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &DatasetUpdated,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    head.snapshots_enabled = event.snapshots_enabled.unwrap_or(head.snapshots_enabled);
    head.updated_at = micros(recorded.recorded_at);
    let position = int(head.position.0);
    if let Some(name) = &event.name {
        batch.execute(
            "UPDATE datasets SET name = ?2, name_key = ?3 WHERE position = ?1",
            params![position, name.as_str(), name.key().as_str()],
        )?;
    }
    if let Some(description) = &event.description {
        batch.execute(
            "UPDATE dataset_texts SET description = ?2 WHERE position = ?1",
            params![position, description],
        )?;
    }
    if let Some(metadata) = &event.metadata {
        batch.execute(
            "UPDATE dataset_texts SET metadata = ?2 WHERE position = ?1",
            params![position, metadata],
        )?;
    }
    Ok(())
}

pub(in crate::views) fn deleted(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &DatasetDeleted,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    head.deleted_at = Some(micros(recorded.recorded_at));
    head.updated_at = micros(recorded.recorded_at);
    Ok(())
}

pub(in crate::views) fn committed(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &ItemsCommitted,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    let version = Version {
        revision: recorded.revision,
        root: event.root,
        counts: event.counts,
    };
    change_content(head, recorded, version);
    Ok(())
}

pub(in crate::views) fn operation_begun(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &OperationBegun,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    head.operation = Some(event.operation);
    change_status(head, recorded, event.status);
    Ok(())
}

pub(in crate::views) fn operation_finished(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &OperationFinished,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    head.operation = None;
    change_status(head, recorded, event.status);
    Ok(())
}

pub(in crate::views) fn restore_begun(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &RestoreBegun,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    head.restore = Some(HeldRestore {
        task: event.task,
        target: event.target.revision,
        snapshot: event.snapshot,
        safety_snapshot: event.safety_snapshot,
        result_snapshot: event.result_snapshot,
        words: event.words.clone(),
        status_before: head.status,
    });
    change_status(head, recorded, DatasetStatus::ReadOnly);
    Ok(())
}

pub(in crate::views) fn restored(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &SnapshotRestored,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    let version = Version {
        revision: recorded.revision,
        ..event.target
    };
    change_content(head, recorded, version);
    head.restore = None;
    head.current_snapshot = event.current;
    change_status(head, recorded, event.status);
    Ok(())
}

pub(in crate::views) fn restore_given_up(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &RestoreGivenUp,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    head.restore = None;
    change_status(head, recorded, event.status);
    Ok(())
}

fn change_content(head: &mut Head, recorded: &Recorded, version: Version) {
    head.version = PlacedVersion {
        position: recorded.position,
        version,
    };
    head.updated_at = micros(recorded.recorded_at);
}

fn change_status(head: &mut Head, recorded: &Recorded, status: DatasetStatus) {
    head.status = status;
    head.updated_at = micros(recorded.recorded_at);
}
