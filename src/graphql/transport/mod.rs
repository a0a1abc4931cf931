//! The transports: POST and WebSocket at `/graphql`.
//!
//! A transport finds out who is asking and carries requests in and answers out. It runs nothing
//! for nobody, and takes no more bytes than it must.

use std::sync::{Arc, OnceLock};

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::{BatchRequest, BatchResponse, Data, Executor, Request, Response, ServerError};
use async_graphql_axum::{GraphQLBatchRequest, GraphQLProtocol, GraphQLResponse, GraphQLWebSocket};
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequest, FromRequestParts, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::stream::{BoxStream, once};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};

use super::error::{Code, Problem};
use super::serving::{Begun, Schema};
use crate::auth::Principal;
use crate::gatekeeper::Gatekeeper;
use crate::ledger::Outcome;

/// The largest request body.
const BODY_BYTES_MAX: usize = 1 << 20;
/// How far a body that is too large is read on, for the sake of its sender.
const READ_ON_BYTES_MAX: usize = 64 << 20;
/// The most requests of one batch.
const BATCH_REQUESTS_MAX: usize = 10;

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
        .route("/graphql", post(over_http).get(over_socket))
        .with_state(served)
}

async fn over_http(State(served): State<Served>, request: axum::extract::Request) -> HttpResponse {
    let principal = match looked_up(served.gatekeeper.principal(request.headers())) {
        Ok(Some(principal)) => principal,
        Ok(None) => return refused(StatusCode::UNAUTHORIZED, &Problem::unauthenticated()),
        Err(problem) => return refused(StatusCode::INTERNAL_SERVER_ERROR, &problem),
    };
    let requests = match received(request).await {
        Ok(requests) => requests,
        Err((status, problem)) => return refused(status, &problem),
    };
    let schema = &served.schema;
    let response = match requests {
        BatchRequest::Single(request) => {
            BatchResponse::Single(answered(schema, &principal, request).await)
        }
        BatchRequest::Batch(requests) => {
            let mut responses = Vec::with_capacity(requests.len());
            for request in requests {
                responses.push(answered(schema, &principal, request).await);
            }
            BatchResponse::Batch(responses)
        }
    };
    GraphQLResponse::from(response).into_response()
}

/// The one answer to a query or a mutation, or the first of a subscription.
async fn answered(schema: &Schema, principal: &Principal, request: Request) -> Response {
    match schema.begin(principal, request).await {
        Ok(Begun::Answer(answer)) => answer.await,
        Ok(Begun::Answers(mut answers)) => answers.next().await.unwrap_or_default(),
        Err(refusals) => Response::from_errors(refusals.errors().to_vec()),
    }
}

/// Reads the requests of a body.
async fn received(request: axum::extract::Request) -> Result<BatchRequest, (StatusCode, Problem)> {
    if !is_json(request.headers()) {
        let hint = "Send JSON with the header `Content-Type: application/json`.";
        let problem = Problem::new(Code::BadInput, "the body must be JSON", hint);
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, problem));
    }
    let (parts, body) = request.into_parts();
    let body = whole(body).await.map_err(|message| {
        let hint = "Send less at a time; bulk items go to /v1/datasets/{id}/items.";
        let problem = Problem::new(Code::TooLarge, message, hint);
        (StatusCode::PAYLOAD_TOO_LARGE, problem)
    })?;
    let request = axum::extract::Request::from_parts(parts, Body::from(body));
    let malformed = |message: String| {
        let hint = "Send {\"query\": …, \"variables\": …, \"operationName\": …}.";
        (
            StatusCode::BAD_REQUEST,
            Problem::new(Code::BadInput, message, hint),
        )
    };
    let requests: Result<GraphQLBatchRequest, _> =
        GraphQLBatchRequest::from_request(request, &()).await;
    let requests = requests.map_err(|rejection| malformed(rejection.0.to_string()))?;
    let requests = requests.into_inner();
    if requests.iter().count() > BATCH_REQUESTS_MAX {
        let message = format!("a batch has at most {BATCH_REQUESTS_MAX} requests");
        return Err(malformed(message));
    }
    Ok(requests)
}

/// All bytes of a body, or why there are none. One that is too large is read on for a while without
/// being kept, so that a sender who reads the answer only at the end gets it.
async fn whole(body: Body) -> Result<Vec<u8>, String> {
    let mut chunks = body.into_data_stream();
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| "the body broke off".to_owned())?;
        length += chunk.len();
        if length <= BODY_BYTES_MAX {
            kept.extend_from_slice(&chunk);
        } else if length > READ_ON_BYTES_MAX {
            break;
        }
    }
    match length {
        0..=BODY_BYTES_MAX => Ok(kept),
        _ => Err(format!("the body has more than {BODY_BYTES_MAX} bytes")),
    }
}

/// Other types can be sent across sites by a page that the reader merely visits.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    essence == "application/json" || essence == "application/graphql-response+json"
}

async fn over_socket(
    State(served): State<Served>,
    request: axum::extract::Request,
) -> HttpResponse {
    let (mut parts, _body) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let protocol = GraphQLProtocol::from_request_parts(&mut parts, &()).await;
    let (Ok(upgrade), Ok(protocol)) = (upgrade, protocol) else {
        let hint = "POST requests here, or open a WebSocket that speaks graphql-transport-ws.";
        let problem = Problem::new(Code::BadInput, "this cannot be asked by GET", hint);
        return refused(StatusCode::METHOD_NOT_ALLOWED, &problem);
    };
    let known = match looked_up(served.gatekeeper.principal(&parts.headers)) {
        Ok(known) => known,
        Err(problem) => return refused(StatusCode::INTERNAL_SERVER_ERROR, &problem),
    };
    let principal = Arc::new(OnceLock::new());
    if let Some(known) = known {
        // Nobody else has the cell yet.
        let _ = principal.set(known);
    }
    let session = Session {
        schema: served.schema,
        principal: principal.clone(),
    };
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .max_message_size(BODY_BYTES_MAX)
        .on_upgrade(move |socket| {
            let init = move |payload: Value| async move {
                introduced(&served.gatekeeper, &principal, &payload)?;
                Ok(Data::default())
            };
            GraphQLWebSocket::new(socket, session, protocol)
                .on_connection_init(init)
                .serve()
        })
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

/// A request that the engine never sees, in the form of its answers.
fn refused(status: StatusCode, problem: &Problem) -> HttpResponse {
    let error = json!({ "message": problem.message(), "extensions": problem.extensions() });
    (status, Json(json!({ "errors": [error] }))).into_response()
}

/// Whose a credential is; that it cannot be looked up is logged here.
fn looked_up(found: Outcome<Option<Principal>>) -> Result<Option<Principal>, Problem> {
    found.map_err(|fault| {
        tracing::error!(%fault, "a credential cannot be looked up");
        Problem::fault(fault.to_string())
    })
}
