//! The API of a data warehouse service, as its vendors' SDKs call it: a cluster is a dataset.
//!
//! ```text
//! wire.rs       its shapes            translate.rs  to and from the ledger's
//! error.rs      its errors            clusters.rs, snapshots.rs   its calls
//! ```
//!
//! `project_id` in a path is a project's external id, or its UUID with or without hyphens.

mod clusters;
mod error;
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

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Data warehouse clusters and snapshots",
        description = "Snapshots of clusters; a cluster is a dataset of the ledger.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(clusters::details, snapshots::create),
    components(schemas(wire::ErrorBody))
)]
struct Document;

/// Its routes and its document.
pub(super) fn dialect() -> Dialect<Dws> {
    let routes = vec![
        Route::get(
            "/v1.0/{project_id}/clusters/{cluster_id}",
            clusters::details,
        ),
        Route::post("/v1.0/{project_id}/snapshots", snapshots::create),
    ];
    Dialect::new(routes, Document::openapi(), "ErrorBody")
}
