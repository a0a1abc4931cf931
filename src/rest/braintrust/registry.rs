//! The calls of the vendor's other address that its SDKs make beneath: things registered, found
//! and changed by the ids in a body.

use axum::Json;

use super::datasets;
use super::projects::{self, project_of};
use super::snapshots::{asked_for, changed, deleted, listed, named_dataset};
use super::translate::{self, xact};
use super::wire::{
    DatasetRegistered, DatasetSnapshot, FindSnapshots, NamedId, NewDataset, NewProject, ObjectInfo,
    ObjectsAsked, ParentColumns, PatchSnapshotById, ProjectRegistered, RegisterDataset,
    RegisterProject, RegisterSnapshot, SnapshotById, SnapshotPatch, SnapshotRegistered,
};
use super::{Braintrust, Trouble};
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, ProjectId, SnapshotId};
use crate::domain::values::Name;
use crate::ledger::{NewSnapshot, Once};
use crate::rest::patience::patiently;
use crate::rest::tongue::Body;
use crate::rest::visit::Visit;
use crate::views::{PAGE_ROWS_MAX, Page, SnapshotFilter};

/// The name of a dataset that is registered without one.
const DATASET_NAME: &str = "logs";
/// The most objects that one request asks for.
const OBJECTS_MAX: usize = 1_000;

/// Creates a project, or finds the one of this name.
#[utoipa::path(
    post,
    path = "/api/project/register",
    request_body = RegisterProject,
    responses((status = 200, description = "The project.", body = ProjectRegistered))
)]
pub(super) async fn register_project(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, RegisterProject>,
) -> Result<Json<ProjectRegistered>, Trouble> {
    let row = projects::made_or_found(&visit, NewProject::named(asked.project_name)).await?;
    let project = translate::project(&row, visit.ledger().id());
    Ok(Json(ProjectRegistered { project }))
}

/// Creates a dataset, or finds the one of this name, in a project of this id or name.
#[utoipa::path(
    post,
    path = "/api/dataset/register",
    request_body = RegisterDataset,
    responses((status = 200, description = "The dataset.", body = DatasetRegistered))
)]
pub(super) async fn register_dataset(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, RegisterDataset>,
) -> Result<Json<DatasetRegistered>, Trouble> {
    let project = match (asked.project_id, asked.project_name) {
        (Some(id), _) => project_of(&visit, ProjectId(id))?,
        (None, Some(name)) => projects::made_or_found(&visit, NewProject::named(name)).await?,
        (None, None) => {
            let message = "this or project_name is needed".to_owned();
            let field = "project_id";
            return Err(Refusal::BadInput { field, message }.into());
        }
    };
    let new = NewDataset {
        project_id: project.id.0,
        name: asked
            .dataset_name
            .unwrap_or_else(|| DATASET_NAME.to_owned()),
        description: asked.description,
        tags: None,
        metadata: asked.metadata,
    };
    let (row, found_existing) = datasets::made_or_found(&visit, new).await?;
    Ok(Json(DatasetRegistered {
        project: translate::project(&project, visit.ledger().id()),
        dataset: translate::dataset(&row),
        found_existing,
    }))
}

/// Tells the names of datasets and of their projects; those that are not there are left out.
#[utoipa::path(
    post,
    path = "/api/self/get_object_info",
    request_body = ObjectsAsked,
    responses((status = 200, description = "The datasets.", body = Vec<ObjectInfo>))
)]
pub(super) async fn object_info(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, ObjectsAsked>,
) -> Result<Json<Vec<ObjectInfo>>, Trouble> {
    let refused = |field, message: String| Refusal::BadInput { field, message };
    if asked.object_type != "dataset" {
        let message = "only datasets are known here".to_owned();
        return Err(refused("object_type", message).into());
    }
    if asked.object_ids.len() > OBJECTS_MAX {
        let message = format!("at most {OBJECTS_MAX} are told at a time");
        return Err(refused("object_ids", message).into());
    }
    let mut told = Vec::new();
    for id in asked.object_ids {
        let Some(row) = visit.reads.dataset(DatasetId(id))? else {
            continue;
        };
        let project = project_of(&visit, row.project)?;
        told.push(ObjectInfo {
            object_id: row.id.to_string(),
            object_name: row.name.to_string(),
            parent_cols: ParentColumns {
                project: NamedId {
                    id: project.id.to_string(),
                    name: project.name.to_string(),
                },
            },
        });
    }
    Ok(Json(told))
}

