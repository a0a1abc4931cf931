//! Checks a whole tree: every node's hash, order, cut and counts.
//!
//! What passes is exactly the tree that a build of the same items makes. It reads every node
//! through the store, so a store that remembers nodes answers for what it remembers.

use std::sync::Arc;

use super::chunker::{Extent, TreeParameters, ends_node};
use super::cursor::{child, top};
use super::entry::Totals;
use super::key;
use super::node::Node;
use super::store::{Fault, NodeStore};
use crate::digest::Digest;

/// What the tree of this root holds, if every node of it is as it must be; else the fault of the
/// first that is not.
pub fn verify(store: &dyn NodeStore, root: Digest) -> Result<Totals, Fault> {
    verify_with(&TreeParameters::FORMAT, store, root)
}

pub(super) fn verify_with(
    parameters: &TreeParameters,
    store: &dyn NodeStore,
    root: Digest,
) -> Result<Totals, Fault> {
    let Some(top) = top(store, root)? else {
        return Ok(Totals::default());
    };
    let totals = top.totals();
    if top.level() > 0 && top.len() < 2 {
        return Err(Fault::Damaged(root));
    }
    let mut path = vec![Visit::begin(parameters, Arc::clone(&top), root, true)?];
    let mut key_before: Vec<u8> = Vec::new();
    while let Some(visit) = path.last_mut() {
        let node = Arc::clone(&visit.node);
        if visit.index == node.len() {
            path.pop();
            continue;
        }
        let index = visit.index;
        visit.index += 1;
        if node.level() > 0 {
            let is_last = visit.is_last && visit.index == node.len();
            let below = child(store, &node, index)?;
            let fits =
                below.last_key() == node.key(index) && below.totals() == node.row_totals(index);
            if !fits {
                return Err(Fault::Damaged(node.child(index)));
            }
            path.push(Visit::begin(parameters, below, node.child(index), is_last)?);
            continue;
        }
        let well_formed =
            std::str::from_utf8(node.key(index)).is_ok_and(|key| key::check(key).is_ok());
        if !well_formed || node.key(index) <= key_before.as_slice() {
            return Err(Fault::Damaged(node.hash()));
        }
        key_before.clear();
        key_before.extend_from_slice(node.key(index));
    }
    Ok(totals)
}

struct Visit {
    node: Arc<Node>,
    /// The next row to look at.
    index: usize,
    /// Whether the node is the last of its level, which may end anywhere.
    is_last: bool,
}

impl Visit {
    /// Checks what a node shows by itself: its hash and where it is cut.
    fn begin(
        parameters: &TreeParameters,
        node: Arc<Node>,
        hash: Digest,
        is_last: bool,
    ) -> Result<Self, Fault> {
        if Digest::of(node.bytes()) != hash || !is_well_cut(parameters, &node, is_last) {
            return Err(Fault::Damaged(hash));
        }
        Ok(Self {
            node,
            index: 0,
            is_last,
        })
    }
}

fn is_well_cut(parameters: &TreeParameters, node: &Node, is_last: bool) -> bool {
    let mut extent = Extent::default();
    for index in 0..node.len() {
        let end = extent.end + node.row(index).len() as u32;
        extent = Extent {
            entries: extent.entries + 1,
            start: extent.end,
            end,
        };
        let ends = ends_node(parameters, node.level(), node.key(index), extent);
        let last_row = index + 1 == node.len();
        let fits = if last_row { ends || is_last } else { !ends };
        if !fits {
            return false;
        }
    }
    true
}
