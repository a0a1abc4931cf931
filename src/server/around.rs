//! Around every request: may this page ask, the request's id, what is told and measured of it, and
//! the headers of every answer.
//!
//! Told are the method, the route, the status, the time and who asked. Never a body, a query's
//! text, a path's ids or a header that could hold a credential.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::Outside;
use crate::request_id::{REQUEST_ID, RequestId};

/// An answer that takes longer is told of by itself.
const SLOW: Duration = Duration::from_secs(1);
/// The route of whatever has none.
const NO_ROUTE: &str = "none";
/// What every answer says to browsers unless it says something else: it is no page, belongs into
/// no frame, is what it says it is, and is kept by nobody.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Does all of it.
pub(super) async fn around(
    State(outside): State<Outside>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = outside.clock.elapsed();
    let id = RequestId::of(request.headers(), || outside.clock.new_id());
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let span = span(&id, method.as_str(), route);
    let id = id.into_value();
    // The rooms find the settled one.
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let mut response = match outside.origins.refusal(request.headers()) {
        Some(trouble) => trouble.into_response(),
        None => next.run(request).instrument(span.clone()).await,
    };
    let took = outside.clock.elapsed().saturating_sub(began);
    let status = response.status();
    outside.metrics.answered(&method, route, status, took);
    span.in_scope(|| tell(status, took));
    if status != StatusCode::SWITCHING_PROTOCOLS {
        complete(response.headers_mut());
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// What a request is told under. Those who come to know fill in the rest.
fn span(id: &RequestId, method: &str, route: &str) -> Span {
    tracing::info_span!(
        "request",
        request.id = %id,
        http.method = method,
        http.route = route,
        principal.subject = Empty,
        principal.key = Empty,
        operation.kind = Empty,
        operation.name = Empty,
    )
}

fn tell(status: StatusCode, took: Duration) {
    let (status, ms) = (status.as_u16(), took.as_secs_f64() * 1_000.0);
    if took >= SLOW {
        tracing::info!(http.status = status, duration_ms = ms, "answered slowly");
    } else {
        tracing::debug!(http.status = status, duration_ms = ms, "answered");
    }
}

/// An answer with the headers that every answer has, where nothing else stands around it.
pub(super) async fn completed(mut response: Response) -> Response {
    complete(response.headers_mut());
    response
}

fn complete(headers: &mut HeaderMap) {
    // Once, and for the request's id too: else the map grows as they come.
    headers.reserve(HEADERS.len() + 1);
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
}
