//! Calls about snapshots: made, listed, told, counted, deleted. What is made of one,
//! `copies.rs` has.

use axum::Json;
use axum::http::StatusCode;

use super::Dws;
use super::clusters::{cluster_in, project_of};
use super::listing::{self, Window};
use super::translate;
use super::wire::{
    CheckSnapshot, ClusterPath, ClusterSnapshotList, CreateSnapshot, Done, IdOnly, ListedSnapshots,
    ProjectPath, SnapshotAnswer, SnapshotList, SnapshotMade, SnapshotPath, Statistics,
};
use crate::domain::Refusal;
use crate::domain::ids::SnapshotId;
use crate::domain::values::Name;
use crate::ledger::LedgerError;
use crate::rest::tongue::{Asked, Body, Places, Told};
use crate::rest::visit::Visit;
use crate::views::{Scope, SnapshotFilter, SnapshotOrder, SnapshotRow};

/// Creates a snapshot of a cluster as it is now, which is available at once.
#[utoipa::path(
    post,
    path = "/v1.0/{project_id}/snapshots",
    params(ProjectPath),
    request_body = CreateSnapshot,
    responses((status = 200, description = "Its id.", body = SnapshotMade))
)]
pub(super) async fn create(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ProjectPath>,
    Body(asked, _): Body<Dws, CreateSnapshot>,
) -> Result<Json<SnapshotMade>, Told<Dws>> {
    let cluster = cluster_in(&visit, &path.project_id, &asked.snapshot.cluster_id)?;
    let new = translate::new_snapshot(asked.snapshot)?;
    let made = visit
        .ledger()
        .create_snapshot(&visit.caller, cluster.id, new)
        .await?;
    let id = made.id.to_string();
    Ok(Json(SnapshotMade {
        snapshot: IdOnly { id },
    }))
}

/// The snapshots of a project, newest first; at most 10,000 in one answer.
#[utoipa::path(
    get,
    path = "/v1.0/{project_id}/snapshots",
    params(ProjectPath),
    responses((status = 200, description = "The snapshots.", body = SnapshotList))
)]
pub(super) async fn list(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ProjectPath>,
) -> Result<Json<SnapshotList>, Told<Dws>> {
    let project = project_of(&visit, &path.project_id)?;
    let (views, scope) = (visit.reads.views(), Scope::Only(vec![project.id]));
    let filter = SnapshotFilter::default();
    let rows = listing::rows(Window::WHOLE, |page| {
        views.snapshots(&scope, &filter, SnapshotOrder::default(), page)
    })?;
    let count = views
        .snapshot_count(&scope, &filter)
        .map_err(LedgerError::from)?;
    let snapshots = rows.iter().map(translate::snapshot).collect();
    Ok(Json(SnapshotList { snapshots, count }))
}

/// The snapshots of a cluster, page by page; at most 10,000 on one.
#[utoipa::path(
    get,
    path = "/v1.0/{project_id}/clusters/{cluster_id}/snapshots",
    params(ClusterPath, ListedSnapshots),
    responses((status = 200, description = "The snapshots.", body = ClusterSnapshotList))
)]
pub(super) async fn list_of_cluster(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ClusterPath>,
    Asked(asked, _): Asked<Dws, ListedSnapshots>,
) -> Result<Json<ClusterSnapshotList>, Told<Dws>> {
    let window = Window::asked(&asked)?;
    let cluster = cluster_in(&visit, &path.project_id, &path.cluster_id)?;
    let (views, scope) = (visit.reads.views(), visit.reads.scope());
    let filter = SnapshotFilter {
        dataset: Some(cluster.id),
        ..SnapshotFilter::default()
    };
    let order = listing::order(&asked);
    let rows = listing::rows(window, |page| views.snapshots(&scope, &filter, order, page))?;
    let count = views
        .snapshot_count(&scope, &filter)
        .map_err(LedgerError::from)?;
    Ok(Json(ClusterSnapshotList {
        project_id: path.project_id,
        cluster_id: cluster.id.to_string(),
        snapshots: rows.iter().map(translate::snapshot).collect(),
        count,
    }))
}

