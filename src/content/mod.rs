//! The content room: a prolly tree that says which item a version of a dataset has.
//!
//! A tree maps keys to (kind, value length, value digest). Its root is a commitment to every item,
//! the same for the same items whatever the order and batching in which they came. Nodes are a
//! cache: each can be computed again from the log. This room must never hold a value's bytes in a
//! node, read the log, ask the clock, or let anything but the items decide a hash.

// entries ── build ──┐                             ┌─ tree, range: get, rank, walk, pages
//                    ├─► nodes ─► NodeStore ─► node ┼─ diff: changes, counts
// edits ──── edit ───┘   (store)  memory, sqlite   └─ verify

mod assembly;
mod build;
mod cache;
mod canonical;
mod chunker;
mod cursor;
mod diff;
mod edit;
mod entry;
pub mod key;
mod level_edit;
pub mod media;
mod memory;
mod node;
mod node_writer;
mod range;
mod sqlite;
mod store;
mod stored;
mod tree;
pub mod value;
mod verify;

pub use build::{Builder, Grown, Keep, build};
pub use canonical::empty_root;
pub use chunker::{NodeShape, TreeParameters};
pub use diff::{Change, ChangeKind, Changes, DiffOptions, diff, diff_counts};
pub use edit::{Edit, edit};
pub use entry::{Entry, Kind, Place, STAGED, Summary, Totals};
pub use memory::{MemoryNodes, Overlay};
pub use node::{NewNode, Node};
pub use range::{Take, Window, count, range};
pub use sqlite::SqliteNodes;
pub use store::{Checkpoint, Fault, KeptNodes, NodeStore};
pub use tree::{Walk, get, rank, totals, walk};
pub use verify::verify;

#[cfg(test)]
mod tests;
