//! The quick way in: one call that stays open, over which each append is one piece and one answer.
//!
//! An append as a call of its own is two small pieces, and without `TCP_NODELAY`, which the client
//! crate does not set, the second waits 40 ms for the first to be acknowledged. What fails here
//! says little of why, so nothing is concluded from it: whoever appends reads on and tries again
//! by a call of its own.

use std::sync::Arc;

use eventstore::{BatchAppendClient, EventData, StreamState};

use super::link::Link;
use super::session::Session;
use crate::domain::ids::Position;

/// After so many failures without a success between them the cluster does not have it, or does not
/// want it: it is asked no more.
const FAILURES_MAX: u32 = 3;

/// The call, once it is open.
#[derive(Default)]
pub(super) struct Express {
    open: Option<(Arc<Session>, BatchAppendClient)>,
    failures: u32,
}

impl Express {
    /// Whether it is worth a try.
    pub(super) const fn is_trusted(&self) -> bool {
        self.failures < FAILURES_MAX
    }

    /// Appends after this position, all or nothing. Returns the position of the last event; none
    /// when it may stand or not.
    pub(super) async fn append(
        &mut self,
        link: &Link,
        after: Position,
        events: Vec<EventData>,
    ) -> Option<Position> {
        let written = link.in_time(self.try_append(link, after, events)).await;
        let written = written.flatten();
        match written {
            Some(_) => self.failures = 0,
            None => {
                self.open = None;
                self.failures += 1;
            }
        }
        written
    }

    /// The failure before was a lost race or a lost answer: the cluster has this way in.
    pub(super) const fn works(&mut self) {
        self.failures = 0;
    }

    async fn try_append(
        &mut self,
        link: &Link,
        after: Position,
        events: Vec<EventData>,
    ) -> Option<Position> {
        let session = link.session().ok()?;
        let is_stale = |open: &mut (Arc<Session>, _)| !Arc::ptr_eq(&open.0, &session);
        drop(self.open.take_if(is_stale));
        if self.open.is_none() {
            let batches = link.open_batches(&session).await?;
            self.open = Some((session, batches));
        }
        let (_, batches) = self.open.as_ref()?;
        let expected = match after.0.checked_sub(1) {
            None => StreamState::NoStream,
            Some(revision) => StreamState::StreamRevision(revision),
        };
        let written = batches.append_to_stream(link.stream(), expected, events);
        let revision = written.await.ok()?.current_revision()?;
        Some(Position(revision + 1))
    }
}
