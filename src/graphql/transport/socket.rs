//! Sockets: subscriptions over WebSocket.
//!
//! A socket runs nothing before it is known who is at the other end.

use std::sync::{Arc, OnceLock};

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::{Data, Executor, Request, Response, ServerError};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::header::UPGRADE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response as HttpResponse;
use futures_util::stream::{BoxStream, once};
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;

use super::reply::Malformed;
use super::{Served, looked_up};
use crate::auth::Principal;
use crate::gatekeeper::Gatekeeper;
use crate::graphql::error::{Code, Problem};
use crate::graphql::serving::{Begun, Schema};

/// Whether a request asks for a socket.
pub fn is_asked_for(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(UPGRADE).map(HeaderValue::as_bytes);
    upgrade.is_some_and(|value| value.eq_ignore_ascii_case(b"websocket"))
}

/// Opens a socket.
pub async fn serve(served: Served, mut parts: Parts) -> Result<HttpResponse, Malformed> {
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let protocol = GraphQLProtocol::from_request_parts(&mut parts, &()).await;
    let (Ok(upgrade), Ok(protocol)) = (upgrade, protocol) else {
        let hint = "Open a WebSocket that speaks graphql-transport-ws.";
        let message = "this is no request for a socket that speaks the protocol";
        let problem = Problem::new(Code::BadInput, message, hint);
        return Err(Malformed::new(StatusCode::BAD_REQUEST, problem));
    };
    let known = looked_up(served.gatekeeper.principal(&parts.headers)).map_err(Malformed::fault)?;
    let bytes_max = served.schema.limits().frame_bytes_max;
    let principal = Arc::new(OnceLock::new());
    if let Some(known) = known {
        // Nobody else has the cell yet.
        let _ = principal.set(known);
    }
    let session = Session {
        schema: served.schema,
        principal: principal.clone(),
    };
    let opened = upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .max_message_size(bytes_max)
        .on_upgrade(move |socket| {
            let init = move |payload: Value| async move {
                introduced(&served.gatekeeper, &principal, &payload)?;
                Ok(Data::default())
            };
            GraphQLWebSocket::new(socket, session, protocol)
                .on_connection_init(init)
                .serve()
        });
    Ok(opened)
}

/// Learns who is at the other end from the first message, unless the header told.
fn introduced(
    gatekeeper: &Gatekeeper,
    principal: &OnceLock<Principal>,
    payload: &Value,
) -> Result<(), Problem> {
    let members = payload.as_object().into_iter().flatten();
    let mut credentials = members.filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let credential = credentials.next().and_then(|(_, value)| value.as_str());
    match (credential, principal.get()) {
        (Some(credential), None) => {
            let known = looked_up(gatekeeper.of_authorization(credential))?;
            // Only this call sets the cell once the socket is open.
            let _ = principal.set(known.ok_or_else(Problem::unauthenticated)?);
            Ok(())
        }
        (_, Some(_)) => Ok(()),
        (None, None) => Err(Problem::unauthenticated()),
    }
}

/// One socket: its requests run for whoever introduced themselves.
#[derive(Clone)]
struct Session {
    schema: Schema,
    principal: Arc<OnceLock<Principal>>,
}

impl Executor for Session {
    async fn execute(&self, request: Request) -> Response {
        match self.principal.get() {
            Some(principal) => answered(&self.schema, principal, request).await,
            None => unknown(),
        }
    }

    fn execute_stream(
        &self,
        request: Request,
        _session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        match self.principal.get() {
            Some(principal) => {
                let (schema, principal) = (self.schema.clone(), principal.clone());
                let begun = async move {
                    match schema.begin(&principal, request).await {
                        Ok(Begun::Answer(answer)) => once(answer).boxed(),
                        Ok(Begun::Answers(answers)) => answers,
                        Err(refusals) => {
                            let response = Response::from_errors(refusals.errors().to_vec());
                            once(async { response }).boxed()
                        }
                    }
                };
                begun.flatten_stream().boxed()
            }
            None => once(async { unknown() }).boxed(),
        }
    }
}

fn unknown() -> Response {
    let problem = Problem::unauthenticated();
    let mut error = ServerError::new(problem.message(), None);
    error.extensions = Some(problem.extensions());
    Response::from_errors(vec![error])
}

/// The one answer to a query or a mutation, or the first of a subscription.
async fn answered(schema: &Schema, principal: &Principal, request: Request) -> Response {
    match schema.begin(principal, request).await {
        Ok(Begun::Answer(answer)) => answer.await,
        Ok(Begun::Answers(mut answers)) => answers.next().await.unwrap_or_default(),
        Err(refusals) => Response::from_errors(refusals.errors().to_vec()),
    }
}
