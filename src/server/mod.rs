//! The server: it accepts connections, answers what belongs to no room, and bounds what a caller
//! may hold.
//!
//! ```text
//! accept ─ cap ─► connection ─ time-outs ─► around ─ origin, id, headers, figures ─► rooms
//! ```
//!
//! While the ledger opens only health answers. After the first signal nothing new is accepted, and
//! what runs has a bounded time to end. No rule of the ledger stands here.

mod accepting;
mod around;
mod connection;
mod doorbell;
mod health;
mod limits;
mod listening;
mod origins;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use crate::auth::Action;
use crate::clock::Clock;
use crate::console;
use crate::gatekeeper::Gatekeeper;
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::rest::{self, Trouble};

pub use limits::ServerLimits;
pub use listening::{Listening, ServeFault, Serving};
pub use origins::{Origin, Origins};

/// What the routes around the rooms need.
#[derive(Clone)]
pub struct Outside {
    /// The ledger.
    pub ledger: Ledger,
    /// Who knows whom to let in.
    pub gatekeeper: Gatekeeper,
    /// What times requests and names them.
    pub clock: Arc<dyn Clock>,
    /// What is measured.
    pub metrics: Arc<Metrics>,
    /// Which pages of the web may ask.
    pub origins: Arc<Origins>,
    /// Cancelled when the server is to end.
    pub leaving: CancellationToken,
}

/// Health, readiness, metrics and the front page, around the routes of the rooms.
pub fn routes(outside: Outside, rooms: Router) -> Router {
    let own = Router::new()
        .route("/", get(front_page))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics))
        .with_state(outside.clone());
    let all = own
        .merge(rooms)
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed);
    let all = match outside.origins.layer() {
        Some(layer) => all.layer(layer),
        None => all,
    };
    all.layer(axum::middleware::from_fn_with_state(
        outside,
        around::around,
    ))
}

/// What is measured, for those who may read everything.
async fn metrics(State(outside): State<Outside>, headers: HeaderMap) -> Result<Response, Trouble> {
    let fault = |error| Trouble::of(error, outside.ledger.new_request_id());
    let principal = outside
        .gatekeeper
        .sought(|gate| gate.principal(&headers))
        .await;
    let principal = principal.map_err(fault)?;
    let principal = principal.ok_or_else(Trouble::unauthenticated)?;
    if !principal.may_everywhere(Action::Read) {
        return Err(Trouble::new(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            "the figures are of all projects together",
            "use a key that may read every project",
        ));
    }
    let text = outside.metrics.text();
    Ok(([(header::CONTENT_TYPE, Metrics::CONTENT_TYPE)], text).into_response())
}

async fn front_page(State(outside): State<Outside>, headers: HeaderMap) -> Response {
    if let Some(page) = console::front_page(&headers).await {
        return page;
    }
    let text = format!(
        "snapledger {}: an event-sourced snapshot ledger\n\
         ledger {}\n\
         \n\
         /graphql                   GraphQL; subscriptions over WebSocket or as event streams\n\
         /playground                GraphQL to try out in a browser\n\
         /v1/datasets/{{id}}/items    items in bulk: POST NDJSON or CSV, GET NDJSON\n\
         /healthz  /readyz          is it up, is it caught up\n\
         /metrics                   what it measures, for Prometheus\n\
         \n\
         Send a key as `Authorization: Bearer sl_...`\n",
        env!("CARGO_PKG_VERSION"),
        outside.ledger.id(),
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn not_found(uri: Uri) -> Response {
    rest::not_found(uri.path())
}

async fn method_not_allowed(uri: Uri) -> Response {
    rest::method_not_allowed(uri.path())
}
