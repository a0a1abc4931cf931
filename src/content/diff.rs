//! What differs between two trees, of any two versions of any two datasets.
//!
//! Two cursors move in step. Where both stand on subtrees of one hash they pass over them without
//! reading either, so the work follows the difference, not the size. No value is ever read: two
//! items are the same when their kind and value digest are.

use std::cmp::Ordering;
use std::sync::Arc;

use super::cursor::Cursor;
use super::entry::{Entry, Summary};
use super::range::prefix_end;
use super::store::{Fault, NodeStore};
use super::tree::{after_bound, totals};
use crate::digest::Digest;

/// How an item differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Only the later tree has it.
    Added,
    /// Only the earlier tree has it.
    Removed,
    /// Both have it, with another kind or value.
    Modified,
}

/// An item that differs. At least one side is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The item's key.
    pub key: Arc<str>,
    /// The item in the earlier tree.
    pub before: Option<Entry>,
    /// The item in the later tree.
    pub after: Option<Entry>,
}

impl Change {
    /// How the item differs.
    pub fn kind(&self) -> ChangeKind {
        match (&self.before, &self.after) {
            (None, _) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Removed,
            (Some(_), Some(_)) => ChangeKind::Modified,
        }
    }
}

/// Which part of a difference is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DiffOptions {
    /// Only keys after this one: where a page before ended.
    pub after: Option<String>,
    /// Only keys that begin with this.
    pub prefix: Option<String>,
}

/// The items that differ, in byte order of keys.
pub fn diff<'a>(
    store: &'a dyn NodeStore,
    from: Digest,
    to: Digest,
    options: &DiffOptions,
) -> Changes<'a> {
    let prefix = options.prefix.as_deref().map(str::as_bytes);
    let end = prefix.and_then(prefix_end);
    let ended = || Cursor::ended(store);
    match cursors(store, from, to, options) {
        Ok((from, to)) => Changes {
            store,
            from,
            to,
            end,
            fault: None,
        },
        Err(fault) => Changes {
            store,
            from: ended(),
            to: ended(),
            end,
            fault: Some(fault),
        },
    }
}

/// Cursors at the first row that a difference can begin with.
fn cursors<'a>(
    store: &'a dyn NodeStore,
    from: Digest,
    to: Digest,
    options: &DiffOptions,
) -> Result<(Cursor<'a>, Cursor<'a>), Fault> {
    let after = options.after.as_deref().map(after_bound);
    let start = after
        .as_deref()
        .max(options.prefix.as_deref().map(str::as_bytes));
    let cursor = |root| match start {
        _ if from == to => Ok(Cursor::ended(store)),
        None => Cursor::new(store, root),
        Some(start) => Cursor::seek(store, root, start),
    };
    Ok((cursor(from)?, cursor(to)?))
}

/// The items that differ, one by one. After a fault it ends.
pub struct Changes<'a> {
    store: &'a dyn NodeStore,
    from: Cursor<'a>,
    to: Cursor<'a>,
    end: Option<Vec<u8>>,
    /// What went wrong on the way to the first change.
    fault: Option<Fault>,
}

impl Iterator for Changes<'_> {
    type Item = Result<Change, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(fault) = self.fault.take() {
            return Some(Err(fault));
        }
        let change = self.next_change();
        let ended = match &change {
            Ok(Some(change)) => self
                .end
                .as_deref()
                .is_some_and(|end| change.key.as_bytes() >= end),
            Ok(None) | Err(_) => true,
        };
        if ended {
            self.from = Cursor::ended(self.store);
            self.to = Cursor::ended(self.store);
        }
        match change {
            Ok(Some(_)) if ended => None,
            other => other.transpose(),
        }
    }
}

impl Changes<'_> {
    fn next_change(&mut self) -> Result<Option<Change>, Fault> {
        while let Some(step) = step(&self.from, &self.to) {
            match step {
                Step::PassBoth => pass(&mut self.from, &mut self.to),
                Step::DescendBoth => {
                    self.from.descend()?;
                    self.to.descend()?;
                }
                Step::DescendFrom => self.from.descend()?,
                Step::DescendTo => self.to.descend()?,
                Step::Differ(kind) => return Ok(self.take(kind)),
            }
        }
        Ok(None)
    }

    fn take(&mut self, kind: ChangeKind) -> Option<Change> {
        let before = (kind != ChangeKind::Added)
            .then(|| self.from.entry())
            .flatten();
        let after = (kind != ChangeKind::Removed)
            .then(|| self.to.entry())
            .flatten();
        if before.is_some() {
            self.from.advance();
        }
        if after.is_some() {
            self.to.advance();
        }
        let key = after
            .as_ref()
            .or(before.as_ref())
            .map(|entry| Arc::clone(&entry.key))?;
        Some(Change { key, before, after })
    }
}

