//! The folds at work: one thread follows the log into the caches, content first, then views.
//!
//! So whatever the views name, the content has. A fact that cannot be taken up stops the house: a
//! wrong cache is worse than none.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::content_cache::ContentCache;
use super::error::{LedgerError, Outcome};
use super::feed::Feed;
use super::progress::Board;
use super::slots::States;
use crate::domain::ids::Position;
use crate::event_log::{EventLog, Recorded, record};
use crate::views::{Fact, ViewWriter};

/// Events taken up at a time while following: one transaction of each cache.
const FOLLOW_EVENTS_MAX: usize = 512;
/// Events taken up at a time while catching up.
const CATCH_UP_EVENTS_MAX: usize = 4_096;
/// Batches that are read and decoded before they are taken up.
const READ_AHEAD_MAX: usize = 2;

/// What is folded into what.
pub(super) struct Folds {
    pub log: Arc<dyn EventLog>,
    pub content: Arc<ContentCache>,
    pub views: ViewWriter,
    pub feed: Feed,
    pub board: Arc<Board>,
    /// The states at hand that another node may leave behind; none on a log of this node's own.
    pub overtaken: Option<Arc<States>>,
}

impl Folds {
    /// Takes up everything from the checkpoints to the log's head; tells how far it is, and how
    /// far it has to go. Reads on one thread what it folds on another.
    pub fn catch_up(&mut self, told: &mut dyn FnMut(Position, Position)) -> Outcome<()> {
        let (log, head) = (self.log.clone(), self.log.head());
        let from = self.content.position().min(self.views.position());
        told(from, head);
        let (sender, batches) = sync_channel(READ_AHEAD_MAX);
        std::thread::scope(|scope| {
            scope.spawn(move || read_ahead(&*log, from.next(), head, &sender));
            for facts in batches {
                self.take_up(&facts?)?;
                told(self.views.position(), head);
            }
            Ok(())
        })
    }

    /// Takes up what each cache does not have yet.
    fn take_up(&mut self, facts: &[Fact]) -> Outcome<()> {
        let beyond = |position: Position| {
            &facts[facts.partition_point(|fact| fact.recorded.position <= position)..]
        };
        self.content.fold(beyond(self.content.position()))?;
        let unseen = beyond(self.views.position());
        Ok(self.views.fold(unseen)?)
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
            // Before the views show them: whoever waited for that must not meet an older state.
            if let Some(states) = &self.overtaken {
                states.overtaken(&facts);
            }
            self.content.fold(&facts)?;
            self.views.fold(&facts)?;
            self.board.take_up(&facts);
            self.feed.tell(facts);
        }
        // Only tidies: what is in the write-ahead file is read from there as well.
        if let Err(fault) = self.views.tidy() {
            tracing::warn!(%fault, "views.db keeps its write-ahead file");
        }
        Ok(())
    }
}

/// Sends the facts from one position to another in batches, until a fault or nobody takes them.
fn read_ahead(
    log: &dyn EventLog,
    mut next: Position,
    head: Position,
    batches: &SyncSender<Outcome<Vec<Fact>>>,
) {
    while next <= head {
        let facts = facts_from(log, next);
        let last = facts.as_ref().ok().and_then(|facts| facts.last());
        let after = last.map(|fact| fact.recorded.position.next());
        // Without a receiver the folds have failed, and have told why.
        let is_taken = batches.send(facts).is_ok();
        match after {
            Some(after) if is_taken => next = after,
            Some(_) | None => return,
        }
    }
}

fn facts_from(log: &dyn EventLog, from: Position) -> Outcome<Vec<Fact>> {
    let facts = decoded(log.read_all(from, CATCH_UP_EVENTS_MAX)?)?;
    if facts.is_empty() {
        let message = format!("the log lacks events from {} on", from.0);
        return Err(LedgerError::Fault(message));
    }
    Ok(facts)
}

fn decoded(events: Vec<Recorded>) -> Outcome<Vec<Fact>> {
    let decode = |recorded: Recorded| {
        let event = record::decode(&recorded)?;
        Ok(Fact { recorded, event })
    };
    events.into_iter().map(decode).collect()
}
