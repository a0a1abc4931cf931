//! The port of the event log, and the contract that every adapter keeps.
//!
//! Positions are dense, from 1, and become visible in order: whoever has seen position p has seen
//! all before p. One suite (`contract.rs`) checks what is written here on every adapter.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use super::faults::{AppendFault, ReadFault};
use super::figures::LogFigures;
use super::names::shared_name;
use crate::domain::ids::{EventId, Position, Revision, Stream};

/// The most bytes that one append may hold, as [`Append::bytes`] counts them: what every backend
/// takes in one piece, its own form of an event included.
pub const APPEND_BYTES_MAX: usize = 1 << 20;

/// An event on its way in: already in its stored form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What makes the append idempotent.
    pub id: EventId,
    /// The event's name.
    pub name: &'static str,
    /// The version of its stored shape.
    pub schema_version: u32,
    /// The stored shape's bytes.
    pub data: Arc<[u8]>,
}

impl NewEvent {
    /// The event as it stands in the log once it is appended at this place of this stream.
    pub(super) fn recorded(
        &self,
        (position, stream, revision): (Position, Stream, Revision),
        recorded_at: DateTime<Utc>,
        context: &Context,
    ) -> Recorded {
        Recorded {
            position,
            stream,
            revision,
            id: self.id,
            name: shared_name(self.name),
            schema_version: self.schema_version,
            recorded_at,
            context: context.clone(),
            data: self.data.clone(),
        }
    }
}

/// An event as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the log.
    pub position: Position,
    /// Its stream.
    pub stream: Stream,
    /// Its place in the stream.
    pub revision: Revision,
    /// Its id.
    pub id: EventId,
    /// Its name.
    pub name: Arc<str>,
    /// The version of its stored shape.
    pub schema_version: u32,
    /// When it was appended: UTC microseconds, one time for all events of an append, and always
    /// later than the append before.
    pub recorded_at: DateTime<Utc>,
    /// Who, why, and under which key.
    pub context: Context,
    /// The stored shape's bytes; `record::decode` reads them.
    pub data: Arc<[u8]>,
}

/// What all events of one append have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Who did it.
    pub actor: Arc<str>,
    /// What the work belongs to as a whole.
    pub correlation: Option<Uuid>,
    /// The event or request that caused it.
    pub causation: Option<Uuid>,
    /// The caller's idempotency key, with the digest of its input.
    pub idempotency: Option<IdempotencyMark>,
}

/// An idempotency key and what it stood for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyMark {
    /// The key in the scope it belongs to (project, subject, mutation), as one text.
    pub key: Arc<str>,
    /// BLAKE3 of the input.
    pub input: crate::digest::Digest,
}

/// What the appender expects of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// It has no event yet.
    NoStream,
    /// Its last event has this revision.
    Revision(Revision),
    /// Its last event is this one, of an append that was sent before and may yet fail: then
    /// another node's event may stand at its revision.
    Sent {
        /// Its revision.
        revision: Revision,
        /// Its id.
        event: EventId,
    },
}

/// Events for one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamAppend {
    /// The stream.
    pub stream: Stream,
    /// What is expected of it.
    pub expected: Expected,
    /// At least one event.
    pub events: Vec<NewEvent>,
}

/// Events for one or more different streams: all become part of the log, side by side and in this
/// order, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// At least one stream; none twice.
    pub streams: Vec<StreamAppend>,
    /// What the events have in common.
    pub context: Context,
}

/// Where an append stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The position of its first event; the others follow densely.
    pub first: Position,
    /// The position of its last event.
    pub last: Position,
    /// When it was appended.
    pub recorded_at: DateTime<Utc>,
}

/// Bytes of the data of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataSlice {
    /// The event.
    pub position: Position,
    /// Where in its data they begin.
    pub offset: u32,
    /// How many there are.
    pub length: u32,
}

/// The answer to an append, once it is durable.
pub type Appending = Pin<Box<dyn Future<Output = Result<Appended, AppendFault>> + Send>>;

