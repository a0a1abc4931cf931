//! A follower: reads what is there, then waits for the head to move, and reads on.
//!
//! Keeps only a position, and moves it only when it hands events out: so it is cancel-safe, and
//! can neither skip nor repeat one.

use std::sync::Arc;

use tokio::sync::watch;

use super::port::{Follower, NextEvents, ReadFault, Recorded};
use crate::domain::ids::Position;

/// Where a follower reads.
pub(super) trait Source: Send + Sync + 'static {
    /// Events from this position on, at most `limit`, in order; at least one if there are any.
    fn events_from(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadFault>;
}

/// Follows a source whose head is told by a watch; the log closes when the watch does.
pub(super) struct HeadFollower<S> {
    source: Arc<S>,
    head: watch::Receiver<Position>,
    next: Position,
}

impl<S: Source> HeadFollower<S> {
    /// A follower whose first event is the one at `from`.
    pub(super) fn new(source: Arc<S>, head: watch::Receiver<Position>, from: Position) -> Self {
        let next = from.max(Position::START.next());
        Self { source, head, next }
    }

    async fn wait_and_read(&mut self, limit: usize) -> Result<Option<Vec<Recorded>>, ReadFault> {
        loop {
            let head = *self.head.borrow_and_update();
            if head >= self.next {
                let events = self.source.events_from(self.next, limit.max(1))?;
                if let Some(last) = events.last() {
                    self.next = last.position.next();
                    return Ok(Some(events));
                }
                let message = format!("no event at {:?}, below the head {head:?}", self.next);
                return Err(ReadFault::Storage(message));
            }
            if self.head.changed().await.is_err() {
                return Ok(None);
            }
        }
    }
}

impl<S: Source> Follower for HeadFollower<S> {
    fn next<'a>(&'a mut self, limit: usize) -> NextEvents<'a> {
        Box::pin(self.wait_and_read(limit))
    }
}
