//! The types of the graph: one family a file, each a thin face over a row of the views.
//!
//! A type shows; it decides nothing. What is nested is loaded when it is selected, and never what
//! the principal may not see.

pub mod api_key;
mod counted;
pub mod dataset;
pub mod diff;
pub mod event;
pub mod filters;
pub mod item;
pub mod ledger;
pub mod node;
pub mod operation;
pub mod project;
pub mod snapshot;
pub mod task;
pub mod version;
pub mod version_ref;
pub mod viewer;
pub mod words;

pub use api_key::ApiKey;
pub use dataset::Dataset;
pub use diff::{Diff, DiffSummary, ItemChange};
pub use event::LedgerEvent;
pub use item::Item;
pub use node::Node;
pub use operation::Operation;
pub use project::Project;
pub use snapshot::Snapshot;
pub use task::Task;
pub use version::Version;
