//! A request that is valid, and what it becomes once it has begun.
//!
//! What begins is charged first, then waits for what it must know of. From here on everything is
//! an answer: errors stand in it, with its data.

use std::fmt;
use std::sync::Arc;

use async_graphql::Response;
use async_graphql::parser::types::OperationType;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Span;

use super::measured::Measured;
use super::{Refusals, Schema, telling};
use crate::auth::Principal;
use crate::domain::ids::XactId;
use crate::graphql::error::Problem;
use crate::graphql::remembered::Valid;
use crate::graphql::visit::Visit;

/// A request that is valid and has not begun.
pub struct Prepared {
    pub(super) schema: Schema,
    pub(super) principal: Principal,
    pub(super) visit: Visit,
    pub(super) valid: Valid,
    /// What kind of operation it runs.
    pub kind: OperationType,
    pub(super) min_xact_id: Option<XactId>,
    /// The document's text, where no other names may be told.
    pub(super) said: Option<Arc<str>>,
    /// Counts it, however it ends.
    pub(super) measured: Measured,
}

/// A request that has begun.
pub enum Begun {
    /// A query or a mutation, which runs as this is awaited.
    Answer(BoxFuture<'static, Response>),
    /// A subscription.
    Answers(BoxStream<'static, Response>),
}

impl fmt::Debug for Begun {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Answer(_) => "Answer",
            Self::Answers(_) => "Answers",
        })
    }
}

impl Prepared {
    /// Begins it: charges its principal, and waits until the views have what it must see.
    pub async fn begin(mut self) -> Result<Begun, Refusals> {
        self.note();
        let end = sleep(self.schema.limits().execution_time_max).deadline();
        let admitted = match self.charge() {
            Ok(()) => self.wait(end).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = admitted {
            let refusals = Refusals::of(problem, self.visit.id);
            self.measured.answered(refusals.errors());
            return Err(refusals);
        }
        Ok(match self.kind {
            OperationType::Query | OperationType::Mutation => Begun::Answer(self.answer(end)),
            OperationType::Subscription => Begun::Answers(self.answers()),
        })
    }

    /// Names the operation in what is told of the request at hand.
    fn note(&self) {
        let span = Span::current();
        span.record("operation.kind", self.kind.to_string());
        if let Some(name) = self.valid.operation_name() {
            span.record("operation.name", name);
        }
    }

    /// Takes the cost from what the principal may spend. The one place where that is done for the
    /// graph, whatever the transport.
    fn charge(&self) -> Result<(), Problem> {
        let Some(charge) = &self.schema.charge else {
            return Ok(());
        };
        let charged = charge(&self.principal, self.valid.requested.objects());
        charged.map_err(Problem::rate_limited)
    }

    async fn wait(&self, end: Instant) -> Result<(), Problem> {
        let Some(wanted) = self.min_xact_id else {
            return Ok(());
        };
        match timeout_at(end, self.schema.ledger().reached(wanted)).await {
            Ok(reached) => Ok(reached.map(|_| ())?),
            Err(_) => Err(Problem::timed_out()),
        }
    }

    fn answer(self, end: Instant) -> BoxFuture<'static, Response> {
        let (schema, said, id) = (self.schema, self.said, self.visit.id);
        let mut measured = self.measured;
        let valid = self.valid.with_data(self.visit);
        let answer = async move {
            let running = schema.inner.engine.run(valid);
            let response = match timeout_at(end, running).await {
                Ok(response) => response,
                Err(_) => {
                    let problem = Problem::timed_out();
                    Response::from_errors(vec![telling::server_error(problem)])
                }
            };
            let listed_max = schema.limits().errors_listed_max;
            let response = telling::told(response, id, said.as_deref(), listed_max);
            measured.answered(&response.errors);
            response
        };
        answer.boxed()
    }

    fn answers(self) -> BoxStream<'static, Response> {
        let (schema, said, id) = (self.schema, self.said, self.visit.id);
        let mut measured = self.measured;
        let listed_max = schema.limits().errors_listed_max;
        let answers = schema.inner.engine.stream(self.valid.with_data(self.visit));
        answers
            .map(move |response| {
                let response = telling::told(response, id, said.as_deref(), listed_max);
                measured.answered(&response.errors);
                response
            })
            .boxed()
    }
}
