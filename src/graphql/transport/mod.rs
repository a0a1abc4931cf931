//! The transports: GraphQL over HTTP, as a stream of events, and over WebSocket, all at `/graphql`.
//!
//! ```text
//! upgrade ───► ws ─────────────────────────────────────────┐
//! takes events ► sse ──┐                                    ├─ operation ─ outbox ─► connection
//! GET, POST ─► http: who asks ─ what type ─ body ─ asked ─ serving ─ reply
//! ```
//!
//! A transport finds out who is asking and carries requests in and answers out. It runs nothing
//! for nobody, and takes no more bytes than it must.

mod asked;
mod body;
mod connections;
mod credential;
mod events;
mod framing;
mod http;
mod leftover;
mod negotiation;
mod operation;
mod outbox;
mod reply;
mod sse;
mod ws;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::any;

use super::serving::Schema;
use crate::gatekeeper::Gatekeeper;
use connections::Places;

pub use connections::Connections;

/// What the routes need.
#[derive(Clone)]
struct Served {
    schema: Schema,
    gatekeeper: Gatekeeper,
    connections: Connections,
    places: Places,
}

/// The routes of the graph; its sockets and event streams are among `connections`.
pub fn routes(schema: Schema, gatekeeper: Gatekeeper, connections: Connections) -> Router {
    let places = Places::new(schema.limits().sockets_max);
    let served = Served {
        schema,
        gatekeeper,
        connections,
        places,
    };
    Router::new()
        .route("/graphql", any(by_any_transport))
        .with_state(served)
        .layer(from_fn(leftover::read_on))
}

async fn by_any_transport(State(served): State<Served>, request: Request) -> Response {
    let accepted = negotiation::accepted(request.headers());
    let answered = if ws::is_wanted(request.headers()) {
        ws::upgraded(served, request).await
    } else if accepted.events {
        sse::answered(&served, request, accepted).await
    } else {
        http::answered(&served, request, accepted).await
    };
    answered.unwrap_or_else(|malformed| malformed.reply(accepted.answer_or_json()))
}
