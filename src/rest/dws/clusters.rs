//! Calls about clusters.

use axum::Json;

use super::Dws;
use super::translate;
use super::wire::{ClusterAnswer, ClusterPath};
use crate::domain::Refusal;
use crate::domain::ids::DatasetId;
use crate::rest::tongue::{Places, Told};
use crate::rest::visit::Visit;
use crate::views::DatasetRow;

/// A cluster.
#[utoipa::path(
    get,
    path = "/v1.0/{project_id}/clusters/{cluster_id}",
    params(
        ("project_id" = String, Path, description = "The project."),
        ("cluster_id" = String, Path, description = "The cluster."),
    ),
    responses((status = 200, description = "The cluster.", body = ClusterAnswer))
)]
pub(super) async fn details(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ClusterPath>,
) -> Result<Json<ClusterAnswer>, Told<Dws>> {
    let row = cluster_in(&visit, &path.project_id, &path.cluster_id)?;
    let cluster = translate::cluster(&row);
    Ok(Json(ClusterAnswer { cluster }))
}

/// The dataset of a cluster's id, if it is in this project.
pub(super) fn cluster_in(
    visit: &Visit<Dws>,
    project: &str,
    cluster: &str,
) -> Result<DatasetRow, Told<Dws>> {
    let not_found = || Refusal::NotFound { what: "cluster" };
    // An id of another form is the id of nothing.
    let id: DatasetId = cluster.parse().map_err(|_| not_found())?;
    let project = visit.reads.project_by_external_id(project)?;
    let project = project.ok_or_else(not_found)?;
    let row = visit.reads.dataset(id)?;
    let row = row.filter(|row| row.project == project.id);
    Ok(row.ok_or_else(not_found)?)
}
