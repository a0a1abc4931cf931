//! Calls about datasets.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::asked::{Changing, DatasetChanges, DatasetPath, InProject, Listed, NewDataset, Sort};
use super::item_list::{ItemList, Shape};
use super::wire::{DatasetV2, DatasetV2WithItems};
use super::{Lunary, entry, translate};
use crate::domain::Refusal;
use crate::domain::ids::DatasetId;
use crate::domain::values::Name;
use crate::ledger::{self, CloneSource, LedgerError, NewClone, Outcome, Reads, VersionSpec};
use crate::rest::Rest;
use crate::rest::patience::patiently;
use crate::rest::tongue::{Asked, Body, MaybeBody, Places, Told};
use crate::rest::visit::Visit;
use crate::views::{DatasetFilter, DatasetOrder, DatasetOrderField, DatasetRow, Direction};
use crate::views::{PAGE_ROWS_MAX, Page, Scope, SnapshotRow};

/// The most datasets that are listed; this API knows no paging of them.
const LISTED_MAX: usize = 10_000;
/// The most characters that are searched for.
const SEARCH_CHARS_MAX: usize = 255;
/// How many names are tried for a duplicate.
const COPY_NAMES_MAX: u32 = 1_000;

/// The datasets of a project.
#[utoipa::path(
    get,
    operation_id = "listDatasets",
    path = "/v1/datasets-v2",
    tag = "Datasets v2",
    params(Listed),
    responses((status = 200, description = "At most 10000 of them.", body = [DatasetV2]))
)]
pub(super) async fn list(
    visit: Visit<Lunary>,
    Asked(asked, _): Asked<Lunary, Listed>,
) -> Result<Json<Vec<DatasetV2>>, Told<Lunary>> {
    let search = asked.search.as_deref().map(searched).transpose()?;
    let project = entry::project(&visit, asked.project_id.as_deref())?;
    let scope = Scope::Only(vec![project]);
    let (filter, order) = (DatasetFilter::default(), order(asked.sort));
    let mut page = Page::first(PAGE_ROWS_MAX);
    let mut datasets = Vec::new();
    loop {
        let found = visit.reads.views().datasets(&scope, &filter, order, &page);
        let found = found.map_err(LedgerError::from)?;
        page.after = found.rows.last().map(|last| last.key.clone());
        let rows = found.rows.into_iter().map(|keyed| keyed.row);
        let rows: Vec<DatasetRow> = rows
            .filter(|row| search.as_ref().is_none_or(|part| mentions(row, part)))
            .collect();
        datasets.extend(shown(&visit.reads, &rows)?);
        if !found.has_next || datasets.len() >= LISTED_MAX {
            datasets.truncate(LISTED_MAX);
            return Ok(Json(datasets));
        }
    }
}

fn searched(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let bad = |message: &str| Refusal::BadInput {
        field: "search",
        message: message.to_owned(),
    };
    match text.chars().count() {
        0 => Err(bad("String must contain at least 1 character(s)")),
        1..=SEARCH_CHARS_MAX => Ok(text.to_lowercase()),
        _ => Err(bad("String must contain at most 255 character(s)")),
    }
}

fn mentions(row: &DatasetRow, part: &str) -> bool {
    let texts = [row.name.as_str(), &row.description];
    texts.iter().any(|text| text.to_lowercase().contains(part))
}

const fn order(sort: Option<Sort>) -> DatasetOrder {
    let (field, direction) = match sort {
        None | Some(Sort::Newest) => (DatasetOrderField::CreatedAt, Direction::Descending),
        Some(Sort::Alphabetical) => (DatasetOrderField::Name, Direction::Ascending),
        Some(Sort::Items) => (DatasetOrderField::ItemCount, Direction::Descending),
        Some(Sort::Updated) => (DatasetOrderField::UpdatedAt, Direction::Descending),
    };
    DatasetOrder { field, direction }
}

/// These datasets with their current versions: the newest ones, whoever made or restored what.
fn shown(reads: &Reads, rows: &[DatasetRow]) -> Outcome<Vec<DatasetV2>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let newest = reads.views().newest_snapshots(&ids)?;
    let newest: HashMap<_, SnapshotRow> =
        newest.into_iter().map(|row| (row.dataset, row)).collect();
    let shown = rows
        .iter()
        .map(|row| translate::dataset(row, newest.get(&row.id), row.head.version.counts.items));
    Ok(shown.collect())
}

/// A dataset as it is now.
pub(super) fn as_it_is(reads: &Reads, id: DatasetId) -> Outcome<DatasetV2> {
    let row = reads.dataset(id)?;
    let row = row.ok_or(Refusal::NotFound { what: "dataset" })?;
    let shown = shown(reads, &[row])?.pop();
    Ok(shown.ok_or(Refusal::NotFound { what: "dataset" })?)
}

/// The answer that is a dataset as it is now, with all its items.
pub(super) async fn with_items(
    rest: Rest,
    reads: Reads,
    id: DatasetId,
) -> Result<Response, Told<Lunary>> {
    let version = reads.version(VersionSpec::Head(id)).await?;
    let row = reads.dataset(id)?;
    let row = row.ok_or(Refusal::NotFound { what: "dataset" })?;
    let newest = reads.views().newest_snapshots(&[id]);
    let newest = newest.map_err(LedgerError::from)?.pop();
    // Counted where the items are read: the dataset may have another version by now.
    let item_count = version.at.version.counts.items;
    let dataset = translate::dataset(&row, newest.as_ref(), item_count);
    let list = ItemList {
        reads,
        version,
        dataset_made: row.created_at,
        shape: Shape::OfDataset,
        newest_first: false,
        ids: rest.item_ids,
    };
    Ok(list.within(&dataset).await?)
}

