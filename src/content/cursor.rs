//! Two ways to move through a stored tree: row by row, and node by node of one level.
//!
//! A `Cursor` stands on a row of any level and reads only the nodes it descends into. A
//! `LevelCursor` hands out the nodes of one level, for an edit. Both check that a child is what
//! its parent says (its level, and no root), so that no damaged store can lead them in a circle.

use std::sync::Arc;

use super::canonical::empty_root;
use super::entry::{Entry, Totals};
use super::node::Node;
use super::store::{Fault, NodeStore};
use crate::digest::Digest;

/// The top node of a tree; none of the empty tree.
pub(super) fn top(store: &dyn NodeStore, root: Digest) -> Result<Option<Arc<Node>>, Fault> {
    if root == empty_root() {
        return Ok(None);
    }
    let node = store.node(&root)?;
    if node.is_root() {
        Ok(Some(node))
    } else {
        Err(Fault::Damaged(root))
    }
}

/// The child under a row of an interior node.
pub(super) fn child(store: &dyn NodeStore, node: &Node, index: usize) -> Result<Arc<Node>, Fault> {
    let hash = node.child(index);
    let child = store.node(&hash)?;
    let fits = child.level() + 1 == node.level() && !child.is_root();
    if fits {
        Ok(child)
    } else {
        Err(Fault::Damaged(hash))
    }
}

struct Frame {
    node: Arc<Node>,
    index: usize,
}

/// Stands on a row of a tree, or past its end.
pub(super) struct Cursor<'a> {
    store: &'a dyn NodeStore,
    frames: Vec<Frame>,
}

impl<'a> Cursor<'a> {
    /// Stands on the first row of the top node; past the end of the empty tree.
    pub(super) fn new(store: &'a dyn NodeStore, root: Digest) -> Result<Self, Fault> {
        let top = top(store, root)?;
        let frames = top
            .into_iter()
            .map(|node| Frame { node, index: 0 })
            .collect();
        Ok(Self { store, frames })
    }

    /// Stands on the first entry whose key is not before `bound`, or past the end.
    pub(super) fn seek(
        store: &'a dyn NodeStore,
        root: Digest,
        bound: &[u8],
    ) -> Result<Self, Fault> {
        let mut cursor = Self::new(store, root)?;
        while let Some(frame) = cursor.frames.last_mut() {
            frame.index = frame.node.search(bound);
            if frame.index == frame.node.len() || frame.node.level() == 0 {
                break;
            }
            cursor.descend()?;
        }
        cursor.climb();
        Ok(cursor)
    }

    /// A cursor past the end of any tree.
    pub(super) fn ended(store: &'a dyn NodeStore) -> Self {
        Self {
            store,
            frames: Vec::new(),
        }
    }

    /// The node and the row in it; none past the end.
    pub(super) fn row(&self) -> Option<(&Node, usize)> {
        self.frames.last().map(|frame| (&*frame.node, frame.index))
    }

    /// The item of the row, which is one of a leaf.
    pub(super) fn entry(&self) -> Option<Entry> {
        self.row().map(|(node, index)| node.entry(index))
    }

    /// What is under the row; nothing past the end.
    pub(super) fn totals(&self) -> Totals {
        self.row()
            .map(|(node, index)| node.row_totals(index))
            .unwrap_or_default()
    }

    /// The last key before the row, as far as the nodes on the path know it.
    pub(super) fn floor(&self) -> Option<&[u8]> {
        let frame = self.frames.iter().rev().find(|frame| frame.index > 0)?;
        Some(frame.node.key(frame.index - 1))
    }

    /// Goes to the first row of the child under the row. Past the end, nothing happens.
    pub(super) fn descend(&mut self) -> Result<(), Fault> {
        if let Some(frame) = self.frames.last() {
            let node = child(self.store, &frame.node, frame.index)?;
            self.frames.push(Frame { node, index: 0 });
        }
        Ok(())
    }

    /// Goes down to the first entry under the row.
    pub(super) fn descend_to_entry(&mut self) -> Result<(), Fault> {
        while self
            .frames
            .last()
            .is_some_and(|frame| frame.node.level() > 0)
        {
            self.descend()?;
        }
        Ok(())
    }

    /// Goes past everything under the row, to the next row of its node or of a node above.
    pub(super) fn advance(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.index += 1;
        }
        self.climb();
    }

    fn climb(&mut self) {
        while self
            .frames
            .last()
            .is_some_and(|frame| frame.index == frame.node.len())
        {
            self.frames.pop();
            if let Some(above) = self.frames.last_mut() {
                above.index += 1;
            }
        }
    }
}

/// Hands out the nodes of one level in order, from where a key would be.
pub(super) struct LevelCursor<'a> {
    store: &'a dyn NodeStore,
    top: Arc<Node>,
    level: u8,
    /// The path from the top to the level above; each index names the child on the path.
    frames: Vec<Frame>,
}

impl<'a> LevelCursor<'a> {
    /// A cursor of a level that the tree under `top` has.
    pub(super) fn new(store: &'a dyn NodeStore, top: Arc<Node>, level: u8) -> Self {
        debug_assert!(level <= top.level());
        Self {
            store,
            top,
            level,
            frames: Vec::new(),
        }
    }

    pub(super) fn level(&self) -> u8 {
        self.level
    }

    /// The node in which this key is or would be: the first that ends at or after it, else the
    /// last. Keys must be sought in ascending order.
    pub(super) fn seek(&mut self, key: &[u8]) -> Result<Arc<Node>, Fault> {
        while self.frames.len() > 1
            && self
                .frames
                .last()
                .is_some_and(|frame| frame.node.last_key() < key)
        {
            self.frames.pop();
        }
        if self.frames.is_empty() {
            if self.top.level() == self.level {
                return Ok(Arc::clone(&self.top));
            }
            self.frames.push(Frame {
                node: Arc::clone(&self.top),
                index: 0,
            });
        }
        self.descend(|node| node.search(key).min(node.len() - 1))
    }

    /// The node after the last one handed out, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Arc<Node>>, Fault> {
        while let Some(frame) = self.frames.last_mut() {
            frame.index += 1;
            if frame.index < frame.node.len() {
                break;
            }
            self.frames.pop();
        }
        let Some(frame) = self.frames.last() else {
            return Ok(None);
        };
        if frame.node.level() == self.level + 1 {
            return child(self.store, &frame.node, frame.index).map(Some);
        }
        let node = child(self.store, &frame.node, frame.index)?;
        self.frames.push(Frame { node, index: 0 });
        self.descend(|_| 0).map(Some)
    }

    /// Chooses a child in the last frame and in each below it, down to the level.
    fn descend(&mut self, choose: impl Fn(&Node) -> usize) -> Result<Arc<Node>, Fault> {
        loop {
            let Some(frame) = self.frames.last_mut() else {
                unreachable!("a path above the level has at least the top node")
            };
            frame.index = choose(&frame.node);
            let node = child(self.store, &frame.node, frame.index)?;
            if node.level() == self.level {
                return Ok(node);
            }
            self.frames.push(Frame { node, index: 0 });
        }
    }

    /// Whether the node handed out last is the last of its level.
    pub(super) fn is_last(&self) -> bool {
        self.frames
            .iter()
            .all(|frame| frame.index + 1 == frame.node.len())
    }
}
