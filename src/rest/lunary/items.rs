//! Calls about single items, and the list of them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::asked::{Changing, DatasetPath, InProject, ItemInput, ItemPath};
use super::item_list::{ItemList, Shape};
use super::wire::DatasetV2Item;
use super::{Lunary, entry, translate};
use crate::domain::Refusal;
use crate::ledger::{
    ItemKind, LedgerError, NewCommit, NewItem, NewRevision, RevisedItems, SeenItems, VersionSpec,
};
use crate::rest::Rest;
use crate::rest::patience::patiently;
use crate::rest::tongue::{Asked, MaybeBody, Places, Told};
use crate::rest::visit::Visit;
use crate::views::DatasetRow;

/// What is asked for is not there.
const NO_ITEM: Refusal = Refusal::NotFound { what: "item" };

/// All items of a dataset, newest first.
#[utoipa::path(
    get,
    operation_id = "listItems",
    path = "/v1/datasets-v2/{datasetId}/items",
    tag = "Datasets v2",
    params(("datasetId" = uuid::Uuid, Path, description = "The dataset."), InProject),
    responses((status = 200, description = "Its items.", body = [DatasetV2Item]))
)]
pub(super) async fn list(
    State(rest): State<Rest>,
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, DatasetPath>,
    Asked(asked, _): Asked<Lunary, InProject>,
) -> Result<Response, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let list = ItemList {
        version: visit.reads.version(VersionSpec::Head(row.id)).await?,
        reads: visit.reads,
        dataset_made: row.created_at,
        shape: Shape::OfDataset,
        newest_first: true,
        ids: rest.item_ids,
    };
    Ok(list.alone().await?)
}

/// Adds an item.
#[utoipa::path(
    post,
    operation_id = "createItem",
    path = "/v1/datasets-v2/{datasetId}/items",
    tag = "Datasets v2",
    params(("datasetId" = uuid::Uuid, Path, description = "The dataset."), Changing),
    request_body = Option<ItemInput>,
    responses((status = 201, description = "The item.", body = DatasetV2Item))
)]
pub(super) async fn create(
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, DatasetPath>,
    Asked(asked, _): Asked<Lunary, Changing>,
    MaybeBody(input, _): MaybeBody<Lunary, ItemInput>,
) -> Result<(StatusCode, Json<DatasetV2Item>), Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let data = translate::new_data(&input.unwrap_or_default());
    let id = visit.ledger().new_item_id();
    let key = id.to_string();
    let times = translate::item_times(&key, &data, row.created_at);
    let held = translate::held(&data);
    let new = NewCommit {
        upserts: vec![NewItem {
            key: Some(key),
            kind: ItemKind::Record,
            data,
            media: None,
        }],
        auto_snapshot: entry::makes_version(&asked),
        ..NewCommit::default()
    };
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    patiently(&visit, row.id, || {
        ledger.commit_items(caller, row.id, new.clone())
    })
    .await?;
    let item = translate::item((row.id, id), held, times);
    Ok((StatusCode::CREATED, Json(item)))
}

/// An item.
#[utoipa::path(
    get,
    operation_id = "getItem",
    path = "/v1/datasets-v2/{datasetId}/items/{itemId}",
    tag = "Datasets v2",
    params(
        ("datasetId" = uuid::Uuid, Path, description = "The dataset."),
        ("itemId" = uuid::Uuid, Path, description = "The item."),
        InProject
    ),
    responses((status = 200, description = "The item.", body = DatasetV2Item))
)]
pub(super) async fn get(
    State(rest): State<Rest>,
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, ItemPath>,
    Asked(asked, _): Asked<Lunary, InProject>,
) -> Result<Json<DatasetV2Item>, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let id = entry::uuid("itemId", &path.item_id)?;
    let version = visit.reads.version(VersionSpec::Head(row.id)).await?;
    let key = rest.item_ids.key_of(&visit.reads, &version, id).await?;
    let item = match key {
        Some(key) => visit.reads.item(&version, &key)?,
        None => None,
    };
    let item = item.ok_or(NO_ITEM)?;
    let times = translate::item_times(&item.key, &item.data, row.created_at);
    let held = translate::held(&item.data);
    Ok(Json(translate::item((row.id, id), held, times)))
}

