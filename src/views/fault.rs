//! What can go wrong with the views. None of it is the log's fault: whatever it is, the file can be
//! discarded and folded again.

use crate::domain::ids::Position;

/// Why a view could not be read or folded.
#[derive(Debug, thiserror::Error)]
pub enum ViewFault {
    /// SQLite failed, or a row is not what its reader expects.
    #[error("the views cannot be read or written: {0}")]
    Storage(#[from] rusqlite::Error),
    /// The file could not be removed or made.
    #[error("the file of the views cannot be replaced: {0}")]
    File(#[from] std::io::Error),
    /// The facts given do not go on where the views stand. Nothing was folded.
    #[error("the views go on at position {}, but were given {}", expected.0, found.0)]
    Gap {
        /// The position that must come next.
        expected: Position,
        /// The position given.
        found: Position,
    },
    /// The first fact of the log is not the founding of a ledger. Nothing was folded.
    #[error("the first event of the log does not found a ledger")]
    Unfounded,
    /// A fact is about something that no fact before it made. Nothing was folded.
    #[error("the event at position {} names a {what} that no event made", position.0)]
    Missing {
        /// A word of the glossary.
        what: &'static str,
        /// Where the fact stands.
        position: Position,
    },
    /// A place in a listing was given that is none of this order's. The caller's mistake.
    #[error("this cursor does not belong to a listing in this order")]
    ForeignSortKey,
    /// The writer is gone: the views will not move any more.
    #[error("the views are closed")]
    Closed,
}
