//! Serves a file: packed where the caller unpacks it, once where the caller kept it.
//!
//! A name that holds a hash may be kept for ever; every other one is asked for again each time and
//! answered with 304 while nothing changed.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::encoding::{takes_gzip, unpacked};
use super::files::File;
use super::policy::Policy;

/// A year: the longest that anybody may be told to keep something.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The answer to a request with these headers.
pub(super) async fn answer(file: &File, policy: Policy, asked: &HeaderMap) -> Response {
    let is_packed = file.is_packed && takes_gzip(asked);
    let mark = mark(file, is_packed);
    let mut response = if is_kept(asked, &mark) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if file.is_packed && !is_packed {
        match unpacked(&file.bytes).await {
            Ok(bytes) => Body::from(bytes).into_response(),
            Err(fault) => {
                tracing::error!(%fault, "a file of the console cannot be unpacked");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        }
    } else {
        Body::from(file.bytes.clone().into_owned()).into_response()
    };
    let headers = response.headers_mut();
    if is_packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let keeping = if file.is_immutable {
        FOR_EVER
    } else {
        ASK_AGAIN
    };
    headers.insert(header::CACHE_CONTROL, keeping);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(file.media_type),
    );
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.header());
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    if let Ok(mark) = HeaderValue::from_str(&mark) {
        headers.insert(header::ETAG, mark);
    }
    response
}

/// The `ETag`: packed and unpacked are two things under one name.
fn mark(file: &File, is_packed: bool) -> String {
    let form = if is_packed { "-gzip" } else { "" };
    format!("\"{}{form}\"", file.mark)
}

/// Whether the caller has just this.
fn is_kept(asked: &HeaderMap, mark: &str) -> bool {
    let known = asked.get(header::IF_NONE_MATCH);
    let known = known.and_then(|value| value.to_str().ok());
    known.is_some_and(|known| {
        known.split(',').any(|one| {
            let one = one.trim();
            one == "*" || one.trim_start_matches("W/") == mark
        })
    })
}
