//! Calls about clusters: those of a project, one of them, a new one, one less.

use axum::Json;
use axum::http::StatusCode;

use super::Dws;
use super::listing::{self, Window};
use super::translate;
use super::wire::{
    Cluster, ClusterAnswer, ClusterList, ClusterMade, ClusterPath, CreateCluster, DeleteCluster,
    Done, IdOnly, ProjectPath,
};
use crate::domain::Refusal;
use crate::domain::ids::DatasetId;
use crate::ledger::LedgerError;
use crate::rest::tongue::{Body, Places, Told};
use crate::rest::visit::Visit;
use crate::views::{DatasetFilter, DatasetOrder, DatasetRow, ProjectRow, Scope};

/// The clusters of a project, newest first; at most 10,000 in one answer.
#[utoipa::path(
    get,
    path = "/v1.0/{project_id}/clusters",
    params(ProjectPath),
    responses((status = 200, description = "The clusters.", body = ClusterList))
)]
pub(super) async fn list(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ProjectPath>,
) -> Result<Json<ClusterList>, Told<Dws>> {
    let project = project_of(&visit, &path.project_id)?;
    let (views, scope) = (visit.reads.views(), Scope::Only(vec![project.id]));
    let filter = DatasetFilter::default();
    let rows = listing::rows(Window::WHOLE, |page| {
        views.datasets(&scope, &filter, DatasetOrder::default(), page)
    })?;
    let count = views
        .dataset_count(&scope, &filter)
        .map_err(LedgerError::from)?;
    let clusters: Result<_, _> = rows.iter().map(|row| shown(&visit, row)).collect();
    let clusters = clusters?;
    Ok(Json(ClusterList { clusters, count }))
}

/// A cluster.
#[utoipa::path(
    get,
    path = "/v1.0/{project_id}/clusters/{cluster_id}",
    params(ClusterPath),
    responses((status = 200, description = "The cluster.", body = ClusterAnswer))
)]
pub(super) async fn details(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ClusterPath>,
) -> Result<Json<ClusterAnswer>, Told<Dws>> {
    let row = cluster_in(&visit, &path.project_id, &path.cluster_id)?;
    let cluster = shown(&visit, &row)?;
    Ok(Json(ClusterAnswer { cluster }))
}

/// Creates an empty cluster, which is available at once.
#[utoipa::path(
    post,
    path = "/v1.0/{project_id}/clusters",
    params(ProjectPath),
    request_body = CreateCluster,
    responses((status = 200, description = "Its id.", body = ClusterMade))
)]
pub(super) async fn create(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ProjectPath>,
    Body(asked, _): Body<Dws, CreateCluster>,
) -> Result<Json<ClusterMade>, Told<Dws>> {
    let project = project_of(&visit, &path.project_id)?;
    let new = translate::new_dataset(&project, asked.cluster)?;
    let made = visit.ledger().create_dataset(&visit.caller, new).await?;
    let id = made.id.to_string();
    Ok(Json(ClusterMade {
        cluster: IdOnly { id },
    }))
}

/// Deletes a cluster and its snapshots.
#[utoipa::path(
    delete,
    path = "/v1.0/{project_id}/clusters/{cluster_id}",
    params(ClusterPath),
    request_body = DeleteCluster,
    responses((status = 202, description = "It is deleted.", body = Done))
)]
pub(super) async fn delete(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ClusterPath>,
    Body(asked, _): Body<Dws, DeleteCluster>,
) -> Result<(StatusCode, Json<Done>), Told<Dws>> {
    if asked.keep_last_manual_snapshot != 0 {
        return Err(Refusal::BadInput {
            field: "keep_last_manual_snapshot",
            message: "no snapshot outlives its cluster here; send 0".to_owned(),
        }
        .into());
    }
    let row = cluster_in(&visit, &path.project_id, &path.cluster_id)?;
    let ledger = visit.ledger();
    ledger.delete_dataset(&visit.caller, row.id).await?;
    Ok((StatusCode::ACCEPTED, Json(Done {})))
}

/// The project of a path.
pub(super) fn project_of(visit: &Visit<Dws>, project: &str) -> Result<ProjectRow, Told<Dws>> {
    let project = visit.reads.project_by_external_id(project)?;
    Ok(project.ok_or(Refusal::NotFound { what: "project" })?)
}

/// The dataset of a cluster's id, if it is in this project.
pub(super) fn cluster_in(
    visit: &Visit<Dws>,
    project: &str,
    cluster: &str,
) -> Result<DatasetRow, Told<Dws>> {
    let project = project_of(visit, project)?;
    let not_found = || Refusal::NotFound { what: "cluster" };
    // An id of another form is the id of nothing.
    let id: DatasetId = cluster.parse().map_err(|_| not_found())?;
    let row = visit.reads.dataset(id)?;
    let row = row.filter(|row| row.project == project.id);
    Ok(row.ok_or_else(not_found)?)
}

/// A cluster, with how far a restore of it is.
fn shown(visit: &Visit<Dws>, row: &DatasetRow) -> Result<Cluster, Told<Dws>> {
    let task = match row.active_restore {
        Some(task) => visit.reads.task(task)?,
        None => None,
    };
    let progress = task.map(|task| visit.reads.progress(&task));
    Ok(translate::cluster(row, progress))
}