/// Changes an item.
#[utoipa::path(
    patch,
    operation_id = "updateItem",
    path = "/v1/datasets-v2/{datasetId}/items/{itemId}",
    tag = "Datasets v2",
    params(
        ("datasetId" = uuid::Uuid, Path, description = "The dataset."),
        ("itemId" = uuid::Uuid, Path, description = "The item."),
        Changing
    ),
    request_body = ItemInput,
    responses((status = 200, description = "The item as it is now.", body = DatasetV2Item))
)]
pub(super) async fn update(
    State(rest): State<Rest>,
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, ItemPath>,
    Asked(asked, _): Asked<Lunary, Changing>,
    MaybeBody(input, _): MaybeBody<Lunary, ItemInput>,
) -> Result<Json<DatasetV2Item>, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let id = entry::uuid("itemId", &path.item_id)?;
    let input = input.unwrap_or_default();
    if input.input.is_none() && input.ground_truth.is_none() && input.output.is_none() {
        return Err(Refusal::NothingToUpdate.into());
    }
    let now = visit.ledger().now();
    let change = |seen: SeenItems| {
        let item = seen.into_iter().flatten().next().ok_or(NO_ITEM)?;
        let upserts = vec![NewItem {
            key: Some(item.key),
            kind: item.kind,
            data: translate::changed_data(item.data, &input, now),
            media: item.media,
        }];
        Ok(RevisedItems {
            upserts,
            ..RevisedItems::default()
        })
    };
    let key = key_in(&rest, &visit, &row, id).await?;
    let revision = NewRevision {
        keys: vec![key.clone()],
        auto_snapshot: entry::makes_version(&asked),
        ..NewRevision::default()
    };
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    let done = patiently(&visit, row.id, || {
        ledger.revise_items(caller, row.id, revision.clone(), change)
    })
    .await?;
    // The version that the change made, whatever others have made since.
    let made = VersionSpec::Xact(row.id, done.xact.xact());
    let version = visit.reads.version(made).await?;
    let item = visit.reads.item(&version, &key)?.ok_or(NO_ITEM)?;
    let times = translate::item_times(&item.key, &item.data, row.created_at);
    let held = translate::held(&item.data);
    Ok(Json(translate::item((row.id, id), held, times)))
}

/// Deletes an item.
#[utoipa::path(
    delete,
    operation_id = "deleteItem",
    path = "/v1/datasets-v2/{datasetId}/items/{itemId}",
    tag = "Datasets v2",
    params(
        ("datasetId" = uuid::Uuid, Path, description = "The dataset."),
        ("itemId" = uuid::Uuid, Path, description = "The item."),
        Changing
    ),
    responses((status = 204, description = "It is deleted."))
)]
pub(super) async fn delete(
    State(rest): State<Rest>,
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, ItemPath>,
    Asked(asked, _): Asked<Lunary, Changing>,
) -> Result<StatusCode, Told<Lunary>> {
    let row = entry::dataset(&visit, &path.dataset_id, asked.project_id.as_deref())?;
    let id = entry::uuid("itemId", &path.item_id)?;
    let key = key_in(&rest, &visit, &row, id).await?;
    let change = |seen: SeenItems| {
        let item = seen.into_iter().flatten().next().ok_or(NO_ITEM)?;
        Ok(RevisedItems {
            deletes: vec![item.key],
            ..RevisedItems::default()
        })
    };
    let revision = NewRevision {
        keys: vec![key],
        auto_snapshot: entry::makes_version(&asked),
        ..NewRevision::default()
    };
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    patiently(&visit, row.id, || {
        ledger.revise_items(caller, row.id, revision.clone(), change)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The key of an item of a dataset as it is.
async fn key_in(
    rest: &Rest,
    visit: &Visit<Lunary>,
    row: &DatasetRow,
    id: uuid::Uuid,
) -> Result<String, LedgerError> {
    let version = visit.reads.version(VersionSpec::Head(row.id)).await?;
    let key = rest.item_ids.key_of(&visit.reads, &version, id).await?;
    Ok(key.ok_or(NO_ITEM)?)
}
