//! What is made of a snapshot: a cluster, or another snapshot. The source stays as it is.

use axum::Json;

use super::Dws;
use super::snapshots::snapshot_in;
use super::translate;
use super::wire::{
    ClusterMade, CopySnapshot, IdOnly, RestoreCluster, SnapshotCopied, SnapshotPath,
};
use crate::rest::tongue::{Body, Places, Told};
use crate::rest::visit::Visit;

/// Restores a snapshot into a new cluster, which is available at once.
#[utoipa::path(
    post,
    path = "/v1.0/{project_id}/snapshots/{snapshot_id}/actions",
    params(SnapshotPath),
    request_body = RestoreCluster,
    responses((status = 200, description = "The new cluster's id.", body = ClusterMade))
)]
pub(super) async fn restore(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, SnapshotPath>,
    Body(asked, _): Body<Dws, RestoreCluster>,
) -> Result<Json<ClusterMade>, Told<Dws>> {
    let source = snapshot_in(&visit, &path)?;
    let new = translate::new_clone(&source, source.project, asked.restore)?;
    let made = visit.ledger().clone_snapshot(&visit.caller, new).await?;
    let id = made.dataset.to_string();
    Ok(Json(ClusterMade {
        cluster: IdOnly { id },
    }))
}

/// Makes a manual snapshot of what another one, mostly an automatic one, holds.
#[utoipa::path(
    post,
    path = "/v1.0/{project_id}/snapshots/{snapshot_id}/linked-copy",
    params(SnapshotPath),
    request_body = CopySnapshot,
    responses((status = 200, description = "The copy's id.", body = SnapshotCopied))
)]
pub(super) async fn copy(
    visit: Visit<Dws>,
    Places(path, _): Places<Dws, SnapshotPath>,
    Body(asked, _): Body<Dws, CopySnapshot>,
) -> Result<Json<SnapshotCopied>, Told<Dws>> {
    let source = snapshot_in(&visit, &path)?;
    let new = translate::new_copy(&source, asked)?;
    let made = visit
        .ledger()
        .create_snapshot(&visit.caller, source.dataset, new)
        .await?;
    let snapshot_id = made.id.to_string();
    Ok(Json(SnapshotCopied { snapshot_id }))
}
