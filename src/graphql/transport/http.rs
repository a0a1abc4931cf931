//! GraphQL over HTTP: one request or a batch, by POST, or one query by GET.
//!
//! Who is asking comes first, before any byte of the body; then what they send and take; then the
//! graph. A GET runs nothing but queries. Keeps to the GraphQL-over-HTTP specification.

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response};
use axum::extract::Request as HttpRequest;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response as HttpResponse;

use super::asked::{self, Asked};
use super::negotiation::{self, Accepted, MediaType};
use super::reply::{self, Malformed};
use super::{Served, body, credential};
use crate::auth::Principal;
use crate::graphql::error::{Code, Problem};
use crate::graphql::serving::{Begun, Prepared, Refusals, known_as};
use crate::request_id::RequestId;

/// The methods by which the graph is asked.
const METHODS: &str = "GET, HEAD, POST";

/// Answers a request over HTTP, whatever it is.
pub async fn answered(
    served: &Served,
    request: HttpRequest,
    accepted: Accepted,
) -> Result<HttpResponse, Malformed> {
    let principal = asking(served, request.headers()).await?;
    let media = accepted.answer.ok_or_else(not_acceptable)?;
    let id = RequestId::correlation(request.headers());
    match *request.method() {
        Method::POST => {
            let asked = received(served, request).await?.known_as(id);
            Ok(posted(served, &principal, asked, media).await)
        }
        Method::GET | Method::HEAD => {
            let asked = known_as(asked::addressed(request.uri())?, id);
            let outcome = queried(served, &principal, asked).await?;
            Ok(reply::single(outcome, media))
        }
        _ => Err(other_method()),
    }
}

/// Who asks, by the headers.
pub async fn asking(served: &Served, headers: &HeaderMap) -> Result<Principal, Malformed> {
    let principal = credential::of_headers(&served.gatekeeper, headers).await;
    let principal = principal.map_err(Malformed::fault)?;
    principal.ok_or_else(Malformed::unauthenticated)
}

/// The graph is asked by other methods.
pub fn other_method() -> Malformed {
    let hint = "POST {\"query\": …} as application/json.";
    let problem = Problem::new(Code::BadInput, "the graph is not asked like this", hint);
    Malformed::method(problem, METHODS)
}

/// What changes something is not asked by GET.
pub fn mutation_by_get() -> Malformed {
    let hint = "POST it: what changes something is not asked by GET.";
    let problem = Problem::new(Code::BadInput, "a mutation cannot be asked by GET", hint);
    Malformed::method(problem, "POST")
}

/// Reads what a body asks for.
pub async fn received(served: &Served, request: HttpRequest) -> Result<Asked, Malformed> {
    let (parts, body) = request.into_parts();
    check_type(&parts.headers)?;
    let limits = served.schema.limits();
    let body = body::whole(&parts.headers, body, limits).await?;
    asked::posted(&body, limits.batch_requests_max)
}

fn check_type(headers: &HeaderMap) -> Result<(), Malformed> {
    let refused = |message, hint| {
        let problem = Problem::new(Code::BadInput, message, hint);
        Malformed::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, problem)
    };
    if !negotiation::is_json(headers) {
        let hint = "Send JSON in UTF-8 with the header `Content-Type: application/json`.";
        return Err(refused("the body must be JSON", hint).with(ACCEPT, "application/json"));
    }
    if !negotiation::is_plain(headers) {
        let hint = "Send the body as it is, without `Content-Encoding`.";
        let refused = refused("the body must not be compressed", hint);
        return Err(refused.with(ACCEPT_ENCODING, "identity"));
    }
    Ok(())
}

/// Answers what came by POST; the requests of a batch one after the other.
async fn posted(
    served: &Served,
    principal: &Principal,
    asked: Asked,
    media: MediaType,
) -> HttpResponse {
    match asked {
        Asked::One(request) => reply::single(run(served, principal, request).await, media),
        Asked::Batch(requests) => {
            let mut outcomes = Vec::with_capacity(requests.len());
            for request in requests {
                outcomes.push(run(served, principal, request).await);
            }
            reply::batch(&outcomes, media)
        }
    }
}

/// Runs what came by POST.
async fn run(
    served: &Served,
    principal: &Principal,
    request: Request,
) -> Result<Response, Refusals> {
    let prepared = served.schema.prepare(principal, request).await?;
    once(served, prepared).await
}

/// Runs what came by GET: a query, and nothing else.
async fn queried(
    served: &Served,
    principal: &Principal,
    request: Request,
) -> Result<Result<Response, Refusals>, Malformed> {
    let prepared = match served.schema.prepare(principal, request).await {
        Ok(prepared) => prepared,
        Err(refusals) => return Ok(Err(refusals)),
    };
    let problem = match prepared.kind {
        OperationType::Query => return Ok(once(served, prepared).await),
        OperationType::Mutation => return Err(mutation_by_get()),
        OperationType::Subscription => many_answers(),
    };
    Err(Malformed::method(problem, "POST"))
}

/// The one answer to what was prepared.
pub async fn once(served: &Served, prepared: Prepared) -> Result<Response, Refusals> {
    match prepared.begin().await? {
        Begun::Answer(answer) => Ok(answer.await),
        Begun::Answers(_) => Err(served.schema.refused(many_answers())),
    }
}

fn many_answers() -> Problem {
    let hint = "Accept text/event-stream, or open a WebSocket that speaks graphql-transport-ws.";
    let message = "a subscription has many answers, and this request takes one";
    Problem::new(Code::BadInput, message, hint)
}

fn not_acceptable() -> Malformed {
    let hint = "Accept application/graphql-response+json or application/json.";
    let message = "there is no answer in any of the media types that are accepted";
    let problem = Problem::new(Code::BadInput, message, hint);
    Malformed::new(StatusCode::NOT_ACCEPTABLE, problem)
}