/// The answer to the question where a log ends.
pub type AskedHead = Pin<Box<dyn Future<Output = Result<Position, ReadFault>> + Send>>;

/// The log.
///
/// - Optimistic concurrency: an append whose expectation of any stream does not hold is refused
///   with the revision found.
/// - Atomic: all events of an append, on all its streams, or none.
/// - Idempotent by event id: the same append again (same ids, streams and bytes) returns the first
///   result, whatever it expects of the streams.
/// - Durable before acknowledged; many queued appends may share one sync.
/// - Times are set by the appender from its clock. All events of an append have one time, and it
///   is later than that of the append before, whatever the clock says: so a time tells which
///   events were appended together, and names one state of the log.
/// - After a failed write or sync every later append is `Poisoned`. Whether the appends that
///   failed are in the log shows after a restart; their event ids make it safe to try again.
/// - What waits to be written is bounded: over it, an append is `Overloaded`.
///
/// Not promised: an append whose future is dropped may happen all the same, and a reader may see
/// an event a moment before `head` or its appender does.
pub trait EventLog: Send + Sync + 'static {
    /// Queues an append. The call itself takes the place in the queue (never awaits): appends are
    /// tried in the order of these calls, each against the log as the one before left it.
    fn append(&self, append: Append) -> Appending;

    /// Events of one stream from this revision on, at most `limit`, in order. In line. Fewer come
    /// when their data is large (some MiB); none only when there are none.
    fn read_stream(
        &self,
        stream: Stream,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadFault>;

    /// Events from this position on, at most `limit`, in order. In line. Fewer come when their
    /// data is large (some MiB); none only when there are none.
    fn read_all(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadFault>;

    /// The event with this id; `None` when the log has none. In line, by an index: it costs the
    /// same in a log of any length.
    fn read_event(&self, id: EventId) -> Result<Option<Recorded>, ReadFault>;

    /// Pieces of events' data, one for each that is asked for, in that order; `None` where there
    /// are no such bytes. In line, without reading the rest of a large event.
    fn read_slices(&self, slices: &[DataSlice]) -> Result<Vec<Option<Vec<u8>>>, ReadFault>;

    /// `length` bytes at `offset` of the data of the event at this position; `None` when there
    /// are no such bytes. Many are read faster by [`EventLog::read_slices`].
    fn read_data(
        &self,
        position: Position,
        offset: u32,
        length: u32,
    ) -> Result<Option<Vec<u8>>, ReadFault> {
        let slice = DataSlice {
            position,
            offset,
            length,
        };
        Ok(self.read_slices(&[slice])?.pop().flatten())
    }

    /// The last position at or before this time; `Position::START` when all are after it.
    fn position_at(&self, time: DateTime<Utc>) -> Result<Position, ReadFault>;

    /// The last durable position; of a shared log, the last that this node has.
    fn head(&self) -> Position;

    /// Whether other nodes append to it too, so that what is read here may be behind it.
    fn is_shared(&self) -> bool {
        false
    }

    /// The last durable position of the log itself, asked now: whatever was acknowledged before
    /// this call, by any node, is at or before it. [`EventLog::head`], where no other node appends.
    fn latest(&self) -> AskedHead {
        Box::pin(ready(Ok(self.head())))
    }

    /// What it measures of its own writing; nothing where it does not measure.
    fn figures(&self) -> Option<&LogFigures> {
        None
    }

    /// Ends what it does by itself, where it does anything: a copy follows no more. What is there
    /// stays readable. Blocks for a moment.
    fn close(&self) {}

    /// Every event from this position on, once, in order, without end.
    fn follow(&self, from: Position) -> Box<dyn Follower>;
}

/// A reader that goes on with the log.
pub trait Follower: Send {
    /// The next events: at least one, at most `limit`, waiting until there are any. Cancel-safe:
    /// a future dropped before it is ready loses nothing. Ends with `None` when the log closes,
    /// after the last event.
    fn next<'a>(&'a mut self, limit: usize) -> NextEvents<'a>;
}

/// The answer of a follower.
pub type NextEvents<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Vec<Recorded>>, ReadFault>> + Send + 'a>>;
