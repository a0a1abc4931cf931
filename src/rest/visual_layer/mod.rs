//! The API of a catalogue of images and videos: snapshots of datasets, and the tasks on them.
//!
//! ```text
//! wire.rs       its shapes            translate.rs  to and from the ledger's
//! error.rs      its errors            asked.rs      the query of a listing of tasks
//! free_name.rs  names that need not be unique here
//! datasets.rs, snapshots.rs, tasks.rs               its calls
//! ```
//!
//! A restore and a clone are answered with 202 and nothing else; what became of them is found among
//! the tasks.

mod asked;
mod datasets;
mod error;
mod free_name;
mod snapshots;
mod tasks;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_shapes;
mod translate;
mod wire;

use axum::response::Response;
use utoipa::OpenApi;

use super::dialect::{Dialect, Route};
use super::fault::Fault;
use super::tongue::Tongue;
use crate::gatekeeper::Doors;

/// The dialect.
pub(super) struct VisualLayer;

impl Tongue for VisualLayer {
    const NAME: &'static str = "visual_layer";
    const DOORS: Doors = Doors::Bearer;
    const TAKES_SIGNATURES: bool = false;
    const ERRORS: &'static [(u16, &'static str)] = error::ERRORS;

    fn tell(fault: &Fault) -> Response {
        error::tell(fault)
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Snapshots of visual datasets",
        description = "Checkpoints of a dataset, made, restored, cloned; tasks on datasets.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        datasets::status,
        snapshots::list,
        snapshots::create,
        snapshots::update,
        snapshots::restore,
        snapshots::clone_to_dataset,
        snapshots::delete,
        tasks::list
    ),
    components(schemas(wire::ErrorBody))
)]
struct Document;

/// Its routes and its document.
pub(super) fn dialect() -> Dialect<VisualLayer> {
    const SNAPSHOTS: &str = "/api/v1/dataset/{dataset_id}/snapshot";
    const SNAPSHOT: &str = "/api/v1/dataset/{dataset_id}/snapshot/{snapshot_id}";
    const RESTORE: &str = "/api/v1/dataset/{dataset_id}/snapshot/{snapshot_id}/restore";
    const CLONE: &str = "/api/v1/dataset/{dataset_id}/snapshot/{snapshot_id}/clone";
    let routes = vec![
        Route::get("/api/v1/dataset/{dataset_id}", datasets::status),
        Route::get(SNAPSHOTS, snapshots::list),
        Route::post(SNAPSHOTS, snapshots::create),
        Route::patch(SNAPSHOT, snapshots::update),
        Route::delete(SNAPSHOT, snapshots::delete),
        Route::post(RESTORE, snapshots::restore),
        Route::post(CLONE, snapshots::clone_to_dataset),
        Route::get("/api/v1/tasks", tasks::list),
    ];
    Dialect::new(routes, Document::openapi(), "ErrorBody")
}
