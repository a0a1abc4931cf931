//! Calls about datasets: made or found, listed, changed, deleted.

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;

use super::asked::{Pairs, Parameters, id_of};
use super::once::found_or_made;
use super::projects::{name_key, project_of};
use super::translate::{self, changed_metadata};
use super::wire::{Dataset, DatasetPatch, NewDataset, Objects};
use super::{Braintrust, Trouble};
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, ProjectId};
use crate::domain::values::Name;
use crate::ledger::{self, DatasetChanges, LedgerError};
use crate::rest::patience::patiently;
use crate::rest::tongue::{Asked, Body, MaybeBody, Places};
use crate::rest::visit::Visit;
use crate::views::{DatasetFilter, DatasetOrder, DatasetRow, Scope};

/// Where a call on a dataset stands.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DatasetPath {
    /// The dataset.
    #[param(format = "uuid")]
    pub dataset_id: String,
}

/// Creates a dataset, or finds the one of this name, which stays as it is.
#[utoipa::path(
    post,
    path = "/v1/dataset",
    request_body = NewDataset,
    responses((status = 200, description = "The dataset.", body = Dataset))
)]
pub(super) async fn create(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, NewDataset>,
) -> Result<Json<Dataset>, Trouble> {
    let (row, _) = made_or_found(&visit, asked).await?;
    Ok(Json(translate::dataset(&row)))
}

/// Lists datasets, newest first.
#[utoipa::path(
    get,
    path = "/v1/dataset",
    params(
        ("limit" = Option<u64>, Query, description = "Datasets at most."),
        ("starting_after" = Option<uuid::Uuid>, Query, description = "Only older ones."),
        ("ending_before" = Option<uuid::Uuid>, Query, description = "Only newer ones."),
        ("ids" = Option<Vec<uuid::Uuid>>, Query, description = "Only these."),
        ("dataset_name" = Option<String>, Query, description = "Only those of this name."),
        ("project_name" = Option<String>, Query, description = "Only those of this project."),
        ("project_id" = Option<uuid::Uuid>, Query, description = "Only those of this project."),
        ("org_name" = Option<String>, Query, description = "There is one organisation only."),
    ),
    responses((status = 200, description = "Datasets.", body = Objects<Dataset>))
)]
pub(super) async fn list(
    visit: Visit<Braintrust>,
    Asked(pairs, _): Asked<Braintrust, Pairs>,
) -> Result<Json<Objects<Dataset>>, Trouble> {
    let asked = Parameters(pairs);
    let (reads, views) = (&visit.reads, visit.reads.views());
    let page = asked.page(|id| match reads.dataset_even_deleted(DatasetId(id))? {
        Some(row) => Ok(views.dataset_creation_key(row.id)?),
        None => Ok(None),
    })?;
    let ids = asked.ids("ids")?;
    let filter = DatasetFilter {
        ids: ids.map(|ids| ids.into_iter().map(DatasetId).collect()),
        name: name_key(asked.text("dataset_name")),
        ..DatasetFilter::default()
    };
    let scope = scope(&visit, &asked)?;
    let listed = views.datasets(&scope, &filter, DatasetOrder::default(), &page);
    let listed = listed.map_err(LedgerError::from)?.rows;
    let objects = listed.iter().map(|keyed| translate::dataset(&keyed.row));
    Ok(Json(Objects {
        objects: objects.collect(),
    }))
}

/// The projects of which datasets are asked for.
fn scope(visit: &Visit<Braintrust>, asked: &Parameters) -> Result<Scope, Trouble> {
    let mut wanted = None;
    if let Some(id) = asked.id("project_id")? {
        wanted = Some(visit.reads.project(ProjectId(id))?);
    }
    if let Some(key) = name_key(asked.text("project_name")) {
        let named = visit.reads.project_by_name(&key)?;
        wanted = Some(match wanted {
            // Both are given: it must be the same one.
            Some(found) => found.filter(|row| Some(row.id) == named.map(|named| named.id)),
            None => named,
        });
    }
    Ok(match wanted {
        Some(project) => Scope::Only(project.map(|row| row.id).into_iter().collect()),
        None => visit.reads.scope(),
    })
}

