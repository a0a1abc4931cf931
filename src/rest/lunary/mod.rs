//! The API of datasets with numbered versions, as its callers know it: every change makes a
//! version, unless it is told not to, and a restore brings back items, name and description.
//!
//! ```text
//! asked.rs, wire.rs   its shapes          translate.rs   to and from the ledger's
//! error.rs            its errors          entry.rs       which project, dataset, version
//! item_ids.rs         UUIDs of items      item_list.rs   all items in one answer
//! datasets.rs, items.rs, imports.rs (rows.rs), versions.rs, by_slug.rs   its calls
//! ```
//!
//! A version is a snapshot of whatever reason; its number is the snapshot's.

mod asked;
mod by_slug;
mod datasets;
mod entry;
mod error;
mod imports;
mod item_ids;
mod item_list;
mod items;
mod rows;
#[cfg(test)]
mod tests;
mod translate;
mod versions;
mod wire;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use utoipa::OpenApi;

use super::Rest;
use super::dialect::{Dialect, Route};
use super::fault::Fault;
use super::tongue::Tongue;
use crate::gatekeeper::Doors;
pub(super) use item_ids::ItemIds;

const DATASETS: &str = "/v1/datasets-v2";
const DATASET: &str = "/v1/datasets-v2/{datasetId}";
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The dialect.
pub(super) struct Lunary;

impl Tongue for Lunary {
    const NAME: &'static str = "lunary";
    const DOORS: Doors = Doors::BearerOrApiKey;
    const TAKES_SIGNATURES: bool = false;
    const ERRORS: &'static [(u16, &'static str)] = error::ERRORS;

    fn tell(fault: &Fault) -> Response {
        error::tell(fault)
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Datasets with versions",
        description = "Datasets whose every change makes a version; a version is a snapshot of \
                       the ledger.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        datasets::list,
        datasets::create,
        datasets::get,
        datasets::update,
        datasets::delete,
        datasets::duplicate,
        imports::import,
        items::list,
        items::create,
        items::get,
        items::update,
        items::delete,
        versions::list,
        versions::create,
        versions::get,
        versions::restore,
        by_slug::get
    ),
    components(schemas(asked::Sort, wire::ErrorBody))
)]
struct Document;

/// Its routes and its document.
fn dialect() -> Dialect<Lunary> {
    let item = "/v1/datasets-v2/{datasetId}/items/{itemId}";
    let items = "/v1/datasets-v2/{datasetId}/items";
    let versions = "/v1/datasets-v2/{datasetId}/versions";
    let version = "/v1/datasets-v2/{datasetId}/versions/{versionId}";
    let routes = vec![
        Route::get(DATASETS, datasets::list),
        Route::post(DATASETS, datasets::create),
        Route::get(DATASET, datasets::get),
        Route::patch(DATASET, datasets::update),
        Route::delete(DATASET, datasets::delete),
        Route::post("/v1/datasets-v2/{datasetId}/duplicate", datasets::duplicate),
        Route::post("/v1/datasets-v2/{datasetId}/import", imports::import),
        Route::get(items, items::list),
        Route::post(items, items::create),
        Route::get(item, items::get),
        Route::patch(item, items::update),
        Route::delete(item, items::delete),
        Route::get(versions, versions::list),
        Route::post(versions, versions::create),
        Route::get(version, versions::get),
        Route::post(
            "/v1/datasets-v2/{datasetId}/versions/{versionId}/restore",
            versions::restore,
        ),
        Route::get("/v1/datasets/{slug}", by_slug::get),
    ];
    Dialect::new(routes, Document::openapi(), "ErrorBody")
}

/// The routes, with what this API answers to whoever shows no credential at all.
pub(super) fn router(rest: &Rest) -> Router<Rest> {
    dialect().router(rest).layer(from_fn(unknown_callers))
}

/// Tells whoever came without a credential what this API tells them: not who they are is missing,
/// but access, or where only the project is asked for, the project.
async fn unknown_callers(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_nobody = !headers.contains_key(header::AUTHORIZATION) && !headers.contains_key(API_KEY);
    let of_project = request.method() == Method::GET && is_dataset(request.uri().path());
    let response = next.run(request).await;
    if !is_nobody || response.status() != StatusCode::UNAUTHORIZED {
        response
    } else if of_project {
        error::nowhere()
    } else {
        error::nobody()
    }
}

/// Whether a path is that of one dataset.
fn is_dataset(path: &str) -> bool {
    let rest = path.strip_prefix(DATASETS);
    let id = rest.and_then(|rest| rest.strip_prefix('/'));
    let id = id.map(|id| id.strip_suffix('/').unwrap_or(id));
    id.is_some_and(|id| !id.is_empty() && !id.contains('/'))
}
