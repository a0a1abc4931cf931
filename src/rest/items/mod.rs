//! Items in bulk, at `/v1/datasets/{id}/items`: any number in as one version, any version out.
//!
//! ```text
//! POST: body → inflate → lines or rows (a thread) → batches → importer → one version
//! GET:  version → pages of 64 → lines of NDJSON
//! ```
//!
//! Memory does not grow with the number of items beside the importer's keys.

mod asked;
pub(super) mod body;
mod cells;
mod download;
mod lines;
pub(super) mod records;
mod retry;
mod rows;
pub(super) mod source;
mod upload;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::QueryRejection;
use axum::routing::get;

use super::{Rest, Trouble};
use crate::domain::ids::DatasetId;

pub(super) use download::version_spec;

/// The route, without its state.
pub(super) fn routes() -> Router<Rest> {
    Router::new()
        .route(
            "/v1/datasets/{id}/items",
            get(download::download).post(upload::upload),
        )
        // Streamed: bounded by line, not as a whole.
        .layer(DefaultBodyLimit::disable())
}

/// Whether a path lies below a dataset of this route, and in no dialect.
pub(super) fn owns(path: &str) -> bool {
    let below = path.strip_prefix("/v1/datasets/");
    below.is_some_and(|below| below.contains('/'))
}

/// The dataset that a path names.
pub(super) fn dataset_id(text: &str) -> Result<DatasetId, Trouble> {
    text.parse()
        .map_err(|fault: crate::domain::ids::Malformed| {
            Trouble::bad_input(
                fault.to_string(),
                "give the id that GraphQL shows for the dataset",
            )
        })
}

/// A query that is not understood; the hint says what would be.
pub(super) fn bad_query(fault: &QueryRejection, hint: &'static str) -> Trouble {
    let text = fault.body_text();
    let words = text
        .split_once("query string: ")
        .map_or(text.as_str(), |(_, words)| words);
    Trouble::bad_input(format!("the query: {words}"), hint)
}
