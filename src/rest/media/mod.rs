//! `GET /v1/datasets/{id}/media?key=&at=`: the file that an item of a version points to, out of
//! the one folder that the operator gave.
//!
//! A part of it is sent to whoever asks for one, so that a film can be sought in. Never a file
//! outside that folder, never one that is not what the item says it is, and never one that a
//! browser would run. Without a folder nothing is handed out.

mod folder;
mod kinds;
mod part;
mod proof;

#[cfg(test)]
mod tests;

use std::io::SeekFrom;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::items::{bad_query, dataset_id, version_spec};
use super::{Rest, Trouble};
use crate::ledger::Media;
use kinds::Shown;
use part::Part;
use proof::Proven;

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
    let proven = folder.proven(&media, rest.ledger.now()).await?;
    answer(proven, &media, &headers).await
}

/// The file that was proven to be what the item says, or the part of it that is asked for.
async fn answer(proven: Proven, media: &Media, asked: &HeaderMap) -> Result<Response, Trouble> {
    let Proven {
        mut file,
        bytes,
        mark,
    } = proven;
    let part = Part::of(asked, bytes, &mark);
    let (first, length) = part.span(bytes);
    let mut response = match part {
        Part::Kept => StatusCode::NOT_MODIFIED.into_response(),
        Part::Beyond => beyond(bytes).into_response(),
        Part::Whole | Part::Range { .. } => {
            let sought = file.seek(SeekFrom::Start(first)).await;
            sought.map_err(|_| Trouble::unavailable("the item's file cannot be read"))?;
            let mut response =
                Body::from_stream(ReaderStream::new(file.take(length))).into_response();
            let shown = Shown::of(media.mime_type.as_deref(), &media.uri);
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, shown.media_type());
            headers.insert(header::CONTENT_DISPOSITION, shown.disposition());
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            response
        }
    };
    if let Part::Range { .. } = part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    let headers = response.headers_mut();
    if let Some(range) = content_range(part, bytes) {
        headers.insert(header::CONTENT_RANGE, range);
    }
    if let Ok(mark) = HeaderValue::from_str(&mark) {
        headers.insert(header::ETAG, mark);
    }
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::CACHE_CONTROL, KEPT);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    Ok(response)
}

/// The value of `Content-Range`, where one is sent.
fn content_range(part: Part, bytes: u64) -> Option<HeaderValue> {
    let range = match part {
        Part::Range { first, last } => format!("bytes {first}-{last}/{bytes}"),
        Part::Beyond => format!("bytes */{bytes}"),
        Part::Whole | Part::Kept => return None,
    };
    HeaderValue::from_str(&range).ok()
}

fn beyond(bytes: u64) -> Trouble {
    Trouble::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "RANGE_BEYOND_END",
        format!("the item's file has {bytes} bytes, and none in the range that was asked for"),
        "ask for a range that begins before its end",
    )
}

fn not_handed_out() -> Trouble {
    Trouble::new(
        StatusCode::NOT_FOUND,
        "MEDIA_NOT_SERVED",
        "this server hands out no files",
        "start it with --media-root and the folder that the items point into",
    )
}
