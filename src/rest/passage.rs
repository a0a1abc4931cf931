//! The one passage that every request of this room goes through, whatever its route: it is given
//! an id on the way in, and on the way out that id is told and a fault logged under it.
//!
//! What is to be counted, measured or charged for each request stands here.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use super::Rest;
use super::tongue::Broken;

/// Where an answer tells the id of its request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: the correlation id of all that it does.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestId(pub(super) Uuid);

/// Passes a request on.
pub(super) async fn pass(State(rest): State<Rest>, mut request: Request, next: Next) -> Response {
    let known = request.extensions().get::<RequestId>().copied();
    let id = known.unwrap_or_else(|| RequestId(rest.ledger.new_request_id()));
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    if let Some(Broken(fault)) = response.extensions_mut().remove() {
        tracing::error!(request.id = %id.0, %fault, "a request met a fault");
    }
    if let Ok(value) = HeaderValue::from_str(&id.0.to_string()) {
        response.headers_mut().entry(REQUEST_ID).or_insert(value);
    }
    response
}
