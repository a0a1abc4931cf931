//! Calls about snapshots.

use axum::Json;
use axum::http::StatusCode;

use super::VisualLayer;
use super::datasets::dataset_at;
use super::free_name::FreeName;
use super::translate;
use super::wire::{DatasetPath, NewSnapshot, Snapshot, SnapshotChanges, SnapshotPath};
use crate::domain::Refusal;
use crate::domain::ids::SnapshotId;
use crate::ledger::{self, CloneSource, LedgerError, NewClone, NewRestore, RestoreTarget};
use crate::rest::tongue::{MaybeBody, Places, Told};
use crate::rest::visit::Visit;
use crate::views::{DatasetRow, PAGE_ROWS_MAX, Page, SnapshotFilter, SnapshotOrder, SnapshotRow};

/// The most snapshots that a listing holds; of more, the oldest are left out.
const LISTED_MAX: usize = 10 * PAGE_ROWS_MAX;
/// What stands in a path for the current snapshot, where that is taken.
const CURRENT: &str = "current";

/// The snapshots of a dataset, newest first: at most the newest 10,000.
#[utoipa::path(
    get,
    path = "/api/v1/dataset/{dataset_id}/snapshot",
    operation_id = "list_snapshots",
    params(("dataset_id" = uuid::Uuid, Path, description = "The dataset.")),
    responses((status = 200, description = "The snapshots.", body = Vec<Snapshot>))
)]
pub(super) async fn list(
    visit: Visit<VisualLayer>,
    Places(path, _): Places<VisualLayer, DatasetPath>,
) -> Result<Json<Vec<Snapshot>>, Told<VisualLayer>> {
    let dataset = snapshots_at(&visit, &path.dataset_id)?;
    let filter = SnapshotFilter {
        dataset: Some(dataset.id),
        ..SnapshotFilter::default()
    };
    let (scope, views) = (visit.reads.scope(), visit.reads.views());
    let mut page = Page::first(PAGE_ROWS_MAX);
    let mut listed = Vec::new();
    loop {
        let found = views.snapshots(&scope, &filter, SnapshotOrder::default(), &page);
        let found = found.map_err(LedgerError::from)?;
        let rows = found.rows.iter().map(|keyed| &keyed.row);
        listed.extend(rows.map(|row| translate::snapshot(row, dataset.name.as_str())));
        page.after = found.rows.last().map(|keyed| keyed.key.clone());
        if !found.has_next || listed.len() >= LISTED_MAX {
            return Ok(Json(listed));
        }
    }
}

/// Makes a snapshot of the dataset as it is; it becomes the current one.
#[utoipa::path(
    post,
    path = "/api/v1/dataset/{dataset_id}/snapshot",
    operation_id = "create_snapshot",
    params(("dataset_id" = uuid::Uuid, Path, description = "The dataset.")),
    request_body = Option<NewSnapshot>,
    responses((status = 200, description = "The snapshot.", body = Snapshot))
)]
pub(super) async fn create(
    visit: Visit<VisualLayer>,
    Places(path, _): Places<VisualLayer, DatasetPath>,
    MaybeBody(asked, _): MaybeBody<VisualLayer, NewSnapshot>,
) -> Result<Json<Snapshot>, Told<VisualLayer>> {
    let dataset = snapshots_at(&visit, &path.dataset_id)?;
    let asked = asked.unwrap_or_default();
    let mut name = FreeName::of(asked.name)?;
    let description = asked.description.unwrap_or_default();
    let made = loop {
        let new = ledger::NewSnapshot {
            name: name.text(),
            description: description.clone(),
            ..ledger::NewSnapshot::default()
        };
        let made = visit
            .ledger()
            .create_snapshot(&visit.caller, dataset.id, new);
        match made.await {
            Err(error) if name.goes_on(&error) => {}
            made => break made?,
        }
    };
    as_it_is(&visit, &dataset, made.id)
}

/// Changes the name or the description of a snapshot.
#[utoipa::path(
    patch,
    path = "/api/v1/dataset/{dataset_id}/snapshot/{snapshot_id}",
    operation_id = "update_snapshot",
    params(
        ("dataset_id" = uuid::Uuid, Path, description = "The dataset."),
        ("snapshot_id" = uuid::Uuid, Path, description = "The snapshot."),
    ),
    request_body = SnapshotChanges,
    responses((status = 200, description = "The snapshot.", body = Snapshot))
)]
pub(super) async fn update(
    visit: Visit<VisualLayer>,
    Places(path, _): Places<VisualLayer, SnapshotPath>,
    MaybeBody(asked, _): MaybeBody<VisualLayer, SnapshotChanges>,
) -> Result<Json<Snapshot>, Told<VisualLayer>> {
    let (dataset, snapshot) = snapshot_at(&visit, &path)?;
    let asked = asked.unwrap_or_default();
    let mut name = FreeName::of(asked.name)?;
    let changed = loop {
        let changes = ledger::SnapshotChanges {
            name: name.text(),
            description: asked.description.clone(),
        };
        let changed = visit
            .ledger()
            .rename_snapshot(&visit.caller, snapshot.id, changes);
        match changed.await {
            Err(error) if name.goes_on(&error) => {}
            changed => break changed?,
        }
    };
    as_it_is(&visit, &dataset, changed.id)
}