/// What the snapshots of a cluster take up.
#[utoipa::path(
    get,
    path = "/v1.0/{project_id}/clusters/{cluster_id}/snapshots/statistics",
    params(ClusterPath),
    responses((status = 200, description = "The figures.", body = Statistics))
)]
pub(super) async fn statistics(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ClusterPath>,
) -> Result<Json<Statistics>, Told<Dws>> {
    let cluster = cluster_in(&visit, &path.project_id, &path.cluster_id)?;
    let filter = SnapshotFilter {
        dataset: Some(cluster.id),
        ..SnapshotFilter::default()
    };
    let views = visit.reads.views();
    let bytes = views
        .snapshot_bytes(&visit.reads.scope(), &filter)
        .map_err(LedgerError::from)?;
    Ok(Json(translate::statistics(bytes)))
}

/// A snapshot.
#[utoipa::path(
    get,
    path = "/v1.0/{project_id}/snapshots/{snapshot_id}",
    params(SnapshotPath),
    responses((status = 200, description = "The snapshot.", body = SnapshotAnswer))
)]
pub(super) async fn details(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, SnapshotPath>,
) -> Result<Json<SnapshotAnswer>, Told<Dws>> {
    let row = snapshot_in(&visit, &path)?;
    let snapshot = translate::snapshot(&row);
    Ok(Json(SnapshotAnswer { snapshot }))
}

/// Deletes a manual snapshot.
#[utoipa::path(
    delete,
    path = "/v1.0/{project_id}/snapshots/{snapshot_id}",
    params(SnapshotPath),
    responses((status = 202, description = "It is deleted."))
)]
pub(super) async fn delete(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, SnapshotPath>,
) -> Result<StatusCode, Told<Dws>> {
    let row = snapshot_in(&visit, &path)?;
    translate::check_manual(&row)?;
    let ledger = visit.ledger();
    ledger.delete_snapshot(&visit.caller, row.id, true).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Checks that a name is fit for a snapshot, and free in every cluster of the project.
#[utoipa::path(
    post,
    path = "/v1/{project_id}/snapshots/check",
    params(ProjectPath),
    request_body = CheckSnapshot,
    responses((status = 200, description = "It is fit and free.", body = Done))
)]
pub(super) async fn check(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, ProjectPath>,
    Body(asked, _): Body<Dws, CheckSnapshot>,
) -> Result<Json<Done>, Told<Dws>> {
    let project = project_of(&visit, &path.project_id)?;
    let name = asked.snapshot_name;
    translate::check_name("snapshot_name", &name)?;
    let filter = SnapshotFilter {
        given_name: Some(Name::new("snapshot_name", &name)?.key()),
        ..SnapshotFilter::default()
    };
    let views = visit.reads.views();
    let scope = Scope::Only(vec![project.id]);
    let count = views
        .snapshot_count(&scope, &filter)
        .map_err(LedgerError::from)?;
    if count > 0 {
        return Err(Refusal::NameTaken { name }.into());
    }
    Ok(Json(Done {}))
}

/// The snapshot of a path, if it is in the path's project.
pub(super) fn snapshot_in(
    visit: &Visit<Dws>,
    path: &SnapshotPath,
) -> Result<SnapshotRow, Told<Dws>> {
    let project = project_of(visit, &path.project_id)?;
    let not_found = || Refusal::NotFound { what: "snapshot" };
    // An id of another form is the id of nothing.
    let id: SnapshotId = path.snapshot_id.parse().map_err(|_| not_found())?;
    let row = visit.reads.snapshot(id)?;
    let row = row.filter(|row| row.project == project.id);
    Ok(row.ok_or_else(not_found)?)
}