/// Makes a dataset, and its version 1.
#[utoipa::path(
    post,
    operation_id = "createDataset",
    path = "/v1/datasets-v2",
    tag = "Datasets v2",
    params(InProject),
    request_body = NewDataset,
    responses((status = 201, description = "The dataset.", body = DatasetV2))
)]
pub(super) async fn create(
    visit: Visit<Lunary>,
    Asked(asked, _): Asked<Lunary, InProject>,
    Body(new, _): Body<Lunary, NewDataset>,
) -> Result<(StatusCode, Json<DatasetV2>), Told<Lunary>> {
    let project = entry::project(&visit, asked.project_id.as_deref())?;
    let new = ledger::NewDataset {
        project: Some(project),
        name: new.name,
        description: new.description.unwrap_or_default().trim().to_owned(),
        metadata: None,
        draft: false,
        snapshots_enabled: true,
    };
    let made = visit.ledger().create_dataset(&visit.caller, new).await?;
    Ok((StatusCode::CREATED, Json(as_it_is(&visit.reads, made.id)?)))
}

/// A dataset with all its items, oldest first.
#[utoipa::path(
    get,
    operation_id = "getDataset",
    path = "/v1/datasets-v2/{datasetId}",
    tag = "Datasets v2",
    params(("datasetId" = uuid::Uuid, Path, description = "The dataset."), InProject),
    responses((status = 200, description = "The dataset.", body = DatasetV2WithItems))
)]
pub(super) async fn get(
    State(rest): State<Rest>,
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, DatasetPath>,
    Asked(asked, _): Asked<Lunary, InProject>,
) -> Result<Response, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    with_items(rest, visit.reads, row.id).await
}

/// Renames or describes a dataset.
#[utoipa::path(
    patch,
    operation_id = "updateDataset",
    path = "/v1/datasets-v2/{datasetId}",
    tag = "Datasets v2",
    params(("datasetId" = uuid::Uuid, Path, description = "The dataset."), Changing),
    request_body = DatasetChanges,
    responses((status = 200, description = "The dataset as it is now.", body = DatasetV2))
)]
pub(super) async fn update(
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, DatasetPath>,
    Asked(asked, _): Asked<Lunary, Changing>,
    MaybeBody(changes, _): MaybeBody<Lunary, DatasetChanges>,
) -> Result<Json<DatasetV2>, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let changes = changes.ok_or(Refusal::NothingToUpdate)?;
    let description = changes.description.map(Option::unwrap_or_default);
    let changes = ledger::DatasetChanges {
        name: changes.name,
        description: description.map(|text| text.trim().to_owned()),
        auto_snapshot: entry::makes_version(&asked),
        ..ledger::DatasetChanges::default()
    };
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    patiently(&visit, row.id, || {
        ledger.update_dataset(caller, row.id, changes.clone())
    })
    .await?;
    Ok(Json(as_it_is(&visit.reads, row.id)?))
}

/// Deletes a dataset with all its versions.
#[utoipa::path(
    delete,
    operation_id = "deleteDataset",
    path = "/v1/datasets-v2/{datasetId}",
    tag = "Datasets v2",
    params(("datasetId" = uuid::Uuid, Path, description = "The dataset."), InProject),
    responses((status = 204, description = "It is deleted."))
)]
pub(super) async fn delete(
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, DatasetPath>,
    Asked(asked, _): Asked<Lunary, InProject>,
) -> Result<StatusCode, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    patiently(&visit, row.id, || ledger.delete_dataset(caller, row.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a dataset with the items that another has now.
#[utoipa::path(
    post,
    operation_id = "duplicateDataset",
    path = "/v1/datasets-v2/{datasetId}/duplicate",
    tag = "Datasets v2",
    params(("datasetId" = uuid::Uuid, Path, description = "The dataset."), InProject),
    responses((status = 201, description = "The new dataset.", body = DatasetV2))
)]
pub(super) async fn duplicate(
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, DatasetPath>,
    Asked(asked, _): Asked<Lunary, InProject>,
) -> Result<(StatusCode, Json<DatasetV2>), Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    for copy in 1..=COPY_NAMES_MAX {
        let name = copy_name(&row.name, copy);
        // A hint that saves asking; the ledger decides.
        if visit
            .reads
            .dataset_by_name(row.project, &name.key())?
            .is_some()
        {
            continue;
        }
        let new = NewClone {
            source: CloneSource::Head(row.id),
            name: Some(name.to_string()),
            project: Some(row.project),
        };
        let made = patiently(&visit, row.id, || {
            ledger.clone_snapshot(caller, new.clone())
        });
        match made.await {
            Ok(made) => {
                let dataset = as_it_is(&visit.reads, made.dataset)?;
                return Ok((StatusCode::CREATED, Json(dataset)));
            }
            Err(LedgerError::Refused {
                refusal: Refusal::NameTaken { .. },
                ..
            }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let name = copy_name(&row.name, COPY_NAMES_MAX).to_string();
    Err(Refusal::NameTaken { name }.into())
}

/// The name of a dataset's copy of this number, from 1.
fn copy_name(name: &Name, copy: u32) -> Name {
    match copy {
        1 => name.with_suffix(" copy"),
        copy => name.with_suffix(&format!(" copy ({copy})")),
    }
}
