//! Nodes in memory: for tests and small ledgers, and as a layer of new nodes over another store.
//!
//! Neither type bounds itself: who inserts decides how much. They must never write to the store
//! under them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::node::{NewNode, Node};
use super::store::{Fault, NodeStore};
use crate::digest::Digest;

/// A store that keeps every node in memory.
#[derive(Default)]
pub struct MemoryNodes {
    nodes: RwLock<HashMap<Digest, Arc<Node>>>,
}

impl MemoryNodes {
    /// A store without nodes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps these nodes. One that is already there stays as it is.
    pub fn insert(&self, nodes: &[NewNode]) {
        let mut kept = self.nodes.write().unwrap_or_else(PoisonError::into_inner);
        for node in nodes {
            kept.entry(node.hash())
                .or_insert_with(|| Arc::clone(node.node()));
        }
    }
}

impl NodeStore for MemoryNodes {
    fn node(&self, hash: &Digest) -> Result<Arc<Node>, Fault> {
        let nodes = self.nodes.read().unwrap_or_else(PoisonError::into_inner);
        nodes.get(hash).cloned().ok_or(Fault::Missing(*hash))
    }
}

/// New nodes over a store: what an edit reads that follows another one not yet stored.
pub struct Overlay<'a> {
    nodes: MemoryNodes,
    under: &'a dyn NodeStore,
}

impl<'a> Overlay<'a> {
    /// A layer without nodes of its own over `under`.
    pub fn new(under: &'a dyn NodeStore) -> Self {
        Self {
            nodes: MemoryNodes::new(),
            under,
        }
    }

    /// Keeps these nodes in the layer.
    pub fn insert(&self, nodes: &[NewNode]) {
        self.nodes.insert(nodes);
    }
}

impl NodeStore for Overlay<'_> {
    fn node(&self, hash: &Digest) -> Result<Arc<Node>, Fault> {
        match self.nodes.node(hash) {
            Ok(node) => Ok(node),
            Err(_) => self.under.node(hash),
        }
    }
}