/// How many items differ. Parts that only one tree has are counted by their totals, unread.
pub fn diff_counts(store: &dyn NodeStore, from: Digest, to: Digest) -> Result<Summary, Fault> {
    let items = totals(store, to)?.items();
    let mut summary = Summary::default();
    if from != to {
        let mut from = Cursor::new(store, from)?;
        let mut to = Cursor::new(store, to)?;
        while let Some(step) = step(&from, &to) {
            match step {
                Step::PassBoth => pass(&mut from, &mut to),
                Step::Differ(ChangeKind::Modified) => {
                    summary.modified += 1;
                    pass(&mut from, &mut to);
                }
                _ if is_wholly_before(&to, &from) => {
                    summary.added = summary.added.saturating_add(to.totals().items());
                    to.advance();
                }
                _ if is_wholly_before(&from, &to) => {
                    summary.removed = summary.removed.saturating_add(from.totals().items());
                    from.advance();
                }
                Step::DescendBoth => {
                    from.descend()?;
                    to.descend()?;
                }
                Step::DescendFrom => from.descend()?,
                Step::DescendTo => to.descend()?,
                Step::Differ(ChangeKind::Added | ChangeKind::Removed) => {
                    unreachable!("an item that only one side has is wholly before the other side")
                }
            }
        }
    }
    let changed = summary.added.saturating_add(summary.modified);
    Ok(Summary {
        unchanged: items.saturating_sub(changed),
        ..summary
    })
}

/// Whether everything under `one` is before everything under `other`, as far as both know.
fn is_wholly_before(one: &Cursor<'_>, other: &Cursor<'_>) -> bool {
    let Some((node, index)) = one.row() else {
        return false;
    };
    let last = node.key(index);
    match other.row() {
        None => true,
        Some((leaf, index)) if leaf.level() == 0 => last < leaf.key(index),
        Some(_) => other.floor().is_some_and(|floor| last <= floor),
    }
}

enum Step {
    PassBoth,
    DescendBoth,
    DescendFrom,
    DescendTo,
    Differ(ChangeKind),
}

/// What to do next; none at the end of both.
fn step(from: &Cursor<'_>, to: &Cursor<'_>) -> Option<Step> {
    let ((from_node, from_index), (to_node, to_index)) = match (from.row(), to.row()) {
        (None, None) => return None,
        (Some((node, _)), None) if node.level() > 0 => return Some(Step::DescendFrom),
        (Some(_), None) => return Some(Step::Differ(ChangeKind::Removed)),
        (None, Some((node, _))) if node.level() > 0 => return Some(Step::DescendTo),
        (None, Some(_)) => return Some(Step::Differ(ChangeKind::Added)),
        (Some(from), Some(to)) => (from, to),
    };
    Some(match from_node.level().cmp(&to_node.level()) {
        Ordering::Greater => Step::DescendFrom,
        Ordering::Less => Step::DescendTo,
        // Rows of one payload lead to the same items, whatever stands before them.
        Ordering::Equal if from_node.level() > 0 => {
            let same = from_node.payload(from_index)[..32] == to_node.payload(to_index)[..32];
            if same {
                Step::PassBoth
            } else {
                Step::DescendBoth
            }
        }
        Ordering::Equal => match from_node.key(from_index).cmp(to_node.key(to_index)) {
            Ordering::Less => Step::Differ(ChangeKind::Removed),
            Ordering::Greater => Step::Differ(ChangeKind::Added),
            Ordering::Equal if from_node.payload(from_index) == to_node.payload(to_index) => {
                Step::PassBoth
            }
            Ordering::Equal => Step::Differ(ChangeKind::Modified),
        },
    })
}

fn pass(from: &mut Cursor<'_>, to: &mut Cursor<'_>) {
    from.advance();
    to.advance();
}
