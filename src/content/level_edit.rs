//! The edit of one level of a tree.
//!
//! Old nodes that a step touches are merged with the steps and cut again by the boundary rule,
//! until a cut meets an old one: from there on the old nodes stand, unread. What happened to the
//! nodes of a level is the list of steps of the level above. It must never offer as new a node
//! that the old tree has at the same place.

use std::ops::Range;
use std::sync::Arc;

use super::assembly::Assembler;
use super::canonical::{row_key, write_entry, write_key};
use super::chunker::TreeParameters;
use super::cursor::LevelCursor;
use super::edit::Edit;
use super::entry::{Place, Summary};
use super::node::{NewNode, Node};
use super::store::Fault;

/// Changes of rows of one level, in ascending order of keys, each key once.
#[derive(Default)]
pub(super) struct Steps {
    /// The rows of all steps, one after the other.
    rows: Vec<u8>,
    list: Vec<Step>,
}

#[derive(Clone)]
struct Step {
    /// A whole row to put, or only the key's part of the row to delete.
    row: Range<usize>,
    place: Place,
    puts: bool,
}

impl Steps {
    pub(super) fn of_edits(edits: &[&Edit]) -> Self {
        let mut steps = Self::default();
        for edit in edits {
            match edit {
                Edit::Put(entry) => steps.put(entry.place, |rows| write_entry(rows, entry)),
                Edit::Delete(key) => steps.delete(key.as_bytes()),
            }
        }
        steps
    }

    fn put(&mut self, place: Place, write_row: impl FnOnce(&mut Vec<u8>)) {
        let start = self.rows.len();
        write_row(&mut self.rows);
        self.list.push(Step {
            row: start..self.rows.len(),
            place,
            puts: true,
        });
    }

    fn delete(&mut self, key: &[u8]) {
        let start = self.rows.len();
        write_key(&mut self.rows, key);
        let row = start..self.rows.len();
        self.list.push(Step {
            row,
            place: Place::default(),
            puts: false,
        });
    }

    fn row(&self, step: &Step) -> &[u8] {
        &self.rows[step.row.clone()]
    }

    fn key(&self, step: &Step) -> &[u8] {
        row_key(self.row(step))
    }

    /// How many of the steps from `first` on have a key at or before this one.
    fn count_until(&self, first: usize, key: &[u8]) -> usize {
        // Nearly always a few: a plain walk beats halving the whole list.
        self.list[first..]
            .iter()
            .take_while(|step| self.key(step) <= key)
            .count()
    }

    /// What some of the steps change in a node, and where.
    fn acts(&self, range: Range<usize>, node: &Node) -> Vec<Act<'_>> {
        let mut acts = Vec::with_capacity(range.len());
        let mut index = 0;
        for step in &self.list[range] {
            let (row, key) = (self.row(step), self.key(step));
            index = node.search_from(index, key);
            let replaces = index < node.len() && node.key(index) == key;
            let changes = match (step.puts, replaces) {
                (true, true) => node.row(index) != row,
                (true, false) => true,
                (false, replaces) => replaces,
            };
            if changes {
                acts.push(Act {
                    index,
                    replaces,
                    put: step.puts.then_some((row, step.place)),
                });
            }
        }
        acts
    }
}

/// Something that changes a node: it puts a row before or in place of another, or drops one.
struct Act<'s> {
    index: usize,
    /// Whether the row at `index` has the key.
    replaces: bool,
    put: Option<(&'s [u8], Place)>,
}

/// Edits one level.
pub(super) struct LevelEdit<'a> {
    cursor: LevelCursor<'a>,
    assembler: Assembler,
    summary: Summary,
    /// Old nodes merged, and new ones made, since old and new cuts last met.
    merged: Vec<Arc<Node>>,
    made: Vec<Node>,
}

