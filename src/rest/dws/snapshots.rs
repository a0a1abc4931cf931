//! Calls about snapshots.

use axum::Json;

use super::Dws;
use super::clusters::cluster_in;
use super::translate;
use super::wire::{CreateSnapshot, IdOnly, ProjectPath, SnapshotMade};
use crate::rest::tongue::{Body, Places, Told};
use crate::rest::visit::Visit;

/// Creates a snapshot of a cluster as it is now.
#[utoipa::path(
    post,
    path = "/v1.0/{project_id}/snapshots",
    params(("project_id" = String, Path, description = "The project.")),
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