/// Brings the dataset back to a snapshot. A task of the type `SNAPSHOT_RESTORE` tells how far it
/// is.
#[utoipa::path(
    post,
    path = "/api/v1/dataset/{dataset_id}/snapshot/{snapshot_id}/restore",
    operation_id = "restore_snapshot",
    params(
        ("dataset_id" = uuid::Uuid, Path, description = "The dataset."),
        (
            "snapshot_id" = String, Path,
            description = "The snapshot; `current` is the current one, else the newest.",
            pattern = "^(current|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"
        ),
    ),
    responses((status = 202, description = "It has begun."))
)]
pub(super) async fn restore(
    visit: Visit<VisualLayer>,
    Places(path, _): Places<VisualLayer, SnapshotPath>,
) -> Result<StatusCode, Told<VisualLayer>> {
    let (dataset, target) = if path.snapshot_id == CURRENT {
        let dataset = snapshots_at(&visit, &path.dataset_id)?;
        let target = match dataset.current_snapshot {
            Some(_) => RestoreTarget::Current,
            None => RestoreTarget::Snapshot(newest(&visit, &dataset)?),
        };
        (dataset, target)
    } else {
        let (dataset, snapshot) = snapshot_at(&visit, &path)?;
        (dataset, RestoreTarget::Snapshot(snapshot.id))
    };
    let new = NewRestore {
        dataset: dataset.id,
        target,
        safety_snapshot: false,
        result_snapshot: false,
        words_too: false,
        if_version: None,
    };
    visit.ledger().restore_snapshot(&visit.caller, new).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Makes a dataset from a snapshot, named `{name} (cloned)`. A task of the type `SNAPSHOT_CLONE`
/// with the id of the new dataset records it.
#[utoipa::path(
    post,
    path = "/api/v1/dataset/{dataset_id}/snapshot/{snapshot_id}/clone",
    operation_id = "clone_snapshot",
    params(
        ("dataset_id" = uuid::Uuid, Path, description = "The dataset."),
        ("snapshot_id" = uuid::Uuid, Path, description = "The snapshot."),
    ),
    responses((status = 202, description = "It has begun."))
)]
pub(super) async fn clone_to_dataset(
    visit: Visit<VisualLayer>,
    Places(path, _): Places<VisualLayer, SnapshotPath>,
) -> Result<StatusCode, Told<VisualLayer>> {
    let (_, snapshot) = snapshot_at(&visit, &path)?;
    let new = NewClone {
        source: CloneSource::Snapshot(snapshot.id),
        name: None,
        project: None,
    };
    visit.ledger().clone_snapshot(&visit.caller, new).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Hides a snapshot, which must not be the current one.
#[utoipa::path(
    delete,
    path = "/api/v1/dataset/{dataset_id}/snapshot/{snapshot_id}",
    operation_id = "delete_snapshot",
    params(
        ("dataset_id" = uuid::Uuid, Path, description = "The dataset."),
        ("snapshot_id" = uuid::Uuid, Path, description = "The snapshot."),
    ),
    responses((status = 200, description = "It is hidden."))
)]
pub(super) async fn delete(
    visit: Visit<VisualLayer>,
    Places(path, _): Places<VisualLayer, SnapshotPath>,
) -> Result<StatusCode, Told<VisualLayer>> {
    let (_, snapshot) = snapshot_at(&visit, &path)?;
    visit
        .ledger()
        .delete_snapshot(&visit.caller, snapshot.id, false)
        .await?;
    Ok(StatusCode::OK)
}

/// The dataset of an id in a path, which must take snapshots: this API has none of their calls on
/// others.
fn snapshots_at(
    visit: &Visit<VisualLayer>,
    dataset: &str,
) -> Result<DatasetRow, Told<VisualLayer>> {
    let row = dataset_at(visit, dataset)?;
    if row.snapshots_enabled {
        return Ok(row);
    }
    Err(Refusal::SnapshotsDisabled.into())
}

/// The snapshot of a path, with its dataset.
fn snapshot_at(
    visit: &Visit<VisualLayer>,
    path: &SnapshotPath,
) -> Result<(DatasetRow, SnapshotRow), Told<VisualLayer>> {
    let id = translate::snapshot_id(&path.snapshot_id)?;
    let dataset = snapshots_at(visit, &path.dataset_id)?;
    let row = visit.reads.snapshot(id)?;
    let row = row.filter(|row| row.dataset == dataset.id);
    let row = row.ok_or(Refusal::NotFound { what: "snapshot" })?;
    Ok((dataset, row))
}

/// The newest snapshot of a dataset: what `current` means when another dialect has deleted the one
/// that was.
fn newest(
    visit: &Visit<VisualLayer>,
    dataset: &DatasetRow,
) -> Result<SnapshotId, Told<VisualLayer>> {
    let newest = visit.reads.views().newest_snapshots(&[dataset.id]);
    let newest = newest.map_err(LedgerError::from)?.pop();
    let newest = newest.ok_or(Refusal::NotFound { what: "snapshot" })?;
    Ok(newest.id)
}

/// A snapshot as the views show it now.
fn as_it_is(
    visit: &Visit<VisualLayer>,
    dataset: &DatasetRow,
    id: SnapshotId,
) -> Result<Json<Snapshot>, Told<VisualLayer>> {
    let row = visit.reads.snapshot(id)?;
    let row = row.ok_or(Refusal::NotFound { what: "snapshot" })?;
    Ok(Json(translate::snapshot(&row, dataset.name.as_str())))
}
