//! `GET /v1/datasets/{id}/media?key=&at=`: the file that an item of a version points to, out of
//! the one folder that the operator gave.
//!
//! Never a file outside that folder, never one that is not what the item says it is, and never
//! one that a browser would run. Without a folder nothing is handed out.

mod folder;
mod kinds;
mod proof;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use tokio_util::io::ReaderStream;

use super::items::{bad_query, dataset_id, version_spec};
use super::{Rest, Trouble};
use crate::ledger::Media;
use kinds::Shown;

pub use folder::{MediaFolder, MediaFolderFault};

/// A file is a document of its own to a browser that opens it by itself: it may load and run
/// nothing.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
/// What was checked once need not be asked for at every turn of a page.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=300");

/// The route, without its state.
pub(super) fn routes() -> Router<Rest> {
    Router::new().route("/v1/datasets/{id}/media", get(media))
}

/// Which file is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    key: String,
    at: Option<String>,
}

async fn media(
    State(rest): State<Rest>,
    Path(id): Path<String>,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let (caller, correlation) = rest.caller(&headers).await?;
    let hint = "key is needed, and at is understood";
    let Query(parameters) = parameters.map_err(|fault| bad_query(&fault, hint))?;
    let dataset = dataset_id(&id)?;
    let spec = version_spec(dataset, parameters.at.as_deref())?;
    let reads = rest.ledger.reads(&caller.principal);
    let told = |error| Trouble::of(error, correlation);
    let version = reads.version(spec).await.map_err(told)?;
    if version.dataset != dataset {
        return Err(Trouble::not_found("snapshot of this dataset"));
    }
    let item = reads.item(&version, &parameters.key).map_err(told)?;
    let item = item.ok_or_else(|| Trouble::not_found("item at this version"))?;
    let media = item
        .media
        .ok_or_else(|| Trouble::not_found("media: the item points to no file"))?;
    let folder = rest.media.as_ref().ok_or_else(not_handed_out)?;
    answer(folder, &media).await
}

/// The file, once it is proven to be what the item says.
async fn answer(folder: &MediaFolder, media: &Media) -> Result<Response, Trouble> {
    let file = folder.open(&media.uri).await?;
    let proven = proof::prove(file, media).await?;
    let shown = Shown::of(media.mime_type.as_deref(), &media.uri);
    let mut response = Body::from_stream(ReaderStream::new(proven.file)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, shown.media_type());
    headers.insert(header::CONTENT_DISPOSITION, shown.disposition());
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(proven.bytes));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::CACHE_CONTROL, KEPT);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    Ok(response)
}

fn not_handed_out() -> Trouble {
    Trouble::new(
        StatusCode::NOT_FOUND,
        "MEDIA_NOT_SERVED",
        "this server hands out no files",
        "start it with --media-root and the folder that the items point into",
    )
}
