//! Calls about versions: a version is a snapshot of any reason, with the dataset's words.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::asked::{DatasetPath, InProject, VersionPath, VersionsListed};
use super::item_list::{ItemList, Shape};
use super::wire::{DatasetV2Version, DatasetV2WithItems, VersionMade, VersionWithItems, Versions};
use super::{Lunary, datasets, entry, translate};
use crate::domain::Refusal;
use crate::domain::values::TaskPhase;
use crate::ledger::{LedgerError, NewRestore, NewSnapshot, RestoreTarget, VersionSpec};
use crate::rest::Rest;
use crate::rest::patience::patiently;
use crate::rest::tongue::{Asked, Places, Told};
use crate::rest::visit::Visit;
use crate::views::{Direction, Page, SnapshotFilter, SnapshotOrder, SnapshotOrderField, TaskRow};

/// The most versions that are listed at a time.
const LISTED_MAX: usize = 100;
/// How many are listed when the query does not say.
const LISTED_USUALLY: usize = 50;
/// How long a restore is waited for. It goes on beyond that.
const RESTORE_MAX: Duration = Duration::from_secs(600);

/// The newest versions of a dataset.
#[utoipa::path(
    get,
    operation_id = "listVersions",
    path = "/v1/datasets-v2/{datasetId}/versions",
    tag = "Datasets v2",
    params(("datasetId" = uuid::Uuid, Path, description = "The dataset."), VersionsListed),
    responses((status = 200, description = "The versions.", body = Versions))
)]
pub(super) async fn list(
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, DatasetPath>,
    Asked(asked, _): Asked<Lunary, VersionsListed>,
) -> Result<Json<Versions>, Told<Lunary>> {
    let limit = limit(asked.limit.as_deref())?;
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let filter = SnapshotFilter {
        dataset: Some(row.id),
        ..SnapshotFilter::default()
    };
    let order = SnapshotOrder {
        field: SnapshotOrderField::Number,
        direction: Direction::Descending,
    };
    let (reads, page) = (&visit.reads, Page::first(limit));
    let found = reads
        .views()
        .snapshots(&reads.scope(), &filter, order, &page);
    let found = found.map_err(LedgerError::from)?;
    let versions = found
        .rows
        .iter()
        .map(|keyed| translate::version(&keyed.row));
    Ok(Json(Versions {
        versions: versions.collect(),
    }))
}

fn limit(asked: Option<&str>) -> Result<usize, Refusal> {
    let Some(text) = asked else {
        return Ok(LISTED_USUALLY);
    };
    let limit = text.trim().parse().ok();
    let limit = limit.filter(|limit| (1..=LISTED_MAX).contains(limit));
    limit.ok_or_else(|| Refusal::BadInput {
        field: "limit",
        message: format!("Expected a number from 1 to {LISTED_MAX}"),
    })
}

/// Makes a version of a dataset as it is, also when nothing has changed.
#[utoipa::path(
    post,
    operation_id = "createVersion",
    path = "/v1/datasets-v2/{datasetId}/versions",
    tag = "Datasets v2",
    params(("datasetId" = uuid::Uuid, Path, description = "The dataset."), InProject),
    responses((status = 201, description = "The version.", body = VersionMade))
)]
pub(super) async fn create(
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, DatasetPath>,
    Asked(asked, _): Asked<Lunary, InProject>,
) -> Result<(StatusCode, Json<VersionMade>), Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    let made = patiently(&visit, row.id, || {
        ledger.create_snapshot(caller, row.id, NewSnapshot::default())
    })
    .await?;
    let version = visit.reads.snapshot_even_deleted(made.id)?;
    let version = version.ok_or(Refusal::NotFound { what: "version" })?;
    let made = VersionMade {
        version: translate::version(&version),
        dataset: datasets::as_it_is(&visit.reads, row.id)?,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// What stands before the items of a version.
#[derive(Serialize)]
struct VersionOnly {
    version: DatasetV2Version,
}

/// A version with all its items.
#[utoipa::path(
    get,
    operation_id = "getVersion",
    path = "/v1/datasets-v2/{datasetId}/versions/{versionId}",
    tag = "Datasets v2",
    params(
        ("datasetId" = uuid::Uuid, Path, description = "The dataset."),
        ("versionId" = uuid::Uuid, Path, description = "The version."),
        InProject
    ),
    responses((status = 200, description = "The version.", body = VersionWithItems))
)]
pub(super) async fn get(
    State(rest): State<Rest>,
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, VersionPath>,
    Asked(asked, _): Asked<Lunary, InProject>,
) -> Result<Response, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let snapshot = entry::version(&visit, row.id, &path.version_id)?;
    let version = VersionSpec::Snapshot(snapshot.id);
    let list = ItemList {
        version: visit.reads.version(version).await?,
        reads: visit.reads,
        dataset_made: row.created_at,
        shape: Shape::OfVersion(snapshot.id),
        newest_first: false,
        ids: rest.item_ids,
    };
    let version = translate::version(&snapshot);
    Ok(list.within(&VersionOnly { version }).await?)
}

/// Gives a dataset back the items, name and description of a version, and makes a version of that.
/// A name that another dataset has by now stays with it.
#[utoipa::path(
    post,
    operation_id = "restoreVersion",
    path = "/v1/datasets-v2/{datasetId}/versions/{versionId}/restore",
    tag = "Datasets v2",
    params(
        ("datasetId" = uuid::Uuid, Path, description = "The dataset."),
        ("versionId" = uuid::Uuid, Path, description = "The version."),
        InProject
    ),
    responses((status = 200, description = "The dataset as it is now.", body = DatasetV2WithItems))
)]
pub(super) async fn restore(
    State(rest): State<Rest>,
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, VersionPath>,
    Asked(asked, _): Asked<Lunary, InProject>,
) -> Result<Response, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let version = entry::version(&visit, row.id, &path.version_id)?;
    let new = NewRestore {
        dataset: row.id,
        target: RestoreTarget::Snapshot(version.id),
        safety_snapshot: false,
        result_snapshot: true,
        words_too: true,
        if_version: None,
    };
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    let begun = patiently(&visit, row.id, || ledger.restore_snapshot(caller, new)).await?;
    let task = ledger.ended(caller, begun.id, RESTORE_MAX).await?;
    restored(&task)?;
    datasets::with_items(rest, visit.reads, row.id).await
}

/// Whether a restore has done what it should.
fn restored(task: &TaskRow) -> Result<(), LedgerError> {
    match task.phase {
        TaskPhase::Completed => Ok(()),
        TaskPhase::Cancelled => Err(Refusal::TaskEnded.into()),
        TaskPhase::Failed => {
            let why = task.error.as_deref().unwrap_or("a restore failed");
            Err(LedgerError::Fault(why.to_owned()))
        }
        TaskPhase::Queued
        | TaskPhase::Staging
        | TaskPhase::Verifying
        | TaskPhase::Applying
        | TaskPhase::Switching => {
            let message = "the restore takes longer than this call waits; it goes on";
            Err(LedgerError::Unavailable(message.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_from_1_to_100() {
        assert_eq!(limit(None), Ok(50));
        assert_eq!(limit(Some("1")), Ok(1));
        assert_eq!(limit(Some("100")), Ok(100));
        for wrong in ["0", "101", "-1", "", "ten", "1.5", "1e2"] {
            assert!(limit(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
