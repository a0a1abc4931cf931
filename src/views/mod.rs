//! The read models: what queries ask, folded from the log into one SQLite file, `views.db`.
//!
//! A cache. Every row follows from the log alone, and stands in the same transaction as the
//! position up to which the log is folded. Here nothing is decided: events are obeyed. Reads are
//! done in line, on read-only connections, and neither wait for the writer nor hold it up.
//!
//! To add a read model: its table in `migrations/views`, its rows and queries in a file here, its
//! folds named in `fold.rs`, its table in `dump.rs`.

mod activities;
mod api_keys;
mod columns;
mod datasets;
mod dump;
mod fault;
mod file;
mod fold;
mod listing;
mod operations;
mod pool;
mod projects;
mod snapshots;
mod states;
mod store;
mod tasks;
mod versions;
mod writer;

#[cfg(test)]
mod tests;

pub use activities::{ActivityFilter, ActivityOrder, ActivityOrderField, ActivityRow, Work};
pub use api_keys::ApiKeyRow;
pub use datasets::{DatasetFilter, DatasetOrder, DatasetOrderField, DatasetRow, PlacedVersion};
pub use fault::ViewFault;
pub use fold::Fact;
pub use listing::{
    Direction, Keyed, NotASortKey, Numbered, PAGE_ROWS_MAX, Page, Scope, Slice, SortKey, SortValue,
    Take,
};
pub use operations::OperationRow;
pub use projects::{ProjectFilter, ProjectRow};
pub use snapshots::{
    DeletedSnapshots, SNAPSHOTS_OF_VERSION_MAX, SnapshotFilter, SnapshotOrder, SnapshotOrderField,
    SnapshotRow,
};
pub use store::{Checkpoint, Views};
pub use tasks::{TaskFilter, TaskRow};
pub use versions::{VersionKind, VersionRow};
pub use writer::ViewWriter;
