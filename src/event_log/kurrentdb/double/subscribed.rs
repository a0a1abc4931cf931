//! A subscription of the double's: events as they come, until it breaks.

#![cfg(test)]

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::stream::{self, StreamExt};
use tonic::Status;

use super::messages::{Confirmation, Empty, ReadResp};
use super::node::At;
use super::streams::{Events, appeared, unavailable};

/// A subscription at work.
pub(super) struct Subscribed {
    at: Arc<At>,
    stream: String,
    next: usize,
    stage: Stage,
    grown: tokio::sync::watch::Receiver<u64>,
    broken: tokio::sync::watch::Receiver<u64>,
}

enum Stage {
    Begun,
    Reading,
    CaughtUp,
    Broken,
}

impl Subscribed {
    /// Tells the stream's events from this revision on, and whether there are more.
    pub fn begin(at: Arc<At>, stream: String, next: usize) -> Events {
        let subscribed = Self {
            grown: at.shared.store.grown(),
            broken: at.shared.faults.broken(),
            at,
            stream,
            next,
            stage: Stage::Begun,
        };
        let answers = stream::unfold(subscribed, |mut subscribed| async move {
            let answer = subscribed.step().await?;
            Some((answer, subscribed))
        });
        answers.boxed()
    }

    async fn step(&mut self) -> Option<Result<ReadResp, Status>> {
        loop {
            match self.stage {
                Stage::Begun => {
                    self.stage = Stage::Reading;
                    let id = "a subscription".to_owned();
                    return Some(Ok(ReadResp {
                        confirmation: Some(Confirmation { id }),
                        ..ReadResp::default()
                    }));
                }
                Stage::Broken => return None,
                Stage::Reading | Stage::CaughtUp => {}
            }
            if self.broken.has_changed().is_ok_and(|changed| changed) {
                self.stage = Stage::Broken;
                return Some(Err(unavailable()));
            }
            let is_silent = self.at.shared.faults.is_silent.load(Ordering::SeqCst);
            if let Some((revision, event)) = self.event().filter(|_| !is_silent) {
                self.next = revision + 1;
                if self.at.shared.faults.breaks_after_event() {
                    self.at.shared.faults.break_subscriptions();
                }
                return Some(Ok(event));
            }
            if matches!(self.stage, Stage::Reading) {
                self.stage = Stage::CaughtUp;
                return Some(Ok(ReadResp {
                    caught_up: Some(Empty {}),
                    ..ReadResp::default()
                }));
            }
            tokio::select! {
                Ok(()) = self.grown.changed() => {}
                // Looked at again above; to wait for it marks it as seen.
                Ok(()) = self.broken.changed() => self.broken.mark_changed(),
                else => return None,
            }
        }
    }

    fn event(&self) -> Option<(usize, ReadResp)> {
        self.at.shared.store.with(&self.stream, |kept| {
            let revision = self.next.max(kept.first);
            let event = kept.events.get(revision)?;
            Some((revision, appeared(&self.stream, revision, event)))
        })
    }
}
