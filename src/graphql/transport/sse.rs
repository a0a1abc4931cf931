//! `graphql-sse`, in its distinct connections mode: one operation of any kind, told as a stream of
//! events.
//!
//! What is wrong with the HTTP request is answered as such. What is wrong with the document comes
//! as an event, as the protocol asks: who reads events in a browser sees nothing else. An event's
//! id is where to go on after it; a client that comes back says it in `Last-Event-ID`.

use async_graphql::Request;
use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::Request as HttpRequest;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response as HttpResponse};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::asked::{self, Asked};
use super::events::Events;
use super::framing::Framing;
use super::negotiation::Accepted;
use super::operation::Operation;
use super::outbox::{Bounds, Outbox};
use super::reply::{self, Malformed};
use super::{Served, http};
use crate::graphql::error::{Code, Problem};
use crate::graphql::serving::Why;
use crate::graphql::subscription::{Checkpoint, ResumeAfter};

/// What a client sends that was broken off: the id of the last event it has.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells a proxy in front that it must not gather what is told.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Answers a request of a client that takes events: with events, unless it also takes JSON and
/// there is one answer.
pub async fn answered(
    served: &Served,
    request: HttpRequest,
    accepted: Accepted,
) -> Result<HttpResponse, Malformed> {
    let principal = http::asking(served, request.headers()).await?;
    let last_event_id = request.headers().get(LAST_EVENT_ID).cloned();
    let method = request.method().clone();
    let mut asked = match method {
        Method::POST => one(http::received(served, request).await?)?,
        Method::GET | Method::HEAD => asked::addressed(request.uri())?,
        _ => return Err(http::other_method()),
    };
    if let Some(id) = last_event_id.filter(|id| !id.is_empty()) {
        asked = asked.data(ResumeAfter(
            String::from_utf8_lossy(id.as_bytes()).into_owned(),
        ));
    }
    let checkpoint = Checkpoint::default();
    let prepared = served
        .schema
        .prepare(&principal, asked.data(checkpoint.clone()))
        .await;
    let kind = prepared.as_ref().ok().map(|prepared| prepared.kind);
    if kind == Some(OperationType::Mutation) && method != Method::POST {
        return Err(http::mutation_by_get());
    }
    if let Some(media) = accepted.answer
        && kind != Some(OperationType::Subscription)
    {
        let outcome = match prepared {
            Ok(prepared) => http::once(served, prepared).await,
            Err(refusals) => Err(refusals),
        };
        return Ok(reply::single(outcome, media));
    }
    let place = served.places.take().ok_or_else(Malformed::full)?;
    let begun = match prepared {
        Ok(prepared) => prepared.begin().await,
        Err(refusals) => Err(refusals),
    };
    let begun = match begun {
        // The caller is to come again: a status says so to whoever is between, too.
        Err(refusals) if refusals.why() != Why::Request => {
            return Ok(reply::refused(&refusals, accepted.answer_or_json()));
        }
        begun => begun,
    };
    let outbox = Outbox::new(Bounds::of(served.schema.limits()));
    let operation = Operation {
        schema: served.schema.clone(),
        framing: Framing::EventStream,
        sender: outbox.open(0),
        leaving: served.connections.leaving().clone(),
    };
    let telling = operation.tell(begun, checkpoint).in_current_span();
    let task = AbortOnDropHandle::new(tokio::spawn(telling));
    let events = Events::new(served.clone(), principal, outbox, (task, place));
    let headers = [
        (CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (ACCEL_BUFFERING, "no"),
    ];
    Ok((headers, Body::from_stream(events.into_stream())).into_response())
}

/// The one request of a body.
fn one(asked: Asked) -> Result<Request, Malformed> {
    match asked {
        Asked::One(request) => Ok(request),
        Asked::Batch(_) => {
            let hint = "Ask for each of them on a stream of its own, or accept JSON.";
            let message = "a stream of events tells of one request, and not of a batch";
            let problem = Problem::new(Code::BadInput, message, hint);
            Err(Malformed::new(StatusCode::BAD_REQUEST, problem))
        }
    }
}