impl<'a> LevelEdit<'a> {
    pub(super) fn new(parameters: TreeParameters, cursor: LevelCursor<'a>) -> Self {
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

    /// How many rows were added, removed and modified.
    pub(super) fn summary(&self) -> Summary {
        self.summary
    }

    /// Applies the steps; answers those of the next level, and adds the new nodes to `nodes`.
    pub(super) fn run(&mut self, steps: &Steps, nodes: &mut Vec<NewNode>) -> Result<Steps, Fault> {
        let mut above = Steps::default();
        let mut next = 0;
        while next < steps.list.len() {
            next = self.run_to_meeting(steps, next)?;
            let mut old = self.merged.drain(..).peekable();
            for node in self.made.drain(..) {
                while let Some(gone) = old.next_if(|old| old.last_key() < node.last_key()) {
                    above.delete(gone.last_key());
                }
                let same_key = old.next_if(|old| old.last_key() == node.last_key());
                if same_key.is_none_or(|old| old.hash() != node.hash()) {
                    above.put(Place::default(), |rows| node.write_row(rows));
                    nodes.push(NewNode(Arc::new(node)));
                }
            }
            old.for_each(|gone| above.delete(gone.last_key()));
        }
        Ok(above)
    }

    /// Applies the steps to the top node; answers what it became, none if nothing changed.
    pub(super) fn run_top(&mut self, steps: &Steps) -> Result<Option<Vec<Node>>, Fault> {
        if !steps.list.is_empty() {
            self.run_to_meeting(steps, 0)?;
        }
        let unchanged = self.merged.is_empty();
        Ok((!unchanged).then(|| std::mem::take(&mut self.made)))
    }

    /// Merges old nodes, from the one of step `first` on, until old and new cuts meet; answers the
    /// first step that is left.
    fn run_to_meeting(&mut self, steps: &Steps, first: usize) -> Result<usize, Fault> {
        let mut first = first;
        let mut next = Some(self.cursor.seek(steps.key(&steps.list[first]))?);
        while let Some(node) = next {
            let is_last = self.cursor.is_last();
            let here = match is_last {
                true => first..steps.list.len(),
                false => first..first + steps.count_until(first, node.last_key()),
            };
            first = here.end;
            let acts = steps.acts(here, &node);
            if self.assembler.is_empty() {
                if acts.is_empty() {
                    return Ok(first);
                }
                if acts.iter().all(|act| act.replaces && act.put.is_some()) {
                    self.patch(node, &acts);
                    return Ok(first);
                }
            }
            self.merge(&node, &acts);
            self.merged.push(node);
            if is_last {
                let node = self.assembler.flush();
                self.made.extend(node);
            }
            if self.assembler.is_empty() {
                return Ok(first);
            }
            next = self.cursor.next()?;
        }
        Ok(first)
    }

    /// The short way for a node whose keys stay: its cuts stay too.
    fn patch(&mut self, node: Arc<Node>, acts: &[Act<'_>]) {
        let rows = acts
            .iter()
            .filter_map(|act| act.put.map(|(row, place)| (act.index, row, place)));
        self.made.push(node.patched(rows));
        self.merged.push(node);
        self.summary.modified += acts.len() as u64;
    }

    fn merge(&mut self, node: &Node, acts: &[Act<'_>]) {
        let mut index = 0;
        for act in acts {
            self.keep_rows(node, index..act.index);
            index = act.index + usize::from(act.replaces);
            let count = match (act.put, act.replaces) {
                (Some(_), true) => &mut self.summary.modified,
                (Some(_), false) => &mut self.summary.added,
                (None, _) => &mut self.summary.removed,
            };
            *count += 1;
            if let Some((row, place)) = act.put {
                let closed = self.assembler.push_row(row, place);
                self.made.extend(closed);
            }
        }
        self.keep_rows(node, index..node.len());
    }

    fn keep_rows(&mut self, node: &Node, rows: Range<usize>) {
        for index in rows {
            let closed = self.assembler.push_row(node.row(index), node.place(index));
            self.made.extend(closed);
        }
    }
}
