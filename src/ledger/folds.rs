//! The folds at work: one thread follows the log into the caches, content first, then views.
//!
//! So whatever the views name, the content has. A fact that cannot be taken up stops the house: a
//! wrong cache is worse than none.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::content_cache::ContentCache;
use super::error::{LedgerError, Outcome};
use super::feed::Feed;
use super::progress::Board;
use crate::domain::ids::Position;
use crate::event_log::{EventLog, Recorded, record};
use crate::views::{Fact, ViewWriter};

/// Events taken up at a time while following: one transaction of each cache.
const FOLLOW_EVENTS_MAX: usize = 512;
/// Events taken up at a time while catching up.
const CATCH_UP_EVENTS_MAX: usize = 4_096;

/// What is folded into what.
pub(super) struct Folds {
    pub log: Arc<dyn EventLog>,
    pub content: Arc<ContentCache>,
    pub views: ViewWriter,
    pub feed: Feed,
    pub board: Arc<Board>,
}

impl Folds {
    /// Takes up everything from the checkpoints to the log's head; tells how far it is, and how
    /// far it has to go.
    pub fn catch_up(&mut self, told: &mut dyn FnMut(Position, Position)) -> Outcome<()> {
        let head = self.log.head();
        loop {
            let (content, views) = (self.content.position(), self.views.position());
            let from = content.min(views);
            told(from, head);
            if from >= head {
                return Ok(());
            }
            let facts = decoded(self.log.read_all(from.next(), CATCH_UP_EVENTS_MAX)?)?;
            if facts.is_empty() {
                return Err(LedgerError::Fault(format!(
                    "the log lacks events after {}",
                    from.0
                )));
            }
            let beyond = |position: Position| {
                facts.partition_point(|fact| fact.recorded.position <= position)
            };
            self.content.fold(&facts[beyond(content)..])?;
            self.views.fold(&facts[beyond(views)..])?;
        }
    }

    /// Follows the log until it closes or `stop` says so. Blocks; runs on a thread of its own.
    pub fn follow(mut self, runtime: &Handle, stop: &CancellationToken) -> Outcome<()> {
        let mut follower = self.log.follow(self.views.position().next());
        let mut next = || {
            runtime.block_on(async {
                tokio::select! {
                    events = follower.next(FOLLOW_EVENTS_MAX) => events,
                    () = stop.cancelled() => Ok(None),
                }
            })
        };
        while let Some(events) = next()? {
            let facts = decoded(events)?;
            self.content.fold(&facts)?;
            self.views.fold(&facts)?;
            self.board.take_up(&facts);
            self.feed.tell(facts);
        }
        Ok(())
    }
}

fn decoded(events: Vec<Recorded>) -> Outcome<Vec<Fact>> {
    let decode = |recorded: Recorded| {
        let event = record::decode(&recorded)?;
        Ok(Fact { recorded, event })
    };
    events.into_iter().map(decode).collect()
}
