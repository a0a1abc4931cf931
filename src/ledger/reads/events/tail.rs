//! Following the log: every event once, in order, without end.

use super::home::Homes;
use super::{EventFilter, EventPage};
use crate::domain::ids::Position;
use crate::event_log::Follower;
use crate::ledger::error::Outcome;
use crate::ledger::reads::Reads;
use crate::ledger::watching::Watch;

/// Someone who follows the log.
pub struct EventTail {
    pub(super) reads: Reads,
    pub(super) follower: Box<dyn Follower>,
    pub(super) filter: EventFilter,
    pub(super) checkpoint: Position,
    pub(super) watch: Watch,
}

impl EventTail {
    /// The next events, at most `limit` looked at: those wanted, in order. The checkpoint is the
    /// last one looked at. None when the log closes. Cancel-safe.
    pub async fn next(&mut self, limit: usize) -> Outcome<Option<EventPage>> {
        let Some(events) = self.follower.next(limit).await? else {
            return Ok(None);
        };
        let Some(last) = events.last().map(|last| last.position) else {
            return Ok(None);
        };
        // So that whatever an event names can be read.
        self.reads.views().wait_for(last).await?;
        let mut rows = Vec::new();
        let mut homes = Homes::default();
        for recorded in &events {
            rows.extend(self.reads.shown(recorded, &self.filter, &mut homes)?);
        }
        self.checkpoint = last;
        self.watch.saw(last);
        let has_more = last < self.reads.ledger.head();
        Ok(Some(EventPage {
            rows,
            has_more,
            checkpoint: last,
        }))
    }

    /// The last position looked at.
    pub const fn checkpoint(&self) -> Position {
        self.checkpoint
    }
}
