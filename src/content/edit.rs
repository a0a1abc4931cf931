//! The batch edit: a new tree from an old one and a list of changes.
//!
//! Level by level from the leaves: the nodes that a change touches are read, merged with the
//! changes and cut again by the boundary rule, until a cut meets an old one; from there on the old
//! nodes stand. What happened to the nodes of one level is the list of changes of the next. It
//! must never keep a node that the old tree has, nor write to the store.

use std::sync::Arc;

use super::Keep;
use super::assembly::{Assembler, Stack};
use super::build::{Grown, build_with};
use super::chunker::TreeParameters;
use super::cursor::{LevelCursor, child, top};
use super::entry::{Entry, Place, Summary};
use super::node::{NewNode, Node, row_key, write_child, write_entry, write_key};
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

/// The tree of `root` after these edits, in the order given: of several of one key the last counts.
/// An edit that changes nothing (the same kind and value, or a delete of no item) leaves the old
/// entry and its place.
pub fn edit(store: &dyn NodeStore, root: Digest, edits: Vec<Edit>) -> Result<Grown, Fault> {
    edit_with(TreeParameters::FORMAT, store, root, edits)
}

pub(super) fn edit_with(
    parameters: TreeParameters,
    store: &dyn NodeStore,
    root: Digest,
    edits: Vec<Edit>,
) -> Result<Grown, Fault> {
    let edits = last_of_each_key(edits);
    let Some(old) = top(store, root)? else {
        let entries = edits.into_iter().filter_map(|edit| match edit {
            Edit::Put(entry) => Some(entry),
            Edit::Delete(_) => None,
        });
        return Ok(build_with(parameters, entries, Keep::Nodes));
    };
    let mut steps: Vec<Step> = edits.iter().map(Step::of_edit).collect();
    drop(edits);
    let mut nodes = Vec::new();
    let mut summary = Summary::default();
    for level in 0..old.level() {
        let mut edit = LevelEdit::new(parameters, LevelCursor::new(store, old.clone(), level));
        steps = edit.run(&steps, &mut nodes)?;
        summary = if level == 0 { edit.summary } else { summary };
    }
    let mut edit = LevelEdit::new(
        parameters,
        LevelCursor::new(store, old.clone(), old.level()),
    );
    let tops = edit.run_top(&steps)?;
    summary = if old.level() == 0 {
        edit.summary
    } else {
        summary
    };
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

fn last_of_each_key(mut edits: Vec<Edit>) -> Vec<Edit> {
    // A stable sort keeps the order in which one key was edited; reversed, the last comes first.
    edits.reverse();
    edits.sort_by(|one, other| one.key().cmp(other.key()));
    edits.dedup_by(|later, first| later.key() == first.key());
    edits
}

/// Makes one root of the nodes that the old top level became.
fn crown(
    parameters: TreeParameters,
    store: &dyn NodeStore,
    tops: Vec<Node>,
    mut nodes: Vec<NewNode>,
) -> Result<Grown, Fault> {
    let Some((first, others)) = tops.split_first() else {
        return Ok(Grown::new(None, Vec::new()));
    };
    if others.is_empty() {
        let mut top = Arc::new(first.clone());
        while top.level() > 0 && top.len() == 1 {
            let hash = top.child(0);
            let new = nodes.iter().position(|node| node.hash() == hash);
            top = match new {
                Some(index) => nodes.swap_remove(index).0,
                None => child(store, &top, 0)?,
            };
        }
        let top = Arc::new(top.to_root());
        nodes.push(NewNode(Arc::clone(&top)));
        return Ok(Grown::new(Some(&top), nodes));
    }
    let mut stack = Stack::new(parameters, first.level() + 1);
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

/// One change of a row of a level.
struct Step {
    /// A whole row to put, or only the key's part of the row to delete.
    row: Vec<u8>,
    place: Place,
    puts: bool,
}

impl Step {
    fn of_edit(edit: &Edit) -> Self {
        let mut row = Vec::with_capacity(64);
        match edit {
            Edit::Put(entry) => {
                write_entry(&mut row, entry);
                Self {
                    row,
                    place: entry.place,
                    puts: true,
                }
            }
            Edit::Delete(key) => {
                write_key(&mut row, key.as_bytes());
                Self {
                    row,
                    place: Place::default(),
                    puts: false,
                }
            }
        }
    }

    fn put_child(node: &Node) -> Self {
        let mut row = Vec::with_capacity(96);
        write_child(&mut row, node);
        Self {
            row,
            place: Place::default(),
            puts: true,
        }
    }

    fn delete_child(node: &Node) -> Self {
        let mut row = Vec::new();
        write_key(&mut row, node.last_key());
        Self {
            row,
            place: Place::default(),
            puts: false,
        }
    }

    fn key(&self) -> &[u8] {
        row_key(&self.row)
    }
}

/// Where in a node a step acts, and whether a row of its key is there.
struct Act<'s> {
    index: usize,
    replaces: bool,
    step: &'s Step,
}

struct LevelEdit<'a> {
    cursor: LevelCursor<'a>,
    assembler: Assembler,
    summary: Summary,
    /// Old nodes merged, and new ones made, since old and new cuts last met.
    merged: Vec<Arc<Node>>,
    made: Vec<Node>,
}

