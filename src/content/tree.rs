//! Reading a tree: one item, its rank, the totals, and every item in order.
//!
//! Each reads only the nodes on its path; a leaf's values are never read here.

use super::cursor::{Cursor, child, top};
use super::entry::{Entry, Kind, Totals};
use super::store::{Fault, NodeStore};
use crate::digest::Digest;

/// The item of this key, if the tree has one.
pub fn get(store: &dyn NodeStore, root: Digest, key: &str) -> Result<Option<Entry>, Fault> {
    let Some(mut node) = top(store, root)? else {
        return Ok(None);
    };
    loop {
        let index = node.search(key.as_bytes());
        if index == node.len() {
            return Ok(None);
        }
        if node.level() == 0 {
            let found = node.key(index) == key.as_bytes();
            return Ok(found.then(|| node.entry(index)));
        }
        node = child(store, &node, index)?;
    }
}

/// What the tree holds. Reads the top node only.
pub fn totals(store: &dyn NodeStore, root: Digest) -> Result<Totals, Fault> {
    Ok(top(store, root)?
        .map(|node| node.totals())
        .unwrap_or_default())
}

/// How many items have a key before this one.
pub fn rank(store: &dyn NodeStore, root: Digest, key: &str) -> Result<u64, Fault> {
    rank_of(store, root, key.as_bytes(), None)
}

/// How many items of a kind, or of every kind, have a key before `bound` in byte order.
pub(super) fn rank_of(
    store: &dyn NodeStore,
    root: Digest,
    bound: &[u8],
    kind: Option<Kind>,
) -> Result<u64, Fault> {
    let Some(mut node) = top(store, root)? else {
        return Ok(0);
    };
    let mut before: u64 = 0;
    loop {
        let index = node.search(bound);
        for row in 0..index {
            before = before.saturating_add(node.row_totals(row).of_kind(kind));
        }
        if index == node.len() || node.level() == 0 {
            return Ok(before);
        }
        node = child(store, &node, index)?;
    }
}

/// Every item in byte order of keys, from the first, or from the first after a key.
pub fn walk<'a>(store: &'a dyn NodeStore, root: Digest, after: Option<&str>) -> Walk<'a> {
    let cursor = match after {
        None => Cursor::new(store, root),
        Some(key) => Cursor::seek(store, root, &after_bound(key)),
    };
    match cursor {
        Ok(cursor) => Walk {
            store,
            cursor,
            fault: None,
        },
        Err(fault) => Walk {
            store,
            cursor: Cursor::ended(store),
            fault: Some(fault),
        },
    }
}

/// The first bound that is after this key: no text is between the two.
pub(super) fn after_bound(key: &str) -> Vec<u8> {
    [key.as_bytes(), &[0]].concat()
}

/// The items of a tree in order. After a fault it ends.
pub struct Walk<'a> {
    store: &'a dyn NodeStore,
    cursor: Cursor<'a>,
    /// What went wrong on the way to the first item.
    fault: Option<Fault>,
}

impl Iterator for Walk<'_> {
    type Item = Result<Entry, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(fault) = self.fault.take() {
            return Some(Err(fault));
        }
        if let Err(fault) = self.cursor.descend_to_entry() {
            self.cursor = Cursor::ended(self.store);
            return Some(Err(fault));
        }
        let entry = self.cursor.entry()?;
        self.cursor.advance();
        Some(Ok(entry))
    }
}
