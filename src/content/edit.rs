//! The batch edit: a new tree from an old one and a list of changes.
//!
//! Level by level from the leaves (`level_edit`): what a change touches is read, changed and cut
//! again; the rest of the old tree stands and is shared. It must never write to the store: the new
//! nodes are the caller's, to keep once the commit is in the log or to drop without a trace.

use std::sync::Arc;

use super::Keep;
use super::assembly::Stack;
use super::build::{Grown, build_with};
use super::chunker::TreeParameters;
use super::cursor::{LevelCursor, child, top};
use super::entry::{Entry, Summary};
use super::level_edit::{LevelEdit, Steps};
use super::node::{NewNode, Node};
use super::store::{Fault, NodeStore};
use crate::digest::Digest;

/// A change of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The key has this item from now on.
    Put(Entry),
    /// The key has no item from now on.
    Delete(Arc<str>),
}

impl Edit {
    /// The key that changes.
    pub fn key(&self) -> &str {
        match self {
            Self::Put(entry) => &entry.key,
            Self::Delete(key) => key,
        }
    }
}

/// The tree of `root` after these edits, in the order given: of several of one key the last
/// counts. An edit that changes nothing (the same kind and value, or a delete of no item) leaves
/// the old entry and its place.
pub fn edit(store: &dyn NodeStore, root: Digest, edits: &[Edit]) -> Result<Grown, Fault> {
    edit_with(TreeParameters::FORMAT, store, root, edits)
}

pub(super) fn edit_with(
    parameters: TreeParameters,
    store: &dyn NodeStore,
    root: Digest,
    edits: &[Edit],
) -> Result<Grown, Fault> {
    let edits = last_of_each_key(edits);
    let Some(old) = top(store, root)? else {
        let entries = edits.into_iter().filter_map(|edit| match edit {
            Edit::Put(entry) => Some(entry),
            Edit::Delete(_) => None,
        });
        return Ok(build_with(parameters, entries, Keep::Nodes));
    };
    let mut steps = Steps::of_edits(&edits);
    drop(edits);
    let mut nodes = Vec::new();
    let mut summary = None;
    let level_edit =
        |level| LevelEdit::new(parameters, LevelCursor::new(store, Arc::clone(&old), level));
    for level in 0..old.level() {
        let mut edit = level_edit(level);
        steps = edit.run(&steps, &mut nodes)?;
        summary.get_or_insert(edit.summary());
    }
    let mut edit = level_edit(old.level());
    let tops = edit.run_top(&steps)?;
    let summary = summary.unwrap_or(edit.summary());
    let mut grown = match tops {
        None => Grown {
            root,
            totals: old.totals(),
            nodes,
            summary,
        },
        Some(tops) => crown(parameters, store, tops, nodes)?,
    };
    let changed = summary.added + summary.modified;
    grown.summary = Summary {
        unchanged: grown.totals.items().saturating_sub(changed),
        ..summary
    };
    Ok(grown)
}

fn last_of_each_key(edits: &[Edit]) -> Vec<&Edit> {
    // A stable sort keeps the order in which one key was edited; reversed, the last comes first.
    let mut edits: Vec<&Edit> = edits.iter().rev().collect();
    edits.sort_by(|one, other| one.key().cmp(other.key()));
    edits.dedup_by(|later, first| later.key() == first.key());
    edits
}

/// Makes one root of the nodes that the old top level became.
fn crown(
    parameters: TreeParameters,
    store: &dyn NodeStore,
    mut tops: Vec<Node>,
    mut nodes: Vec<NewNode>,
) -> Result<Grown, Fault> {
    if tops.len() <= 1 {
        let Some(top) = tops.pop() else {
            return Ok(Grown::new(None, Vec::new()));
        };
        let top = Arc::new(lowest_top(store, top, &mut nodes)?.to_root());
        nodes.push(NewNode(Arc::clone(&top)));
        return Ok(Grown::new(Some(&top), nodes));
    }
    let mut stack = Stack::new(parameters, tops[0].level() + 1);
    let mut keep = |node: Node| {
        nodes.push(NewNode(Arc::new(node)));
        Ok::<(), Fault>(())
    };
    for node in tops {
        stack.push_child(&node, &mut keep)?;
        keep(node)?;
    }
    let top = stack.finish(&mut keep)?;
    nodes.extend(top.clone().map(|top| NewNode(Arc::new(top))));
    Ok(Grown::new(top.as_ref(), nodes))
}

/// The only node of the lowest level that has only one: a tree has no level above it. If that node
/// is new, it is taken out of `nodes`, for it is stored as the root only.
fn lowest_top(
    store: &dyn NodeStore,
    top: Node,
    nodes: &mut Vec<NewNode>,
) -> Result<Arc<Node>, Fault> {
    let mut top = Arc::new(top);
    while top.level() > 0 && top.len() == 1 {
        let hash = top.child(0);
        top = match nodes.iter().position(|node| node.hash() == hash) {
            Some(index) => nodes.remove(index).0,
            None => child(store, &top, 0)?,
        };
    }
    Ok(top)
}