impl<'a> LevelEdit<'a> {
    fn new(parameters: TreeParameters, cursor: LevelCursor<'a>) -> Self {
        let assembler = Assembler::new(parameters, cursor.level());
        let summary = Summary::default();
        Self {
            cursor,
            assembler,
            summary,
            merged: Vec::new(),
            made: Vec::new(),
        }
    }

    /// Applies the steps; answers those of the next level, and adds the new nodes to `nodes`.
    fn run(&mut self, steps: &[Step], nodes: &mut Vec<NewNode>) -> Result<Vec<Step>, Fault> {
        let mut above = Vec::new();
        let mut rest = steps;
        while !rest.is_empty() {
            rest = self.run_to_meeting(rest)?;
            let made = std::mem::take(&mut self.made);
            let mut old = self.merged.drain(..).peekable();
            for node in made {
                while let Some(gone) = old.next_if(|old| old.last_key() < node.last_key()) {
                    above.push(Step::delete_child(&gone));
                }
                let same_key = old.next_if(|old| old.last_key() == node.last_key());
                if same_key.is_none_or(|old| old.hash() != node.hash()) {
                    above.push(Step::put_child(&node));
                    nodes.push(NewNode(Arc::new(node)));
                }
            }
            above.extend(old.map(|gone| Step::delete_child(&gone)));
        }
        Ok(above)
    }

    /// Applies the steps to the top node; answers what it became, none if nothing changed.
    fn run_top(&mut self, steps: &[Step]) -> Result<Option<Vec<Node>>, Fault> {
        if !steps.is_empty() {
            self.run_to_meeting(steps)?;
        }
        let unchanged = self.merged.is_empty();
        Ok((!unchanged).then(|| std::mem::take(&mut self.made)))
    }

    /// Merges old nodes, from the one of the first step on, until old and new cuts meet; answers
    /// the steps that are left.
    fn run_to_meeting<'s>(&mut self, steps: &'s [Step]) -> Result<&'s [Step], Fault> {
        let Some(first) = steps.first() else {
            return Ok(steps);
        };
        let mut rest = steps;
        let mut next = Some(self.cursor.seek(first.key())?);
        while let Some(node) = next {
            let last = self.cursor.is_last();
            let within = if last {
                rest.len()
            } else {
                steps_until(rest, node.last_key())
            };
            let (here, after) = rest.split_at(within);
            rest = after;
            let acts = acts(&node, here);
            if acts.is_empty() && self.assembler.is_empty() {
                return Ok(rest);
            }
            if self.assembler.is_empty() && acts.iter().all(|act| act.replaces && act.step.puts) {
                self.patch(&node, &acts);
                self.merged.push(node);
                return Ok(rest);
            }
            self.merge(&node, &acts);
            self.merged.push(node);
            if last {
                let node = self.assembler.flush();
                self.made.extend(node);
            }
            if self.assembler.is_empty() {
                return Ok(rest);
            }
            next = self.cursor.next()?;
        }
        Ok(rest)
    }

    /// The short way for a node whose keys stay: its cuts stay too.
    fn patch(&mut self, node: &Node, acts: &[Act<'_>]) {
        let rows = acts
            .iter()
            .map(|act| (act.index, act.step.row.as_slice(), act.step.place));
        self.made.push(node.patched(rows));
        self.summary.modified += acts.len() as u64;
    }

    fn merge(&mut self, node: &Node, acts: &[Act<'_>]) {
        let mut index = 0;
        for act in acts {
            self.keep_rows(node, index..act.index);
            index = act.index + usize::from(act.replaces);
            let count = match (act.step.puts, act.replaces) {
                (true, true) => &mut self.summary.modified,
                (true, false) => &mut self.summary.added,
                (false, _) => &mut self.summary.removed,
            };
            *count += 1;
            if act.step.puts {
                let closed = self.assembler.push_row(&act.step.row, act.step.place);
                self.made.extend(closed);
            }
        }
        self.keep_rows(node, index..node.len());
    }

    fn keep_rows(&mut self, node: &Node, rows: std::ops::Range<usize>) {
        for index in rows {
            let closed = self.assembler.push_row(node.row(index), node.place(index));
            self.made.extend(closed);
        }
    }
}

/// How many of the steps have a key at or before this one.
fn steps_until(steps: &[Step], key: &[u8]) -> usize {
    // Nearly always a few: a plain walk beats halving the whole list.
    steps.iter().take_while(|step| step.key() <= key).count()
}

/// The steps that change this node, and where.
fn acts<'s>(node: &Node, steps: &'s [Step]) -> Vec<Act<'s>> {
    let mut acts = Vec::with_capacity(steps.len());
    let mut index = 0;
    for step in steps {
        index = node.search_from(index, step.key());
        let replaces = index < node.len() && node.key(index) == step.key();
        let changes = match (step.puts, replaces) {
            (true, true) => node.row(index) != step.row,
            (true, false) => true,
            (false, replaces) => replaces,
        };
        if changes {
            acts.push(Act {
                index,
                replaces,
                step,
            });
        }
    }
    acts
}
