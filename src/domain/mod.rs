//! What may happen, and what then is so.
//!
//! Pure: no async, no input or output, no serde, no clock. Each file of `commands/` is one verb:
//! `decide(state, command) -> events | Refusal`. States obey: `evolve(state, event)`. List
//! `commands/` to know all that can happen.

pub mod access;
pub mod commands;
pub mod dataset;
pub mod directory;
pub mod event;
pub mod ids;
pub mod project;
pub mod refusal;
pub mod task;
pub mod values;

pub use access::Access;
pub use dataset::Dataset;
pub use directory::Directory;
pub use event::Event;
pub use project::Project;
pub use refusal::Refusal;
pub use task::Task;
