//! The event log: the truth. A port, its stored shapes, and one adapter a file.
//!
//! May name the domain and the rooms below it. Only `assemble.rs` names an adapter; only the
//! ledger appends.

mod admission;
mod contract;
mod copied;
mod faults;
mod figures;
mod follower;
mod kurrentdb;
mod memory;
mod names;
mod port;
mod postgres;
pub mod record;
mod shared;
mod sqlite;
pub mod staged;
mod stream_bytes;

pub use copied::{CopiedLog, CopyFault};
pub use figures::LogFigures;
pub use kurrentdb::{KurrentFault, KurrentLog};
pub use memory::MemoryLog;
pub use port::{
    APPEND_BYTES_MAX, Append, AppendFault, Appended, Appending, AskedHead, Context, DataSlice,
    EventLog, Expected, Follower, IdempotencyMark, NewEvent, NextEvents, ReadFault, Recorded,
    StreamAppend,
};
pub use postgres::{PostgresFault, PostgresLog};
pub use shared::SharedLog;
pub use sqlite::{LogCopy, OpenFault, SqliteLog};
