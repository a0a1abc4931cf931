//! The port of a log that several nodes share: append, follow, head, and nothing more.
//!
//! No node reads in it: each follows it into a copy of its own and reads there (`copied`). What is
//! promised of positions, streams, ids and times is what `port` promises of every log.

use super::figures::LogFigures;
use super::port::{Append, Appending, AskedHead, Follower};
use super::sqlite::Reading;
use crate::domain::ids::Position;

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

    /// Tells it of this node's copy, once that is open; a later one takes its place. An adapter
    /// whose log cannot be asked for a stream or an id looks there, and takes no append before.
    /// Others need not care.
    fn copied_into(&self, _copy: Reading) {}

    /// What it measures of its own writing; nothing where it does not measure.
    fn figures(&self) -> Option<&LogFigures> {
        None
    }
}
