//! The transports: GraphQL over HTTP and over WebSocket, both at `/graphql`.
//!
//! ```text
//! upgrade ──► socket
//! GET, POST ─► http: who asks ─ what type ─ body ─ asked ─ serving ─ reply
//! ```
//!
//! A transport finds out who is asking and carries requests in and answers out. It runs nothing
//! for nobody, and takes no more bytes than it must.

mod asked;
mod body;
mod http;
mod negotiation;
mod reply;
mod socket;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;

use super::error::Problem;
use super::serving::Schema;
use crate::auth::Principal;
use crate::gatekeeper::Gatekeeper;
use crate::ledger::Outcome;

/// What the routes need.
#[derive(Clone)]
struct Served {
    schema: Schema,
    gatekeeper: Gatekeeper,
}

/// The routes of the graph.
pub fn routes(schema: Schema, gatekeeper: Gatekeeper) -> Router {
    let served = Served { schema, gatekeeper };
    Router::new()
        .route("/graphql", any(by_any_transport))
        .with_state(served)
}

async fn by_any_transport(State(served): State<Served>, request: Request) -> Response {
    if socket::is_asked_for(request.headers()) {
        let media = negotiation::accepted(request.headers()).answer_or_json();
        let (parts, _body) = request.into_parts();
        let opened = socket::serve(served, parts).await;
        return opened.unwrap_or_else(|malformed| malformed.reply(media));
    }
    http::serve(&served, request).await
}

/// Whose a credential is; that it cannot be looked up is logged here.
fn looked_up(found: Outcome<Option<Principal>>) -> Result<Option<Principal>, Problem> {
    found.map_err(|fault| {
        tracing::error!(%fault, "a credential cannot be looked up");
        Problem::fault(fault.to_string())
    })
}
