//! The API of an evaluation service, as its vendor's SDKs and command line call it: a dataset is
//! a dataset, a row is an item, a snapshot is a named transaction id, which is an xact id.
//!
//! ```text
//! wire/         its shapes              translate.rs, row.rs    to and from the ledger's
//! error.rs      its errors              asked.rs                parameters of queries, pages
//! merge.rs      what an event makes of a row
//! projects.rs, datasets.rs, snapshots.rs, restores.rs, insert.rs, fetch.rs     its public calls
//! login.rs, registry.rs, logs.rs, query.rs, filter.rs, figures.rs    what its SDKs call beneath
//! ```
//!
//! One host is both of the vendor's addresses, so the answer to a login names this one.

mod asked;
mod datasets;
mod error;
mod fetch;
mod figures;
mod filter;
mod insert;
mod login;
mod logs;
mod merge;
mod once;
mod projects;
mod query;
mod registry;
mod restores;
mod row;
mod snapshots;
#[cfg(test)]
mod tests;
mod translate;
mod wire;

use axum::response::Response;
use utoipa::OpenApi;

use super::dialect::{Dialect, Route};
use super::fault::Fault;
use super::tongue::{Told, Tongue};
use crate::gatekeeper::Doors;

/// The dialect.
pub(super) struct Braintrust;

/// A fault on its way to a caller of this dialect.
type Trouble = Told<Braintrust>;

impl Tongue for Braintrust {
    const NAME: &'static str = "braintrust";
    const DOORS: Doors = Doors::Bearer;
    const TAKES_SIGNATURES: bool = false;
    const ERRORS: &'static [(u16, &'static str)] = error::ERRORS;
    const ERROR_TYPE: &'static str = "text/plain; charset=utf-8";

    fn tell(fault: &Fault) -> Response {
        error::tell(fault)
    }
}

/// Under which paths it answers what is not there.
pub(super) const PREFIXES: [&str; 11] = [
    "/v1/project",
    "/v1/dataset",
    "/v1/dataset_snapshot",
    "/api/apikey",
    "/api/dataset_snapshot",
    "/api/self",
    "/logs3",
    "/btql",
    "/version",
    "/xact-id",
    "/environment-object",
];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Evaluation datasets and their snapshots",
        description = "Datasets of rows; a snapshot is a named transaction id of one.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        projects::create,
        projects::list,
        projects::read,
        projects::change,
        projects::delete,
        datasets::create,
        datasets::list,
        datasets::read,
        datasets::change,
        datasets::delete,
        insert::insert,
        fetch::by_body,
        fetch::by_query,
        figures::summarize,
        snapshots::create,
        snapshots::put,
        snapshots::list,
        snapshots::read,
        snapshots::change,
        snapshots::delete,
        restores::restore,
        restores::preview,
        login::login,
        login::version,
        login::head,
        registry::register_project,
        registry::register_dataset,
        registry::object_info,
        registry::register_snapshot,
        registry::find_snapshots,
        registry::change_snapshot,
        registry::delete_snapshot,
        logs::log,
        query::query,
        figures::count,
    ),
    components(schemas(wire::ErrorText))
)]
struct Document;

/// Its routes and its document.
pub(super) fn dialect() -> Dialect<Braintrust> {
    let mut routes = public();
    routes.extend(beneath());
    Dialect::new(routes, Document::openapi(), "ErrorText")
}

/// The calls that the vendor documents, and those of its command line.
fn public() -> Vec<Route> {
    let project = "/v1/project/{project_id}";
    let dataset = "/v1/dataset/{dataset_id}";
    let fetch = "/v1/dataset/{dataset_id}/fetch";
    let snapshot = "/v1/dataset_snapshot/{dataset_snapshot_id}";
    vec![
        Route::post("/v1/project", projects::create),
        Route::get("/v1/project", projects::list),
        Route::get(project, projects::read),
        Route::patch(project, projects::change),
        Route::delete(project, projects::delete),
        Route::post("/v1/dataset", datasets::create),
        Route::get("/v1/dataset", datasets::list),
        Route::get(dataset, datasets::read),
        Route::patch(dataset, datasets::change),
        Route::delete(dataset, datasets::delete),
        Route::post("/v1/dataset/{dataset_id}/insert", insert::insert),
        Route::post(fetch, fetch::by_body),
        Route::get(fetch, fetch::by_query),
        Route::get("/v1/dataset/{dataset_id}/summarize", figures::summarize),
        Route::post("/v1/dataset/{dataset_id}/restore", restores::restore),
        Route::post(
            "/v1/dataset/{dataset_id}/restore/preview",
            restores::preview,
        ),
        Route::post("/v1/dataset_snapshot", snapshots::create),
        Route::put("/v1/dataset_snapshot", snapshots::put),
        Route::get("/v1/dataset_snapshot", snapshots::list),
        Route::get(snapshot, snapshots::read),
        Route::patch(snapshot, snapshots::change),
        Route::delete(snapshot, snapshots::delete),
    ]
}

/// The calls that its SDKs make beneath.
fn beneath() -> Vec<Route> {
    vec![
        Route::post("/api/apikey/login", login::login),
        Route::get("/version", login::version),
        Route::get("/xact-id", login::head),
        Route::post("/api/project/register", registry::register_project),
        Route::post("/api/dataset/register", registry::register_dataset),
        Route::post("/api/self/get_object_info", registry::object_info),
        Route::post(
            "/api/dataset_snapshot/register",
            registry::register_snapshot,
        ),
        Route::post("/api/dataset_snapshot/get", registry::find_snapshots),
        Route::post("/api/dataset_snapshot/patch_id", registry::change_snapshot),
        Route::post("/api/dataset_snapshot/delete_id", registry::delete_snapshot),
        Route::post("/logs3", logs::log),
        Route::post("/btql", query::query),
        Route::get("/dataset-summary", figures::count),
    ]
}
