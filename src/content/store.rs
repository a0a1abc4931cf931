//! The port behind which nodes are kept, and what may go wrong there.
//!
//! Adapters are `memory` and `sqlite`. A store is a cache: it may be dropped at any time and must
//! never be the only place of a fact.

use std::sync::Arc;

use super::node::{NewNode, Node};
use crate::digest::Digest;

/// Why a node could not be had. None of these says that data is lost: nodes are computed from the
/// log again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No node of this name is stored.
    #[error("the content cache has no node {0}; it can be rebuilt from the log")]
    Missing(Digest),
    /// What is stored under this name is another node or none, or breaks a rule of the tree.
    #[error("node {0} of the content cache is damaged; it can be rebuilt from the log")]
    Damaged(Digest),
    /// The file is no content cache of this format, or its pages are broken: drop and rebuild it.
    #[error("the content cache is corrupt and must be rebuilt from the log: {0}")]
    Corrupt(String),
    /// The store failed in another way; the same call may succeed later.
    #[error("the content cache cannot be used: {0}")]
    Storage(String),
}

/// Where nodes are read.
///
/// Contract: a node that was inserted is found under its hash, with its rows, until the store is
/// dropped; of two inserted with one hash, either's places may come back. What is answered has
/// the hash asked for, or the answer is a fault. Reads run in line, in microseconds, from any
/// thread. Not promised: that a node once stored is still there after a restart.
pub trait NodeStore: Send + Sync {
    /// The node of this name.
    fn node(&self, hash: &Digest) -> Result<Arc<Node>, Fault>;
}

/// A store of nodes that is kept beside a log: the content cache.
///
/// Contract: an insert is one transaction, nodes and checkpoint together. It may be stored later
/// than it is answered, in the order in which it came, and is not synced: so a crash may take the
/// last ones, checkpoint and nodes alike, and a fault may be told by a later call.
pub trait KeptNodes: NodeStore {
    /// Stores these nodes, and what the store stands for with them. Nodes that are there stay.
    fn insert(&self, nodes: &[NewNode], checkpoint: Option<&Checkpoint>) -> Result<(), Fault>;

    /// Stores these nodes over whatever is stored under their names: a repair.
    fn replace(&self, nodes: &[NewNode]) -> Result<(), Fault>;

    /// Waits until everything inserted is stored.
    fn flush(&self) -> Result<(), Fault>;

    /// What the store stands for; none when nothing was folded into it yet.
    fn checkpoint(&self) -> Result<Option<Checkpoint>, Fault>;
}

/// What a store stands for: the log it was folded from, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's id.
    pub ledger: [u8; 16],
    /// The position of the last event folded.
    pub position: u64,
    /// The id of that event.
    pub event: [u8; 16],
}
