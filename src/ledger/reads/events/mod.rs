//! The log as it is shown: facts with counts and roots, never with item bodies.
//!
//! What a principal may not see is passed over; what a filter leaves out still moves the
//! checkpoint on, so that whoever resumes does not read it again.

mod home;
mod scan;
mod shown;
mod sight;
mod tail;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use self::home::Homes;
use self::scan::{Reach, Scan};
pub use self::tail::EventTail;
use super::Reads;
use crate::domain::ids::{
    DatasetId, EventId, Position, ProjectId, Revision, SnapshotId, Stream, TaskId,
};
use crate::ledger::error::Outcome;

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
        self.shown(&recorded, &EventFilter::default(), &mut Homes::default())
    }

    /// The event with this id, once the views show it.
    pub fn event_by_id(&self, id: EventId) -> Outcome<Option<EventRow>> {
        let found = self.ledger.inner.log.read_event(id)?;
        let folded = self.ledger.view_position();
        match found.filter(|recorded| recorded.position <= folded) {
            Some(recorded) => self.shown(&recorded, &EventFilter::default(), &mut Homes::default()),
            None => Ok(None),
        }
    }

    /// The first events after a position.
    pub async fn events_after(
        &self,
        after: Position,
        before: Option<Position>,
        filter: &EventFilter,
        limit: usize,
    ) -> Outcome<EventPage> {
        let near = Scan {
            after,
            end: self.end(before),
            limit,
            reach: Reach::IN_LINE,
        };
        let mut page = self.scan_forward(&near, filter)?;
        if !page.has_more || page.rows.len() == limit {
            return Ok(page);
        }
        let far = Scan {
            after: page.checkpoint,
            limit: limit - page.rows.len(),
            reach: Reach::FAR,
            ..near
        };
        let filter = filter.clone();
        let scan = move |reads: &Self| reads.scan_forward(&far, &filter);
        let rest = self.at_length(scan).await?;
        page.rows.extend(rest.rows);
        Ok(EventPage {
            rows: page.rows,
            ..rest
        })
    }

    /// The last events before a position.
    pub async fn events_before(
        &self,
        after: Option<Position>,
        before: Option<Position>,
        filter: &EventFilter,
        limit: usize,
    ) -> Outcome<EventPage> {
        let near = Scan {
            after: after.unwrap_or(Position::START),
            end: self.end(before),
            limit,
            reach: Reach::IN_LINE,
        };
        let page = self.scan_back(&near, filter)?;
        if !page.has_more || page.rows.len() == limit {
            return Ok(page);
        }
        let far = Scan {
            end: page.checkpoint,
            limit: limit - page.rows.len(),
            reach: Reach::FAR,
            ..near
        };
        let filter = filter.clone();
        let scan = move |reads: &Self| reads.scan_back(&far, &filter);
        let mut rest = self.at_length(scan).await?;
        rest.rows.extend(page.rows);
        Ok(rest)
    }

    /// The position before which a page ends: the views know nothing of what comes later.
    fn end(&self, before: Option<Position>) -> Position {
        let end = before.unwrap_or(Position::MAX);
        end.min(self.ledger.view_position().next())
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
