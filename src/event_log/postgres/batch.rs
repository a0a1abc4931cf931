//! A batch: which of the queued appends become part of the log, decided in memory under the lock.
//!
//! Knows what was read of the log and what the batch adds to it, and asks nothing. An append that
//! is refused leaves nothing, and does not touch the others.

use std::collections::HashMap;
use std::convert::Infallible;

use chrono::{DateTime, Utc};

use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::admission::{self, Known};
use crate::event_log::port::{Append, AppendFault, Appended, Recorded};

/// What the log has of the things that a batch is about, and what the batch adds.
pub(super) struct Batch {
    /// The last position.
    pub(super) head: Position,
    /// The last event's time.
    pub(super) time: Option<DateTime<Utc>>,
    /// The last revisions of the streams appended to; those that have events.
    pub(super) revisions: HashMap<Stream, Revision>,
    /// Events that have an id of the batch.
    pub(super) events: HashMap<EventId, Recorded>,
    /// The times of those events and of their neighbours.
    pub(super) times: HashMap<Position, DateTime<Utc>>,
    /// What is to be written, in order.
    pub(super) written: Vec<Recorded>,
}

impl Batch {
    /// A batch over a log that ends here.
    pub(super) fn after(head: Position, time: Option<DateTime<Utc>>) -> Self {
        Self {
            head,
            time,
            revisions: HashMap::new(),
            events: HashMap::new(),
            times: time.map(|time| (head, time)).into_iter().collect(),
            written: Vec::new(),
        }
    }

    /// Takes an append up, finds it in the log already, or refuses it. `now` is the clock's time.
    pub(super) fn append(
        &mut self,
        append: &Append,
        now: DateTime<Utc>,
    ) -> Result<Appended, AppendFault> {
        let Ok(repeated) = admission::find_repeated(append, self);
        if let Some(appended) = repeated? {
            return Ok(appended);
        }
        let Ok(expected) = admission::check_expected(append, self);
        expected?;
        let recorded_at = admission::next_time(now, self.time);
        let first = self.head.next();
        for part in &append.streams {
            for event in &part.events {
                let last = self.revisions.get(&part.stream);
                let revision = last.map_or(Revision::FIRST, |last| last.next());
                let place = (self.head.next(), part.stream, revision);
                let event = event.recorded(place, recorded_at, &append.context);
                self.head = event.position;
                self.revisions.insert(event.stream, event.revision);
                self.times.insert(event.position, recorded_at);
                self.events.insert(event.id, event.clone());
                self.written.push(event);
            }
        }
        self.time = Some(recorded_at);
        let last = self.head;
        Ok(Appended {
            first,
            last,
            recorded_at,
        })
    }
}

impl Known for Batch {
    type Fault = Infallible;

    fn revision(&mut self, stream: Stream) -> Result<Option<Revision>, Infallible> {
        Ok(self.revisions.get(&stream).copied())
    }

    fn event(&mut self, id: EventId) -> Result<Option<Recorded>, Infallible> {
        Ok(self.events.get(&id).cloned())
    }

    fn recorded_at(&mut self, position: Position) -> Result<Option<DateTime<Utc>>, Infallible> {
        Ok(self.times.get(&position).copied())
    }
}
