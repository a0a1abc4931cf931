//! The log in memory: for tests, and the plainest statement of what a log is.
//!
//! Keeps the whole contract but durability: nothing outlives the process. Never used to serve.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::admission::{self, Known};
use super::follower::{HeadFollower, Source};
use super::port::{
    Append, AppendFault, Appended, Appending, AskedHead, Context, DataSlice, EventLog, Follower,
    NewEvent, ReadFault, Recorded,
};
use super::shared::SharedLog;
use crate::clock::Clock;
use crate::domain::ids::{EventId, Position, Revision, Stream};

/// A log that lives as long as this value; its followers end when it is dropped.
pub struct MemoryLog {
    clock: Arc<dyn Clock>,
    events: Arc<Events>,
    head: watch::Sender<Position>,
}

impl MemoryLog {
    /// An empty log.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            events: Arc::new(Events(Mutex::default())),
            head: watch::Sender::new(Position::START),
        }
    }

    fn append_now(&self, append: &Append) -> Result<Appended, AppendFault> {
        admission::check_form(append)?;
        let mut contents = self.events.contents();
        let Ok(repeated) = admission::find_repeated(append, &mut *contents);
        if let Some(appended) = repeated? {
            return Ok(appended);
        }
        let Ok(expected) = admission::check_expected(append, &mut *contents);
        expected?;
        let before = contents.all.last().map(|event| event.recorded_at);
        let recorded_at = admission::next_time(self.clock.now(), before);
        let first = contents.head().next();
        for part in &append.streams {
            for event in &part.events {
                contents.push(part.stream, event, &append.context, recorded_at);
            }
        }
        let last = contents.head();
        self.head.send_replace(last);
        Ok(Appended {
            first,
            last,
            recorded_at,
        })
    }
}

impl EventLog for MemoryLog {
    fn append(&self, append: Append) -> Appending {
        Box::pin(ready(self.append_now(&append)))
    }

    fn read_stream(
        &self,
        stream: Stream,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadFault> {
        let contents = self.events.contents();
        let Some(positions) = contents.streams.get(&stream) else {
            return Ok(vec![]);
        };
        let from = usize::try_from(from.0).unwrap_or(usize::MAX);
        let positions = positions.iter().skip(from).take(limit);
        Ok(positions
            .filter_map(|at| contents.at(*at).cloned())
            .collect())
    }

    fn read_all(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadFault> {
        self.events.events_from(from, limit)
    }

    fn read_event(&self, id: EventId) -> Result<Option<Recorded>, ReadFault> {
        let contents = self.events.contents();
        let position = contents.ids.get(&id).copied();
        Ok(position.and_then(|position| contents.at(position).cloned()))
    }

    fn read_slices(&self, slices: &[DataSlice]) -> Result<Vec<Option<Vec<u8>>>, ReadFault> {
        let contents = self.events.contents();
        let read = |slice: &DataSlice| {
            let data = &contents.at(slice.position)?.data;
            let from_offset = data.get(slice.offset as usize..)?;
            Some(from_offset.get(..slice.length as usize)?.to_vec())
        };
        Ok(slices.iter().map(read).collect())
    }

    fn position_at(&self, time: DateTime<Utc>) -> Result<Position, ReadFault> {
        let contents = self.events.contents();
        let before = contents
            .all
            .partition_point(|event| event.recorded_at <= time);
        Ok(Position(before as u64))
    }

    fn head(&self) -> Position {
        *self.head.borrow()
    }

    fn follow(&self, from: Position) -> Box<dyn Follower> {
        let head = self.head.subscribe();
        Box::new(HeadFollower::new(self.events.clone(), head, from))
    }
}

/// Several nodes of one process can share it: what tests need of a shared log.
impl SharedLog for MemoryLog {
    fn append(&self, append: Append) -> Appending {
        EventLog::append(self, append)
    }

    fn follow(&self, from: Position) -> Box<dyn Follower> {
        EventLog::follow(self, from)
    }

    fn head(&self) -> AskedHead {
        Box::pin(ready(Ok(EventLog::head(self))))
    }
}

/// The events, apart from the log, so that a follower does not keep the log open.
struct Events(Mutex<Contents>);

impl Events {
    /// A holder that panicked left the contents whole or is a bug that tests show: go on.
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for Events {
    fn events_from(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadFault> {
        let contents = self.contents();
        let skipped = usize::try_from(from.0.saturating_sub(1)).unwrap_or(usize::MAX);
        Ok(contents
            .all
            .iter()
            .skip(skipped)
            .take(limit)
            .cloned()
            .collect())
    }
}

#[derive(Default)]
struct Contents {
    all: Vec<Recorded>,
    streams: HashMap<Stream, Vec<Position>>,
    ids: HashMap<EventId, Position>,
}

impl Contents {
    fn head(&self) -> Position {
        Position(self.all.len() as u64)
    }

    fn at(&self, position: Position) -> Option<&Recorded> {
        let index = position.0.checked_sub(1)?;
        self.all.get(usize::try_from(index).ok()?)
    }

    fn push(
        &mut self,
        stream: Stream,
        event: &NewEvent,
        context: &Context,
        recorded_at: DateTime<Utc>,
    ) {
        let position = self.head().next();
        let positions = self.streams.entry(stream).or_default();
        let revision = Revision(positions.len() as u64);
        positions.push(position);
        self.ids.insert(event.id, position);
        let place = (position, stream, revision);
        self.all.push(event.recorded(place, recorded_at, context));
    }
}

impl Known for Contents {
    type Fault = Infallible;

    fn revision(&mut self, stream: Stream) -> Result<Option<Revision>, Infallible> {
        let count = self
            .streams
            .get(&stream)
            .map(|positions| positions.len() as u64);
        Ok(count.map(|count| Revision(count - 1)))
    }

    fn event(&mut self, id: EventId) -> Result<Option<Recorded>, Infallible> {
        let position = self.ids.get(&id).copied();
        Ok(position.and_then(|position| self.at(position).cloned()))
    }

    fn recorded_at(&mut self, position: Position) -> Result<Option<DateTime<Utc>>, Infallible> {
        Ok(self.at(position).map(|event| event.recorded_at))
    }
}