/// Creates a snapshot, or finds the one of this name or transaction id; with `update` it replaces
/// the one of this name.
#[utoipa::path(
    post,
    path = "/api/dataset_snapshot/register",
    request_body = RegisterSnapshot,
    responses((status = 200, description = "The snapshot.", body = SnapshotRegistered))
)]
pub(super) async fn register_snapshot(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, RegisterSnapshot>,
) -> Result<Json<SnapshotRegistered>, Trouble> {
    let dataset = named_dataset(&visit, asked.dataset_id)?;
    let (ledger, caller) = (visit.ledger(), &visit.caller);
    let given = asked.xact_id.filter(|text| !text.is_empty());
    let new = NewSnapshot {
        name: Some(asked.dataset_snapshot_name),
        description: asked.description.unwrap_or_default(),
        xact: given.map(|text| xact("xact_id", &text)).transpose()?,
        ..NewSnapshot::default()
    };
    let once = patiently(&visit, dataset, || async {
        let new = new.clone();
        match asked.update {
            Some(true) => ledger.put_snapshot(caller, dataset, new).await,
            Some(false) | None => ledger.create_snapshot_once(caller, dataset, new).await,
        }
    });
    let once = once.await?;
    let row = visit.reads.snapshot_even_deleted(once.id())?;
    let row = row.ok_or(Refusal::NotFound { what: "snapshot" })?;
    Ok(Json(SnapshotRegistered {
        dataset_snapshot: translate::snapshot(&row),
        found_existing: matches!(once, Once::Found(_)),
    }))
}

/// The snapshots of a dataset, newest first: all, that of a name, or those of a transaction id.
#[utoipa::path(
    post,
    path = "/api/dataset_snapshot/get",
    request_body = FindSnapshots,
    responses((status = 200, description = "The snapshots.", body = Vec<DatasetSnapshot>))
)]
pub(super) async fn find_snapshots(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, FindSnapshots>,
) -> Result<Json<Vec<DatasetSnapshot>>, Trouble> {
    let given = asked.xact_id.as_deref();
    let at = given.map(|text| xact("xact_id", text)).transpose()?;
    let filter = SnapshotFilter {
        dataset: Some(DatasetId(asked.dataset_id)),
        given_name: asked.name.map(|name| Name::recorded(name.trim()).key()),
        place: at.map(|xact| xact.position()),
        ..asked_for()
    };
    let page = Page::first(PAGE_ROWS_MAX);
    listed(&visit, &filter, &page).map(Json)
}

/// Renames or describes a snapshot.
#[utoipa::path(
    post,
    path = "/api/dataset_snapshot/patch_id",
    request_body = PatchSnapshotById,
    responses((status = 200, description = "The snapshot.", body = DatasetSnapshot))
)]
pub(super) async fn change_snapshot(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, PatchSnapshotById>,
) -> Result<Json<DatasetSnapshot>, Trouble> {
    let patch = SnapshotPatch {
        name: asked.name,
        description: asked.description,
    };
    changed(&visit, SnapshotId(asked.id), patch).await.map(Json)
}

/// Deletes a snapshot.
#[utoipa::path(
    post,
    path = "/api/dataset_snapshot/delete_id",
    request_body = SnapshotById,
    responses((status = 200, description = "The snapshot as it was.", body = DatasetSnapshot))
)]
pub(super) async fn delete_snapshot(
    visit: Visit<Braintrust>,
    Body(asked, _): Body<Braintrust, SnapshotById>,
) -> Result<Json<DatasetSnapshot>, Trouble> {
    deleted(&visit, SnapshotId(asked.id)).await.map(Json)
}
