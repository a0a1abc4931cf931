//! Serving: one request from its text to its answer, the same for every transport.
//!
//! Here a document is measured, `minXactId` waited for, the time bounded, and every error given its
//! code. What broke inside is logged here, once, and told to nobody.

use async_graphql::parser::types::OperationType;
use async_graphql::{ErrorExtensionValues, Request, Response, ScalarType, ServerError};
use futures_util::stream::{BoxStream, once};
use futures_util::{FutureExt, StreamExt};
use uuid::Uuid;

use super::error::{Code, Fault, Problem};
use super::limits::Limits;
use super::scalars::Xact;
use super::visit::Visit;
use super::{Engine, document, engine};
use crate::auth::Principal;
use crate::ledger::Ledger;

/// The member of a request's extensions that says which event the answer must know of.
const MIN_XACT_ID: &str = "minXactId";

/// The graph over one ledger. Clones are handles to the same one.
#[derive(Clone)]
pub struct Schema {
    engine: Engine,
    ledger: Ledger,
    limits: Limits,
}

/// The graph over a ledger.
pub fn build(ledger: Ledger, limits: Limits) -> Schema {
    let engine = engine();
    Schema {
        engine,
        ledger,
        limits,
    }
}

impl Schema {
    /// Runs a query or a mutation.
    pub async fn execute(&self, principal: &Principal, mut request: Request) -> Response {
        let visit = Visit::new(&self.ledger, principal, self.limits);
        let id = visit.id;
        let running = async {
            self.admit(&mut request)?;
            self.wait_for(&request).await?;
            Ok(self.engine.execute(request.data(visit)).await)
        };
        let response = match tokio::time::timeout(self.limits.execution_time_max, running).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => Response::from_errors(vec![error]),
            Err(_) => Response::from_errors(vec![server_error(Problem::timed_out())]),
        };
        finished(response, id)
    }

    /// Runs an operation of any kind; a query or mutation gives one answer, a subscription many.
    pub fn stream(
        &self,
        principal: &Principal,
        mut request: Request,
    ) -> BoxStream<'static, Response> {
        let (schema, principal) = (self.clone(), principal.clone());
        let name = request.operation_name.clone();
        let is_subscription = request.parsed_query().is_ok_and(|document| {
            let kind = document::operation_type(document, name.as_deref());
            kind == Some(OperationType::Subscription)
        });
        if !is_subscription {
            return once(async move { schema.execute(&principal, request).await }).boxed();
        }
        let visit = Visit::new(&self.ledger, &principal, self.limits);
        let id = visit.id;
        let begun = async move {
            let admitted = match schema.admit(&mut request) {
                Ok(()) => {
                    let waiting = schema.wait_for(&request);
                    let waited = tokio::time::timeout(schema.limits.execution_time_max, waiting);
                    waited
                        .await
                        .unwrap_or_else(|_| Err(server_error(Problem::timed_out())))
                }
                Err(error) => Err(error),
            };
            match admitted {
                Ok(()) => schema.engine.execute_stream(request.data(visit)),
                Err(error) => once(async { Response::from_errors(vec![error]) }).boxed(),
            }
        };
        begun
            .flatten_stream()
            .map(move |response| finished(response, id))
            .boxed()
    }

    /// Parses and measures the document.
    fn admit(&self, request: &mut Request) -> Result<(), ServerError> {
        let document = request.parsed_query().map_err(|error| {
            let hint = "Correct the document at the place that is told.";
            let problem = Problem::new(Code::GraphqlParseFailed, error.message.clone(), hint);
            ServerError {
                extensions: Some(problem.extensions()),
                ..error
            }
        })?;
        document::check(document, &self.limits).map_err(server_error)
    }

    /// Waits until the views have what the request says it must see.
    async fn wait_for(&self, request: &Request) -> Result<(), ServerError> {
        let Some(wanted) = request.extensions.get(MIN_XACT_ID) else {
            return Ok(());
        };
        let wanted = Xact::parse(wanted.clone()).unwrap_or(Xact::Malformed);
        let wanted = wanted
            .checked("extensions.minXactId")
            .map_err(server_error)?;
        let reached = self.ledger.reached(wanted).await;
        reached
            .map(|_| ())
            .map_err(|error| server_error(error.into()))
    }
}

fn server_error(problem: Problem) -> ServerError {
    async_graphql::Error::from(problem).into_server_error(async_graphql::Pos::default())
}

/// Gives every error its code, and logs what broke under the request's id.
fn finished(mut response: Response, id: Uuid) -> Response {
    for error in &mut response.errors {
        // A place that is none: the error is about the request, not about a part of its text.
        error.locations.retain(|place| place.line > 0);
        if let Some(Fault(what)) = error.source::<Fault>() {
            tracing::error!(request.id = %id, fault = %what, "a request failed");
            let extensions = error.extensions.get_or_insert_default();
            extensions.set("correlationId", id.to_string());
        }
        let has_code = error
            .extensions
            .as_ref()
            .is_some_and(|told| told.get("code").is_some());
        if !has_code {
            error.extensions = Some(engine_extensions(error));
        }
    }
    response
}

/// The extensions of an error of the engine's own: about a value when it has a path, else about
/// the document.
fn engine_extensions(error: &ServerError) -> ErrorExtensionValues {
    let (code, hint) = if error.path.is_empty() {
        let hint = "Compare the document with the schema and correct it.";
        (Code::GraphqlValidationFailed, hint)
    } else {
        let hint = "Correct the value that is named and send the request again.";
        (Code::BadInput, hint)
    };
    Problem::new(code, error.message.clone(), hint).extensions()
}
