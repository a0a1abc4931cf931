//! Replies over HTTP: answers and refusals in the media type that was negotiated.
//!
//! A refusal has errors and no data, always as JSON, always with a code. Decides no rule of the
//! graph: only which status says what.

use async_graphql::{Response, ServerError};
use async_graphql_axum::GraphQLResponse;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response as HttpResponse};
use serde::Serialize;

use super::negotiation::MediaType;
use crate::graphql::error::{Code, Problem};
use crate::graphql::serving::{LEFT_OUT, Refusals, Why, server_error};

/// After how many seconds a caller may come again for what was only not possible now.
const AGAIN_SECONDS: u64 = 1;

/// A request that is none of the graph's: it never became one that could be prepared.
#[derive(Debug)]
pub struct Malformed {
    /// What the answer's status says.
    pub status: StatusCode,
    problem: Problem,
    header: Option<(HeaderName, &'static str)>,
}

impl Malformed {
    /// Refused for this problem.
    pub const fn new(status: StatusCode, problem: Problem) -> Self {
        Self {
            status,
            problem,
            header: None,
        }
    }

    /// With a header that says what would be taken.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }

    /// Nobody is known to be asking.
    pub fn unauthenticated() -> Self {
        let problem = Problem::unauthenticated();
        Self::new(StatusCode::UNAUTHORIZED, problem).with(WWW_AUTHENTICATE, "Bearer")
    }

    /// As many connections stay open as may.
    pub fn full() -> Self {
        let problem = Problem::too_many_connections();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, problem).with(RETRY_AFTER, "5")
    }

    /// Something broke before the request was looked at, or is not to be had for a while.
    pub fn fault(problem: Problem) -> Self {
        if problem.code() == Code::Unavailable {
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, problem).with(RETRY_AFTER, "1");
        }
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, problem)
    }

    /// The method does not carry this; `allowed` are those that do.
    pub fn method(problem: Problem, allowed: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, problem).with(ALLOW, allowed)
    }

    /// What is wrong, for people.
    #[cfg(test)]
    pub fn message(&self) -> &str {
        self.problem.message()
    }

    /// The reply, in the media type that the client takes.
    pub fn reply(self, media: MediaType) -> HttpResponse {
        let errors = [server_error(self.problem)];
        let body = Refused::listing(&errors, 0);
        let mut response = written(self.status, media, &body);
        if let Some((name, value)) = self.header {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// The body of a refusal, which has no data.
#[derive(Serialize)]
pub struct Refused<'a> {
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<serde_json::Value>,
}

impl<'a> Refused<'a> {
    /// The body of what the core has refused.
    pub fn of(refusals: &'a Refusals) -> Self {
        Self::listing(refusals.errors(), refusals.left_out())
    }

    fn listing(errors: &'a [ServerError], left_out: usize) -> Self {
        let extensions = (left_out > 0).then(|| serde_json::json!({ (LEFT_OUT): left_out }));
        Self { errors, extensions }
    }
}

/// One entry of a batch's answer.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Entry<'a> {
    /// An answer.
    Answered(&'a Response),
    /// A refusal.
    Refused(Refused<'a>),
}

impl<'a> Entry<'a> {
    /// The entry of one request.
    pub fn of(outcome: &'a Result<Response, Refusals>) -> Self {
        match outcome {
            Ok(response) => Self::Answered(response),
            Err(refusals) => Self::Refused(Refused::of(refusals)),
        }
    }
}

/// The reply to one request.
pub fn single(outcome: Result<Response, Refusals>, media: MediaType) -> HttpResponse {
    match outcome {
        Ok(answer) => {
            let mut response = GraphQLResponse::from(answer).into_response();
            let content_type = HeaderValue::from_static(media.content_type());
            response.headers_mut().insert(CONTENT_TYPE, content_type);
            response
        }
        Err(refusals) => refused(&refusals, media),
    }
}

/// The reply to a request that the core has refused.
pub fn refused(refusals: &Refusals, media: MediaType) -> HttpResponse {
    let (status, wait_seconds) = status_of(refusals.why(), media);
    let mut response = written(status, media, &Refused::of(refusals));
    if let Some(seconds) = wait_seconds {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The reply to a batch: each entry tells for itself how it went.
pub fn batch(outcomes: &[Result<Response, Refusals>], media: MediaType) -> HttpResponse {
    let entries: Vec<Entry<'_>> = outcomes.iter().map(Entry::of).collect();
    written(StatusCode::OK, media, &entries)
}

/// The status of a refusal, and after how many seconds to come again.
const fn status_of(why: Why, media: MediaType) -> (StatusCode, Option<u64>) {
    match (why, media) {
        (Why::Request, MediaType::GraphqlResponse) => (StatusCode::BAD_REQUEST, None),
        // Clients of old take any other status for one of something between them and the graph.
        (Why::Request, MediaType::Json) => (StatusCode::OK, None),
        (Why::TooOften(seconds), _) => (StatusCode::TOO_MANY_REQUESTS, Some(seconds)),
        (Why::Unavailable, _) => (StatusCode::SERVICE_UNAVAILABLE, Some(AGAIN_SECONDS)),
        (Why::Fault, _) => (StatusCode::INTERNAL_SERVER_ERROR, None),
    }
}

fn written(status: StatusCode, media: MediaType, body: &impl Serialize) -> HttpResponse {
    match serde_json::to_vec(body) {
        Ok(bytes) => (status, [(CONTENT_TYPE, media.content_type())], bytes).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "an answer cannot be written as JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_tells_a_request_error_only_to_those_who_trust_it() {
        let table = [
            (Why::Request, 400, 200),
            (Why::TooOften(3), 429, 429),
            (Why::Unavailable, 503, 503),
            (Why::Fault, 500, 500),
        ];
        for (why, graphql, json) in table {
            let status = |media| status_of(why, media).0.as_u16();
            assert_eq!(status(MediaType::GraphqlResponse), graphql, "{why:?}");
            assert_eq!(status(MediaType::Json), json, "{why:?}");
        }
        assert_eq!(status_of(Why::TooOften(3), MediaType::Json).1, Some(3));
    }
}