/// A dataset.
#[utoipa::path(
    get,
    path = "/v1/dataset/{dataset_id}",
    params(DatasetPath),
    responses((status = 200, description = "The dataset.", body = Dataset))
)]
pub(super) async fn read(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, DatasetPath>,
) -> Result<Json<Dataset>, Trouble> {
    let row = dataset_at(&visit, &path.dataset_id)?;
    Ok(Json(translate::dataset(&row)))
}

/// Changes a dataset.
#[utoipa::path(
    patch,
    path = "/v1/dataset/{dataset_id}",
    params(DatasetPath),
    request_body = Option<DatasetPatch>,
    responses((status = 200, description = "The dataset.", body = Dataset))
)]
pub(super) async fn change(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, DatasetPath>,
    MaybeBody(asked, _): MaybeBody<Braintrust, DatasetPatch>,
) -> Result<Json<Dataset>, Trouble> {
    let row = dataset_at(&visit, &path.dataset_id)?;
    let asked = asked.unwrap_or_default();
    let changes = DatasetChanges {
        name: asked.name,
        description: asked.description,
        ..DatasetChanges::default()
    };
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    let (metadata, tags) = (asked.metadata, asked.tags);
    let changed = if metadata.is_some() || tags.is_some() {
        let rule = |before| changed_metadata(before, metadata.clone(), tags.clone());
        ledger.revise_dataset(caller, row.id, changes, rule).await
    } else {
        ledger.update_dataset(caller, row.id, changes).await
    };
    match changed {
        // A patch of nothing is none.
        Ok(_) => {}
        Err(LedgerError::Refused {
            refusal: Refusal::NothingToUpdate,
            ..
        }) => {}
        Err(error) => return Err(error.into()),
    }
    let row = dataset_at(&visit, &path.dataset_id)?;
    Ok(Json(translate::dataset(&row)))
}

/// Deletes a dataset, with its snapshots.
#[utoipa::path(
    delete,
    path = "/v1/dataset/{dataset_id}",
    params(DatasetPath),
    responses((status = 200, description = "The dataset as it was.", body = Dataset))
)]
pub(super) async fn delete(
    visit: Visit<Braintrust>,
    Places(path, _): Places<Braintrust, DatasetPath>,
) -> Result<Json<Dataset>, Trouble> {
    let id = dataset_at(&visit, &path.dataset_id)?.id;
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    patiently(&visit, id, || ledger.delete_dataset(caller, id)).await?;
    let row = visit.reads.dataset_even_deleted(id)?;
    let row = row.ok_or_else(not_found)?;
    Ok(Json(translate::dataset(&row)))
}

/// The dataset of a text, if it exists for the caller.
pub(super) fn dataset_at(visit: &Visit<Braintrust>, id: &str) -> Result<DatasetRow, Trouble> {
    dataset_of(visit, DatasetId(id_of("dataset_id", id)?))
}

/// The dataset of an id, if it exists for the caller.
pub(super) fn dataset_of(visit: &Visit<Braintrust>, id: DatasetId) -> Result<DatasetRow, Trouble> {
    let row = visit.reads.dataset(id)?;
    Ok(row.ok_or_else(not_found)?)
}

/// The dataset of a name in a project, made if there is none, and whether it was there.
pub(super) async fn made_or_found(
    visit: &Visit<Braintrust>,
    asked: NewDataset,
) -> Result<(DatasetRow, bool), Trouble> {
    let project = project_of(visit, ProjectId(asked.project_id))?.id;
    let key = Name::new("name", &asked.name)?.key();
    let making = async {
        let metadata = asked.metadata.unwrap_or_default();
        let new = ledger::NewDataset {
            project: Some(project),
            name: asked.name,
            description: asked.description.unwrap_or_default(),
            metadata: Some(changed_metadata(metadata, None, asked.tags)),
            draft: false,
            snapshots_enabled: true,
        };
        let made = visit.ledger().create_dataset(&visit.caller, new).await?;
        Ok(visit.reads.dataset(made.id)?.ok_or_else(not_found)?)
    };
    let look = || visit.reads.dataset_by_name(project, &key);
    Ok(found_or_made(look, making).await?)
}

const fn not_found() -> Refusal {
    Refusal::NotFound { what: "dataset" }
}
