//! The transports: POST and WebSocket at `/graphql`.
//!
//! A transport finds out who is asking and carries requests in and answers out. It runs nothing
//! for nobody, and takes no more bytes than it must.

mod connections;
mod credential;
mod framing;
mod operation;
mod outbox;
mod ws;

use async_graphql::{BatchRequest, BatchResponse, Request, Response};
use async_graphql_axum::{GraphQLBatchRequest, GraphQLResponse};
use axum::body::Body;
use axum::extract::{FromRequest, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::StreamExt;
use serde_json::json;

use connections::Places;

pub use connections::Connections;

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
    connections: Connections,
    places: Places,
}

/// The routes of the graph.
pub fn routes(schema: Schema, gatekeeper: Gatekeeper, connections: Connections) -> Router {
    let places = Places::new(schema.limits().sockets_max);
    let served = Served { schema, gatekeeper, connections, places };
    Router::new()
        .route("/graphql", post(over_http).get(over_get))
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

async fn over_get(State(served): State<Served>, request: axum::extract::Request) -> HttpResponse {
    if ws::is_wanted(request.headers()) {
        return ws::upgraded(served, request);
    }
    let hint = "POST requests here, or open a WebSocket that speaks graphql-transport-ws.";
    let problem = Problem::new(Code::BadInput, "this cannot be asked by GET", hint);
    refused(StatusCode::METHOD_NOT_ALLOWED, &problem)
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
