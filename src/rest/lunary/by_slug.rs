//! A dataset found by its name: the one call of this API's SDKs.

use axum::extract::State;
use axum::response::Response;

use super::asked::{InProject, SlugPath};
use super::item_list::{ItemList, Shape};
use super::wire::{DatasetBySlug, DatasetBySlugWithItems};
use super::{Lunary, entry};
use crate::domain::Refusal;
use crate::domain::ids::DatasetId;
use crate::domain::values::Name;
use crate::ledger::VersionSpec;
use crate::rest::Rest;
use crate::rest::tongue::{Asked, Places, Told};
use crate::rest::visit::Visit;

/// The dataset of this name, or of this id, with all its items.
#[utoipa::path(
    get,
    operation_id = "getDatasetBySlug",
    path = "/v1/datasets/{slug}",
    tag = "Datasets",
    params(
        ("slug" = String, Path, description = "Its name, whatever the case, or its id."),
        InProject
    ),
    responses((status = 200, description = "The dataset.", body = DatasetBySlugWithItems))
)]
pub(super) async fn get(
    State(rest): State<Rest>,
    visit: Visit<Lunary>,
    Places(path, _): Places<Lunary, SlugPath>,
    Asked(asked, _): Asked<Lunary, InProject>,
) -> Result<Response, Told<Lunary>> {
    let project = entry::project(&visit, asked.project_id.as_deref())?;
    // What is no name is the name of nothing.
    let name = Name::new("slug", &path.slug).ok();
    let named = match name {
        Some(name) => visit.reads.dataset_by_name(project, &name.key())?,
        None => None,
    };
    let row = match (named, path.slug.parse::<DatasetId>()) {
        (Some(row), _) => Some(row),
        (None, Ok(id)) => visit.reads.dataset(id)?,
        (None, Err(_)) => None,
    };
    let row = row.ok_or(Refusal::NotFound { what: "dataset" })?;
    let list = ItemList {
        version: visit.reads.version(VersionSpec::Head(row.id)).await?,
        reads: visit.reads,
        dataset_made: row.created_at,
        shape: Shape::BySlug,
        newest_first: false,
        ids: rest.item_ids,
    };
    let dataset = DatasetBySlug {
        id: row.id.0,
        slug: row.name.to_string(),
        owner_id: uuid::Uuid::try_parse(&row.owner).ok(),
        project_id: row.project.0,
    };
    Ok(list.within(&dataset).await?)
}
