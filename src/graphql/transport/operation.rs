//! One operation on a connection that stays open: run, and what it tells put into its lane.
//!
//! The same for sockets and event streams. A reader who lags is told where to go on. Whatever
//! happens here, the client hears of the end, unless it asked for it.

use async_graphql::{Request, Response};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use tokio_util::sync::CancellationToken;
use tracing::field::Empty;
use tracing::{Instrument, info_span};

use super::framing::Framing;
use super::outbox::{Lagged, Parcel, Sender};
use crate::auth::Principal;
use crate::domain::ids::Position;
use crate::graphql::error::Problem;
use crate::graphql::serving::{Begun, Refusals, Schema};
use crate::graphql::subscription::Checkpoint;

/// An operation that runs.
pub struct Operation {
    /// What it is asked of.
    pub schema: Schema,
    /// How its answers are written.
    pub framing: Framing,
    /// Where they go.
    pub sender: Sender,
    /// Cancelled when the server ends: what goes on without end then stops, without a word, for
    /// the connection tells.
    pub leaving: CancellationToken,
}

impl Operation {
    /// Runs a request to its end, in a span of its own: a connection runs many, for one caller.
    pub async fn run(self, principal: Principal, request: Request) {
        let span = info_span!(
            "operation",
            principal.subject = Empty,
            principal.key = Empty,
            operation.kind = Empty,
            operation.name = Empty,
        );
        let running = async {
            let checkpoint = Checkpoint::default();
            let request = request.data(checkpoint.clone());
            let begun = self.schema.begin(&principal, request).await;
            self.tell(begun, checkpoint).await;
            tracing::debug!("an operation of a socket ended");
        };
        running.instrument(span).await;
    }

    /// Tells what has begun, or why it has not.
    pub async fn tell(self, begun: Result<Begun, Refusals>, checkpoint: Checkpoint) {
        match begun {
            Err(refusals) => self.sender.end(self.framing.refused(refusals.errors())),
            Ok(Begun::Answer(answer)) => {
                // Without a checkpoint it is waited for until it is taken.
                self.put(&answer.await, None).await.unwrap_or_default();
                self.sender.end(self.framing.complete());
            }
            Ok(Begun::Answers(answers)) => {
                self.sender.is_endless(checkpoint.clone());
                tokio::select! {
                    biased;
                    () = self.leaving.cancelled() => {}
                    last = self.tell_all(answers, checkpoint) => self.sender.end(last),
                }
            }
        }
    }

    /// Puts every answer into the lane, as it is taken up; answers what is to be told last.
    async fn tell_all(
        &self,
        mut answers: BoxStream<'static, Response>,
        checkpoint: Checkpoint,
    ) -> String {
        let mut put = None;
        while let Some(answer) = answers.next().await {
            let told = checkpoint.told();
            if self.put(&answer, told).await.is_err() {
                return self.refused(Problem::lagged(put));
            }
            put = told;
        }
        self.framing.complete()
    }

    async fn put(&self, answer: &Response, checkpoint: Option<Position>) -> Result<(), Lagged> {
        let text = self.framing.next(answer, checkpoint);
        self.sender
            .put(Parcel {
                text,
                checkpoint,
                is_last: false,
            })
            .await
    }

    fn refused(&self, problem: Problem) -> String {
        self.framing.refused(self.schema.refused(problem).errors())
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let problem = Problem::fault("an operation panicked");
            self.sender.end(self.refused(problem));
        }
    }
}
