//! A stream of events while it lasts: what its operation tells, and signs of life between.
//!
//! It ends with its operation, with the credential it was asked under, or with the server. Pulled
//! by the connection: what is not taken waits in the outbox, which bounds it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::time::{Interval, Sleep, interval, sleep};
use tokio_util::task::AbortOnDropHandle;

use super::Served;
use super::connections::{FINISH_TIME_MAX, Place};
use super::credential::{self, RECHECK_INTERVAL};
use super::framing::Framing;
use super::outbox::Outbox;
use crate::auth::Principal;
use crate::graphql::error::Problem;

/// A comment: it tells nothing, but that the connection is alive.
const SIGN_OF_LIFE: &str = ":\n\n";
/// The comment with which a stream ends when the server does.
const FAREWELL: &str = ": the server ends; come back with Last-Event-ID\n\n";

/// A stream of events.
pub struct Events {
    served: Served,
    principal: Principal,
    outbox: Arc<Outbox>,
    signs: Interval,
    rechecks: Interval,
    /// When it ends in any case, once the server does.
    end: Option<Pin<Box<Sleep>>>,
    stage: Stage,
    /// Its operation, which is stopped with it, and its place.
    _held: (AbortOnDropHandle<()>, Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was told: some clients wait for a first byte before they call it open.
    Fresh,
    Open,
    Ended,
}

impl Events {
    /// What this principal's operation puts into the outbox.
    pub fn new(
        served: Served,
        principal: Principal,
        outbox: Arc<Outbox>,
        held: (AbortOnDropHandle<()>, Place),
    ) -> Self {
        let mut rechecks = interval(RECHECK_INTERVAL);
        let mut signs = interval(served.schema.limits().heartbeat_interval);
        // The first tick of an interval is at once.
        rechecks.reset();
        signs.reset();
        Self {
            served,
            principal,
            outbox,
            signs,
            rechecks,
            end: None,
            stage: Stage::Fresh,
            _held: held,
        }
    }

    /// The bytes of the events.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        unfold(self, |mut events| async {
            let text = events.next().await?;
            events.signs.reset();
            Some((Ok(Bytes::from(text)), events))
        })
    }

    async fn next(&mut self) -> Option<String> {
        match self.stage {
            Stage::Fresh => {
                self.stage = Stage::Open;
                return Some(SIGN_OF_LIFE.to_owned());
            }
            Stage::Open => {}
            Stage::Ended => return None,
        }
        let leaving = self.served.connections.leaving().clone();
        let mut silence = self.served.schema.ledger().silence();
        loop {
            let is_leaving = self.end.is_some();
            tokio::select! {
                biased;
                () = silence.fallen() => return self.last(FAREWELL),
                () = ended(&mut self.end) => return self.last(FAREWELL),
                (_, parcel) = self.outbox.next() => {
                    if parcel.is_last {
                        self.stage = Stage::Ended;
                    }
                    return Some(parcel.text);
                }
                () = self.outbox.finished(), if is_leaving => return self.last(FAREWELL),
                () = leaving.cancelled(), if !is_leaving => {
                    self.end = Some(Box::pin(sleep(FINISH_TIME_MAX)));
                }
                _ = self.signs.tick() => return Some(SIGN_OF_LIFE.to_owned()),
                _ = self.rechecks.tick() => {
                    if !credential::still_opens(&self.served.gatekeeper, &self.principal) {
                        let refusals = self.served.schema.refused(Problem::unauthenticated());
                        let text = Framing::EventStream.refused(refusals.errors());
                        return self.last(&text);
                    }
                }
            }
        }
    }

    fn last(&mut self, text: &str) -> Option<String> {
        self.stage = Stage::Ended;
        Some(text.to_owned())
    }
}

/// Waits for a time to be over, if there is one.
async fn ended(end: &mut Option<Pin<Box<Sleep>>>) {
    match end {
        Some(end) => end.await,
        None => std::future::pending().await,
    }
}
