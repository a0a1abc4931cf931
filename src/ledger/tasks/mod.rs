//! The ledger's own work: restores and imports, with progress, resumed after a kill.
//!
//! A lease only saves work. What makes a task end exactly once is the revision of the dataset's
//! stream, and that of its own.

mod heartbeat;
mod import;
mod restore;
mod runner;

#[cfg(test)]
pub(super) use heartbeat::Heartbeat;
pub use import::{Importer, KeyedImport, NewImport, RepeatedImport};
#[cfg(test)]
pub(super) use runner::left_behind;
pub(super) use runner::{Jobs, run};
