//! The bulk path: a tree from entries in ascending order, in one pass.
//!
//! Memory is bounded by the height of the tree (and by what the sink keeps). The root is the one
//! that any batches of edits would give. It must never look into a store: it knows no older tree.

use std::borrow::Borrow;
use std::convert::Infallible;
use std::sync::Arc;

use super::assembly::Stack;
use super::canonical::empty_root;
use super::chunker::TreeParameters;
use super::entry::{Entry, Place, Summary, Totals};
use super::node::{NewNode, Node};
use crate::digest::Digest;

/// What to do with the nodes of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Keep every node in [`Grown::nodes`].
    Nodes,
    /// Drop nodes when they are hashed: memory stays small, and only the root is known.
    RootOnly,
}

/// A tree that was computed: its root, and the nodes that no store holds yet.
#[derive(Debug, Clone)]
pub struct Grown {
    /// The content root.
    pub root: Digest,
    /// What the tree holds.
    pub totals: Totals,
    /// The new nodes, in no order that means anything. None is in the tree it grew from.
    pub nodes: Vec<NewNode>,
    /// How the tree differs from the one it grew from; a build grows from the empty tree.
    pub summary: Summary,
}

impl Grown {
    pub(super) fn new(top: Option<&Node>, nodes: Vec<NewNode>) -> Self {
        let root = top.map_or_else(empty_root, Node::hash);
        let totals = top.map(Node::totals).unwrap_or_default();
        Self {
            root,
            totals,
            nodes,
            summary: Summary::default(),
        }
    }

    /// Names the chunks of staged places by their log positions, which are known only after the
    /// append: `position` maps an ordinal (without the STAGED bit) to a position. Changes no hash.
    pub fn settle(&mut self, position: impl Fn(u64) -> u64) {
        let settled = |place: Place| match place.is_staged() {
            true => Place {
                chunk: position(place.chunk & !super::STAGED),
                ..place
            },
            false => place,
        };
        for NewNode(node) in &mut self.nodes {
            if node.level() == 0 {
                Arc::make_mut(node).settle(settled);
            }
        }
    }
}

/// Builds the tree of these entries, whose keys strictly ascend.
///
/// # Panics
/// When a key does not ascend: as [`Builder::push`].
pub fn build(entries: impl Iterator<Item = Entry>, keep: Keep) -> Grown {
    build_with(TreeParameters::FORMAT, entries, keep)
}

pub(super) fn build_with(
    parameters: TreeParameters,
    entries: impl Iterator<Item: Borrow<Entry>>,
    keep: Keep,
) -> Grown {
    let mut nodes = Vec::new();
    let sink = |node| {
        match keep {
            Keep::Nodes => nodes.push(node),
            Keep::RootOnly => (),
        }
        Ok::<(), Infallible>(())
    };
    let mut builder = Builder::with_parameters(parameters, sink);
    for entry in entries {
        let Ok(()) = builder.push(entry.borrow());
    }
    let Ok(mut grown) = builder.finish();
    grown.nodes = nodes;
    grown
}

/// Builds a tree from entries pushed one by one, giving each finished node to a sink at once.
pub struct Builder<'s, E> {
    stack: Stack,
    sink: Box<dyn FnMut(NewNode) -> Result<(), E> + 's>,
    key_before: Option<Arc<str>>,
}

impl<'s, E> Builder<'s, E> {
    /// A builder of an empty tree. What the sink fails with ends the build.
    pub fn new(sink: impl FnMut(NewNode) -> Result<(), E> + 's) -> Self {
        Self::with_parameters(TreeParameters::FORMAT, sink)
    }

    fn with_parameters(
        parameters: TreeParameters,
        sink: impl FnMut(NewNode) -> Result<(), E> + 's,
    ) -> Self {
        Self {
            stack: Stack::new(parameters, 0),
            sink: Box::new(sink),
            key_before: None,
        }
    }

    /// Adds an entry.
    ///
    /// # Panics
    /// When its key is not after the one before: the caller sorts, and an unsorted tree would
    /// answer wrongly for ever.
    pub fn push(&mut self, entry: &Entry) -> Result<(), E> {
        let ascends = self
            .key_before
            .as_ref()
            .is_none_or(|before| *before < entry.key);
        assert!(ascends, "the keys of a build strictly ascend");
        self.key_before = Some(Arc::clone(&entry.key));
        let sink = &mut self.sink;
        self.stack
            .push_entry(entry, &mut |node| sink(NewNode(Arc::new(node))))
    }

    /// Ends the tree. [`Grown::nodes`] is empty: the sink had every node, the top one last.
    pub fn finish(self) -> Result<Grown, E> {
        let mut sink = self.sink;
        let top = self
            .stack
            .finish(&mut |node| sink(NewNode(Arc::new(node))))?;
        let mut grown = Grown::new(top.as_ref(), Vec::new());
        grown.summary.added = grown.totals.items();
        if let Some(top) = top {
            sink(NewNode(Arc::new(top)))?;
        }
        Ok(grown)
    }
}
