//! Calls about datasets.

use axum::Json;

use super::VisualLayer;
use super::translate;
use super::wire::{Dataset, DatasetPath};
use crate::domain::Refusal;
use crate::domain::values::{DatasetStatus, OperationKind, TaskStatus};
use crate::ledger::Progress;
use crate::rest::tongue::{Places, Told};
use crate::rest::visit::Visit;
use crate::views::{ActivityFilter, ActivityOrder, DatasetRow, Work};

/// A dataset, and what may be done with it now.
#[utoipa::path(
    get,
    path = "/api/v1/dataset/{dataset_id}",
    operation_id = "get_dataset",
    params(("dataset_id" = uuid::Uuid, Path, description = "The dataset.")),
    responses((status = 200, description = "The dataset.", body = Dataset))
)]
pub(super) async fn status(
    visit: Visit<VisualLayer>,
    Places(path, _): Places<VisualLayer, DatasetPath>,
) -> Result<Json<Dataset>, Told<VisualLayer>> {
    let row = dataset_at(&visit, &path.dataset_id)?;
    let restore = restore_progress(&visit, &row)?;
    let error = fatal_error(&visit, &row)?;
    Ok(Json(translate::dataset(&row, restore, error)))
}

/// The dataset of an id in a path.
pub(super) fn dataset_at(
    visit: &Visit<VisualLayer>,
    id: &str,
) -> Result<DatasetRow, Told<VisualLayer>> {
    let id = translate::dataset_id(id)?;
    let row = visit.reads.dataset(id)?;
    Ok(row.ok_or(Refusal::NotFound { what: "dataset" })?)
}

fn restore_progress(
    visit: &Visit<VisualLayer>,
    row: &DatasetRow,
) -> Result<Option<Progress>, Told<VisualLayer>> {
    let Some(task) = row.active_restore else {
        return Ok(None);
    };
    let task = visit.reads.task(task)?;
    Ok(task.map(|task| visit.reads.progress(&task)))
}

/// Why a dataset is in error: the operation that failed last.
fn fatal_error(
    visit: &Visit<VisualLayer>,
    row: &DatasetRow,
) -> Result<Option<String>, Told<VisualLayer>> {
    if row.status != DatasetStatus::Error {
        return Ok(None);
    }
    let operations = OperationKind::ALL.iter().copied().map(Work::Operation);
    let filter = ActivityFilter {
        dataset: Some(row.id),
        works: Some(operations.collect()),
        statuses: Some(vec![TaskStatus::Failed]),
        ..ActivityFilter::default()
    };
    let failed = visit
        .reads
        .activities(&filter, ActivityOrder::default(), (0, 1))?;
    let told = failed.rows.first().map_or_else(
        || "The dataset is in error".to_owned(),
        |last| translate::status_message(last.row.work, TaskStatus::Failed),
    );
    Ok(Some(told))
}
