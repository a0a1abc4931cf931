//! The reading half of a log in a file: what every read, and every follower, is answered from.
//!
//! The last events come from the ring, all others from the file. Never writes.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::readers::Readers;
use super::ring::Ring;
use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::admission::Known;
use crate::event_log::follower::{HeadFollower, Source};
use crate::event_log::port::{DataSlice, Follower, ReadFault, Recorded};

/// The reading half. Clones read the same file, up to the same head.
#[derive(Clone)]
pub struct Reading {
    events: Arc<Events>,
    slice_readers: Arc<Readers>,
    head: watch::Receiver<Position>,
}

impl Reading {
    /// Reads this file, which must have been opened to write before, up to what `head` tells.
    pub(super) fn of(path: &Path, ring: Arc<Ring>, head: watch::Receiver<Position>) -> Self {
        let readers = Readers::of_events(path.to_owned());
        Self {
            events: Arc::new(Events { ring, readers }),
            slice_readers: Arc::new(Readers::of_slices(path.to_owned())),
            head,
        }
    }

    /// See `EventLog::read_stream`.
    pub(in crate::event_log) fn stream_events(
        &self,
        stream: Stream,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadFault> {
        self.events.readers.stream_events(stream, from, limit)
    }

    /// See `EventLog::read_all`.
    pub(in crate::event_log) fn events(
        &self,
        from: Position,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadFault> {
        self.events.events_from(from, limit)
    }

    /// See `EventLog::read_event`.
    pub(in crate::event_log) fn event(&self, id: EventId) -> Result<Option<Recorded>, ReadFault> {
        self.events.readers.event(id)
    }

    /// See `EventLog::read_slices`.
    pub(in crate::event_log) fn slices(
        &self,
        slices: &[DataSlice],
    ) -> Result<Vec<Option<Vec<u8>>>, ReadFault> {
        self.slice_readers.slices(slices, self.head())
    }

    /// See `EventLog::position_at`.
    pub(in crate::event_log) fn position_at(
        &self,
        time: DateTime<Utc>,
    ) -> Result<Position, ReadFault> {
        self.events.readers.position_at(time, self.head())
    }

    /// See `EventLog::head`.
    pub(in crate::event_log) fn head(&self) -> Position {
        *self.head.borrow()
    }

    /// Tells every head; it ends with the writing half.
    pub(in crate::event_log) fn heads(&self) -> watch::Receiver<Position> {
        self.head.clone()
    }

    /// See `EventLog::follow`.
    pub(in crate::event_log) fn follow(&self, from: Position) -> Box<dyn Follower> {
        Box::new(HeadFollower::new(self.events.clone(), self.heads(), from))
    }

    #[cfg(test)]
    pub(super) fn ring(&self) -> &Ring {
        &self.events.ring
    }
}

/// What the file knows, for an appender that decides beyond it: as of its head, and no later.
impl Known for Reading {
    type Fault = ReadFault;

    fn revision(&mut self, stream: Stream) -> Result<Option<Revision>, ReadFault> {
        self.events.readers.last_revision(stream)
    }

    fn event(&mut self, id: EventId) -> Result<Option<Recorded>, ReadFault> {
        self.events.readers.event(id)
    }

    fn recorded_at(&mut self, position: Position) -> Result<Option<DateTime<Utc>>, ReadFault> {
        self.events.readers.recorded_at(position)
    }
}

/// Where events are read: the ring, else the file.
struct Events {
    ring: Arc<Ring>,
    readers: Readers,
}

impl Source for Events {
    fn events_from(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadFault> {
        let recent = self.ring.events(from, limit);
        recent.map_or_else(|| self.readers.events(from, limit), Ok)
    }
}
