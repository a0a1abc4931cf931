//! `graphql-transport-ws`: operations of every kind over a WebSocket.
//!
//! ```text
//! handshake ─► line (frames) ─► socket (one task) ─► protocol (pure): what to do
//!                                  ▲      │
//!                            outbox └──────┴─► operations (a task each)
//! ```
//!
//! The protocol is the one of the npm package `graphql-ws`, to the letter; no other is spoken.

mod close;
mod handshake;
mod line;
mod message;
mod protocol;
mod socket;
mod wire;

use axum::extract::Request;
use axum::http::header::{RETRY_AFTER, SEC_WEBSOCKET_VERSION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use self::close::Close;
use self::handshake::{Handshake, NoHandshake};
use self::line::{Ended, Line};
use self::socket::Socket;
use super::{Served, credential, refused};
use crate::graphql::error::{Code, Problem};

pub use self::handshake::is_wanted;

/// Turns a request into a socket, or tells why not.
pub fn upgraded(served: Served, mut request: Request) -> Response {
    let principal = match credential::of_headers(&served.gatekeeper, request.headers()) {
        Ok(principal) => principal,
        Err(problem) => return refused(StatusCode::INTERNAL_SERVER_ERROR, &problem),
    };
    let handshake = match Handshake::of(&mut request) {
        Ok(handshake) => handshake,
        Err(no_handshake) => return not_upgraded(no_handshake),
    };
    let Some(place) = served.places.take() else {
        return full();
    };
    let answer = handshake.answer();
    let connections = served.connections.clone();
    connections.run(async move {
        let Handshake { is_understood, upgrade, .. } = handshake;
        let Ok(upgraded) = upgrade.await else {
            return;
        };
        let limits = served.schema.limits();
        let leaving = served.connections.leaving().clone();
        let line = Line::open(upgraded, limits, leaving).await;
        if is_understood {
            Socket::new(served, line, principal).serve().await;
        } else {
            line.farewell(Ended::ByUs(Close::other_subprotocol())).await;
        }
        drop(place);
    });
    answer
}

fn not_upgraded(no_handshake: NoHandshake) -> Response {
    let hint = "Open a WebSocket that speaks graphql-transport-ws, or POST the request.";
    match no_handshake {
        NoHandshake::Malformed(message) => {
            refused(StatusCode::BAD_REQUEST, &Problem::new(Code::BadInput, message, hint))
        }
        NoHandshake::OtherVersion => {
            let message = "this version of WebSocket is not spoken";
            let problem = Problem::new(Code::BadInput, message, hint);
            let mut response = refused(StatusCode::UPGRADE_REQUIRED, &problem);
            let version = HeaderValue::from_static(handshake::VERSION);
            response.headers_mut().insert(SEC_WEBSOCKET_VERSION, version);
            response
        }
    }
}

fn full() -> Response {
    let mut response = refused(StatusCode::SERVICE_UNAVAILABLE, &Problem::too_many_connections());
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
