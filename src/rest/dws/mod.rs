//! The API of a data warehouse service, as its vendors' SDKs call it: a cluster is a dataset.
//!
//! ```text
//! wire.rs     its shapes                translate.rs  to and from the ledger's
//! error.rs    its errors                listing.rs    its pages, by number
//! document.rs what OpenAPI says of it
//! clusters.rs, snapshots.rs, copies.rs  its calls
//! ```
//!
//! `project_id` in a path is a project's external id, or its UUID with or without hyphens.

mod clusters;
mod copies;
mod document;
mod error;
mod listing;
mod snapshots;
#[cfg(test)]
mod tests;
mod translate;
mod wire;

use axum::response::Response;
use utoipa::OpenApi;

use super::dialect::{Dialect, Route};
use super::fault::Fault;
use super::tongue::Tongue;
use crate::gatekeeper::Doors;
use document::Document;

/// The dialect.
pub(super) struct Dws;

impl Tongue for Dws {
    const NAME: &'static str = "dws";
    const DOORS: Doors = Doors::BearerOrAuthToken;
    const TAKES_SIGNATURES: bool = true;
    const ERRORS: &'static [(u16, &'static str)] = error::ERRORS;

    fn tell(fault: &Fault) -> Response {
        error::tell(fault)
    }
}

/// Its routes and its document.
pub(super) fn dialect() -> Dialect<Dws> {
    const CLUSTERS: &str = "/v1.0/{project_id}/clusters";
    const CLUSTER: &str = "/v1.0/{project_id}/clusters/{cluster_id}";
    const SNAPSHOTS_OF_CLUSTER: &str = "/v1.0/{project_id}/clusters/{cluster_id}/snapshots";
    const STATISTICS: &str = "/v1.0/{project_id}/clusters/{cluster_id}/snapshots/statistics";
    const SNAPSHOTS: &str = "/v1.0/{project_id}/snapshots";
    const SNAPSHOT: &str = "/v1.0/{project_id}/snapshots/{snapshot_id}";
    const ACTIONS: &str = "/v1.0/{project_id}/snapshots/{snapshot_id}/actions";
    const COPY: &str = "/v1.0/{project_id}/snapshots/{snapshot_id}/linked-copy";
    const CHECK: &str = "/v1/{project_id}/snapshots/check";
    let routes = vec![
        Route::get(CLUSTERS, clusters::list),
        Route::post(CLUSTERS, clusters::create),
        Route::get(CLUSTER, clusters::details),
        Route::delete(CLUSTER, clusters::delete),
        Route::get(SNAPSHOTS_OF_CLUSTER, snapshots::list_of_cluster),
        Route::get(STATISTICS, snapshots::statistics),
        Route::get(SNAPSHOTS, snapshots::list),
        Route::post(SNAPSHOTS, snapshots::create),
        Route::get(SNAPSHOT, snapshots::details),
        Route::delete(SNAPSHOT, snapshots::delete),
        Route::post(ACTIONS, copies::restore),
        Route::post(COPY, copies::copy),
        Route::post(CHECK, snapshots::check),
    ];
    Dialect::new(routes, Document::openapi(), "ErrorBody")
}
