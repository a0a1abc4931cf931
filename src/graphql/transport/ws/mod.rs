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

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::SEC_WEBSOCKET_VERSION;
use axum::response::Response;

use self::close::Close;
use self::handshake::{Handshake, NoHandshake};
use self::line::{Ended, Line};
use self::socket::Socket;
use super::reply::Malformed;
use super::{Served, credential};
use crate::graphql::error::{Code, Problem};

pub use self::handshake::is_wanted;

/// Turns a request into a socket, or tells why not.
pub async fn upgraded(served: Served, mut request: Request) -> Result<Response, Malformed> {
    let principal = credential::of_headers(&served.gatekeeper, request.headers()).await;
    let principal = principal.map_err(Malformed::fault)?;
    let handshake = Handshake::of(&mut request).map_err(not_upgraded)?;
    let place = served.places.take().ok_or_else(Malformed::full)?;
    let answer = handshake.answer();
    let connections = served.connections.clone();
    connections.run(async move {
        let Handshake {
            is_understood,
            upgrade,
            ..
        } = handshake;
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
    Ok(answer)
}

fn not_upgraded(no_handshake: NoHandshake) -> Malformed {
    let hint = "Open a WebSocket that speaks graphql-transport-ws, or POST the request.";
    match no_handshake {
        NoHandshake::Malformed(message) => {
            let problem = Problem::new(Code::BadInput, message, hint);
            Malformed::new(StatusCode::BAD_REQUEST, problem)
        }
        NoHandshake::OtherVersion => {
            let message = "this version of WebSocket is not spoken";
            let problem = Problem::new(Code::BadInput, message, hint);
            let malformed = Malformed::new(StatusCode::UPGRADE_REQUIRED, problem);
            malformed.with(SEC_WEBSOCKET_VERSION, handshake::VERSION)
        }
    }
}
