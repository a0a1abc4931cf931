//! The port of a log that several nodes share: append, follow, head, and nothing more.
//!
//! No node reads in it: each follows it into a copy of its own and reads there (`copied`). What is
//! promised of positions, streams, ids and times is what `port` promises of every log.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::figures::LogFigures;
use super::port::{Append, Appending, Follower, ReadFault, Recorded};
use crate::domain::ids::{EventId, Position, Revision, Stream};

/// The answer to the question where a log ends.
pub type AskedHead = Pin<Box<dyn Future<Output = Result<Position, ReadFault>> + Send>>;

/// A log of several nodes.
///
/// Connections are the adapter's own matter: it opens them anew, with growing and bounded pauses,
/// and bounds every call by time, so that a link that is open at one end only ends too. An append
/// whose answer is lost is looked for by its event ids before it is tried again; when the log
/// stays out of reach it is [`AppendFault::Unreachable`](super::AppendFault::Unreachable), and may
/// or may not stand.
pub trait SharedLog: Send + Sync + 'static {
    /// Queues an append, as [`EventLog::append`](super::EventLog::append) does: tried in the order
    /// of these calls, each against the log as it stands by then, whoever wrote it. What waits is
    /// bounded.
    fn append(&self, append: Append) -> Appending;

    /// Every event from this position on, once, in order, without end, whichever node appended it.
    /// It outlives lost connections; a fault means that the log holds what must not be (a gap, a
    /// row that is not understood), and nothing after it is handed out.
    fn follow(&self, from: Position) -> Box<dyn Follower>;

    /// The last durable position, asked of the log now: everything that was acknowledged before
    /// this call, on any node, is at or before it.
    fn head(&self) -> AskedHead;

    /// Tells it of this node's copy, once the copy is open. An adapter that cannot look events up
    /// in the log itself looks there, and takes no append before; others need not care.
    fn copied_into(&self, _copy: Arc<dyn NodeCopy>) {}

    /// What it measures of its own writing; nothing where it does not measure.
    fn figures(&self) -> Option<&LogFigures> {
        None
    }
}

/// What a node's copy tells of the log: all of it up to the copy's head, and perhaps more that the
/// log has by now. In line, each by an index.
pub trait NodeCopy: Send + Sync + 'static {
    /// The last position that the copy has; it never goes back.
    fn head(&self) -> Position;

    /// The revision of the stream's last event.
    fn last_revision(&self, stream: Stream) -> Result<Option<Revision>, ReadFault>;

    /// The event with this id.
    fn event(&self, id: EventId) -> Result<Option<Recorded>, ReadFault>;

    /// When the event at this position was appended; none when there is no such event.
    fn recorded_at(&self, position: Position) -> Result<Option<DateTime<Utc>>, ReadFault>;
}
