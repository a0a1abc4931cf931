//! Why a log does not do as asked: part of the port, and the same on every adapter.
//!
//! Each says whether anything was appended, and whether to try again.

use crate::domain::ids::{EventId, Position, Revision, Stream};

/// Why an append did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendFault {
    /// A stream is not where it was expected; nothing was appended.
    #[error("{stream} is at {found:?}, not where it was expected")]
    Conflict {
        /// The stream.
        stream: Stream,
        /// The revision of its last event; none when it has no event.
        found: Option<Revision>,
    },
    /// An event id is in the log already, but not as the same append: other bytes, or ids known
    /// only in part.
    #[error("event {id} is in the log already, as part of another append")]
    IdReused {
        /// The id.
        id: EventId,
    },
    /// Empty, a stream or an event id twice, or over
    /// [`APPEND_BYTES_MAX`](super::APPEND_BYTES_MAX).
    #[error("malformed append: {0}")]
    Malformed(&'static str),
    /// A sync failed before: what is on the disk is not known, so nothing more is accepted until
    /// a restart reads it again.
    #[error("the log is closed after a failed write: {0}")]
    Poisoned(String),
    /// More waits to be written than the queue holds. Nothing was appended; try again later.
    #[error("the log's queue is full; try again later")]
    Overloaded,
    /// A shared log cannot be reached. The append may stand or not; its event ids make it safe to
    /// try again.
    #[error("the log cannot be reached; try again later: {0}")]
    Unreachable(String),
    /// The log is being closed.
    #[error("the log is closing")]
    Closing,
}

/// Why a read did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// The store failed.
    #[error("the log cannot be read: {0}")]
    Storage(String),
    /// A stored event has a form this program does not know. Never skipped.
    #[error("event {position:?} cannot be understood: {message}")]
    Unknown {
        /// Where it stands.
        position: Position,
        /// What is not understood.
        message: String,
    },
    /// A shared log does not answer. The same question may be answered later.
    #[error("the log cannot be reached; try again later: {0}")]
    Unreachable(String),
}
