//! Following the log: every event from a place on, then each new one, without gap or repeat.

use std::time::Duration;

use async_graphql::{Context, SimpleObject, Subscription};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::unfold;

use super::{Checkpoint, Told, checkpoint, resumed};
use crate::domain::ids::Position;
use crate::graphql::error::Problem;
use crate::graphql::limits::{BATCH_EVENTS_DEFAULT, BATCH_EVENTS_MAX};
use crate::graphql::scalars::Xact;
use crate::graphql::types::filters::EventFilter;
use crate::graphql::types::{LedgerEvent, event};
use crate::graphql::visit::visit;
use crate::ledger::{EventPage, EventTail, Outcome};

/// Following the log.
#[derive(Default)]
pub struct EventSubscriptions;

/// Events in the order of the log, and how far was looked.
#[derive(SimpleObject)]
pub struct EventBatch {
    /// The events; none in a heartbeat.
    events: Vec<LedgerEvent>,
    /// The last event looked at, also if the filter left it out: give it as `after` to go on.
    checkpoint: Xact,
    /// Whether this is all there is by now.
    caught_up: bool,
}

/// Following the log.
#[Subscription]
impl EventSubscriptions {
    /// Every event that you see from a place on, then each new one, without gap or repeat. An
    /// empty batch comes when all there is has been told, and then every 15 seconds while nothing
    /// happens.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only events after this one; default: from the first event on.")]
        after: Option<Xact>,
        #[graphql(desc = "Which events; default: all.")] filter: Option<EventFilter>,
        #[graphql(
            desc = "The most events of one batch: 1 to 1,000.",
            default_with = "Some(BATCH_EVENTS_DEFAULT)"
        )]
        max_batch: Option<i32>,
    ) -> Result<Told<EventBatch>, Problem> {
        let visit = visit(ctx)?;
        let limit = usize::try_from(max_batch.unwrap_or(BATCH_EVENTS_DEFAULT)).unwrap_or_default();
        if !(1..=BATCH_EVENTS_MAX).contains(&limit) {
            let message = format!("maxBatch: a number from 1 to {BATCH_EVENTS_MAX} is needed");
            return Err(Problem::bad_input("maxBatch", message));
        }
        let filter = filter.unwrap_or_default().checked()?;
        let (told_by, after) = resumed(ctx, after);
        let after = event::bound(&visit.reads, told_by, after).await?;
        let after = after.unwrap_or(Position::START);
        let tail = visit.reads.follow_events(after, filter);
        let follow = Follow {
            is_at_head: after >= visit.ledger().head(),
            is_told: false,
            checkpoint: after,
            told: checkpoint(ctx, after),
            reading: read(tail, limit),
            heartbeat_interval: visit.limits.heartbeat_interval,
            limit,
            has_ended: false,
        };
        Ok(unfold(follow, Follow::next).boxed())
    }
}

/// A read that goes on while heartbeats are sent: dropping it halfway could lose events.
type Reading = BoxFuture<'static, (EventTail, Outcome<Option<EventPage>>)>;

fn read(mut tail: EventTail, limit: usize) -> Reading {
    Box::pin(async move {
        let page = tail.next(limit).await;
        (tail, page)
    })
}

struct Follow {
    reading: Reading,
    limit: usize,
    heartbeat_interval: Duration,
    /// The last event looked at.
    checkpoint: Position,
    /// The same for whoever carries it to the client.
    told: Checkpoint,
    /// Whether that was the last there was.
    is_at_head: bool,
    /// Whether that was told.
    is_told: bool,
    has_ended: bool,
}

impl Follow {
    async fn next(mut self) -> Option<(Result<EventBatch, Problem>, Self)> {
        if self.has_ended {
            return None;
        }
        if self.is_at_head && !self.is_told {
            return Some((Ok(self.batch(Vec::new())), self));
        }
        let heartbeat = tokio::time::sleep(self.heartbeat_interval);
        tokio::pin!(heartbeat);
        loop {
            let (tail, page) = tokio::select! {
                biased;
                read = &mut self.reading => read,
                () = &mut heartbeat => return Some((Ok(self.batch(Vec::new())), self)),
            };
            let page = match page {
                Ok(Some(page)) => page,
                Ok(None) => return None,
                Err(error) => {
                    self.has_ended = true;
                    return Some((Err(error.into()), self));
                }
            };
            self.reading = read(tail, self.limit);
            self.checkpoint = page.checkpoint;
            let is_news = page.has_more == self.is_at_head;
            self.is_at_head = !page.has_more;
            if !page.rows.is_empty() || (is_news && self.is_at_head) {
                let events = page.rows.into_iter().map(LedgerEvent).collect();
                return Some((Ok(self.batch(events)), self));
            }
        }
    }

    fn batch(&mut self, events: Vec<LedgerEvent>) -> EventBatch {
        self.is_told = true;
        self.told.tell(self.checkpoint);
        EventBatch {
            events,
            checkpoint: self.checkpoint.into(),
            caught_up: self.is_at_head,
        }
    }
}
