//! The log as it is shown: facts with counts and roots, never with item bodies.
//!
//! What a principal may not see is passed over; what a filter leaves out still moves the
//! checkpoint on, so that whoever resumes does not read it again.

mod shown;
mod sight;
mod tail;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub use self::tail::EventTail;
use super::Reads;
use crate::domain::ids::{
    DatasetId, EventId, Position, ProjectId, Revision, SnapshotId, Stream, TaskId,
};
use crate::ledger::error::Outcome;

/// Events looked at, at most, for one page.
const SCANNED_MAX: u64 = 100_000;
/// Events read from the log at a time.
const READ_MAX: usize = 1_000;

/// An event as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Its place in the log.
    pub position: Position,
    /// Its id.
    pub id: EventId,
    /// Its name.
    pub name: Arc<str>,
    /// Its stream.
    pub stream: Stream,
    /// Its place in the stream.
    pub revision: Revision,
    /// When it was appended.
    pub recorded_at: DateTime<Utc>,
    /// Who did it.
    pub actor: Arc<str>,
    /// What the work belonged to.
    pub correlation: Option<Uuid>,
    /// What caused it.
    pub causation: Option<Uuid>,
    /// The version of its stored shape.
    pub schema_version: u32,
    /// What it says, without item bodies and secrets.
    pub data: Value,
    /// The project it belongs to.
    pub project: Option<ProjectId>,
    /// The dataset it is about.
    pub dataset: Option<DatasetId>,
    /// The snapshot it is about.
    pub snapshot: Option<SnapshotId>,
    /// The task it is about.
    pub task: Option<TaskId>,
}

/// Which events are wanted; an absent condition holds for all.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of this project.
    pub project: Option<ProjectId>,
    /// About one of these datasets.
    pub datasets: Option<Vec<DatasetId>>,
    /// With one of these names.
    pub names: Option<Vec<String>>,
    /// By one of these.
    pub actors: Option<Vec<String>>,
    /// Of this work.
    pub correlation: Option<Uuid>,
}

/// Events in the order of the log, and how far was looked.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// The events.
    pub rows: Vec<EventRow>,
    /// Whether more may come beyond the page, in the direction of reading.
    pub has_more: bool,
    /// The last position looked at.
    pub checkpoint: Position,
}

impl Reads {
    /// The event at a position.
    pub fn event(&self, position: Position) -> Outcome<Option<EventRow>> {
        let found = self.ledger.inner.log.read_all(position, 1)?;
        let Some(recorded) = found.into_iter().find(|found| found.position == position) else {
            return Ok(None);
        };
        self.shown(&recorded, &EventFilter::default(), &mut HashMap::new())
    }

    /// The first events after a position.
    pub fn events_after(
        &self,
        after: Position,
        before: Option<Position>,
        filter: &EventFilter,
        limit: usize,
    ) -> Outcome<EventPage> {
        let end = before
            .unwrap_or(Position::MAX)
            .min(self.ledger.view_position().next());
        let mut page = EventPage {
            rows: Vec::new(),
            has_more: false,
            checkpoint: after,
        };
        let mut projects = HashMap::new();
        while page.checkpoint.next() < end {
            let events = self
                .ledger
                .inner
                .log
                .read_all(page.checkpoint.next(), READ_MAX)?;
            if events.is_empty() {
                break;
            }
            for recorded in events.iter().take_while(|recorded| recorded.position < end) {
                if page.rows.len() == limit || recorded.position.0 > after.0 + SCANNED_MAX {
                    page.has_more = true;
                    return Ok(page);
                }
                page.checkpoint = recorded.position;
                page.rows
                    .extend(self.shown(recorded, filter, &mut projects)?);
            }
            if events
                .last()
                .is_some_and(|last| last.position.next() >= end)
            {
                break;
            }
        }
        Ok(page)
    }

    /// The last events before a position.
    pub fn events_before(
        &self,
        after: Option<Position>,
        before: Option<Position>,
        filter: &EventFilter,
        limit: usize,
    ) -> Outcome<EventPage> {
        let start = after.unwrap_or(Position::START);
        let end = before
            .unwrap_or(Position::MAX)
            .min(self.ledger.view_position().next());
        let mut page = EventPage {
            rows: Vec::new(),
            has_more: false,
            checkpoint: end,
        };
        let mut projects = HashMap::new();
        let mut scanned = 0;
        while page.checkpoint.0 > start.0 + 1 {
            let from = Position(
                page.checkpoint
                    .0
                    .saturating_sub(READ_MAX as u64)
                    .max(start.0 + 1),
            );
            let mut events = Vec::new();
            while from.0 + (events.len() as u64) < page.checkpoint.0 {
                let next = Position(from.0 + events.len() as u64);
                let read = self.ledger.inner.log.read_all(next, READ_MAX)?;
                if read.is_empty() {
                    break;
                }
                events.extend(
                    read.into_iter()
                        .filter(|event| event.position < page.checkpoint),
                );
            }
            for recorded in events.iter().rev() {
                if page.rows.len() == limit || scanned == SCANNED_MAX {
                    page.has_more = true;
                    page.rows.reverse();
                    return Ok(page);
                }
                scanned += 1;
                page.checkpoint = recorded.position;
                page.rows
                    .extend(self.shown(recorded, filter, &mut projects)?);
            }
            page.checkpoint = from;
        }
        page.rows.reverse();
        Ok(page)
    }

    /// Every event after a position, then each new one: without gap or repeat, without end.
    pub fn follow_events(&self, after: Position, filter: EventFilter) -> EventTail {
        let follower = self.ledger.inner.log.follow(after.next());
        EventTail {
            reads: self.clone(),
            follower,
            filter,
            checkpoint: after,
            watch: self.ledger.inner.watching.join(after),
        }
    }
}
