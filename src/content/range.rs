//! Pages of a tree: by prefix, kind, key bounds and offset, from either end.
//!
//! A page is found by counting, never by walking to it: bounds become ranks (how many matching
//! items stand before), the offset is added, and the path to that rank is read off the counts in
//! interior nodes. Parts without a match are skipped whole.

use super::cursor::Cursor;
use super::entry::{Entry, Kind};
use super::store::{Fault, NodeStore};
use super::tree::{after_bound, rank_of};
use crate::digest::Digest;

/// Which end of a window a page is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// At most so many items from the front.
    First(usize),
    /// At most so many items from the back, in ascending order all the same.
    Last(usize),
}

/// A page of a tree: the items that match every condition, less `offset` at the front, then
/// `take`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Keys begin with this.
    pub prefix: Option<String>,
    /// Items are of this kind.
    pub kind: Option<Kind>,
    /// Keys are after this, in byte order.
    pub after: Option<String>,
    /// Keys are before this, in byte order.
    pub before: Option<String>,
    /// So many matching items are passed over at the front.
    pub offset: u64,
    /// From which end, and how many.
    pub take: Take,
}

impl Window {
    /// The page of all items.
    pub fn of(take: Take) -> Self {
        Self {
            prefix: None,
            kind: None,
            after: None,
            before: None,
            offset: 0,
            take,
        }
    }
}

/// The items of a window, in byte order of keys.
pub fn range(store: &dyn NodeStore, root: Digest, window: &Window) -> Result<Vec<Entry>, Fault> {
    let (mut low, mut high) = ranks(store, root, window)?;
    low = low.saturating_add(window.offset).min(high);
    match window.take {
        Take::First(count) => high = high.min(low.saturating_add(count as u64)),
        Take::Last(count) => low = low.max(high.saturating_sub(count as u64)),
    }
    entries(store, root, window.kind, low..high)
}

/// How many items have a key with this prefix and are of this kind.
pub fn count(
    store: &dyn NodeStore,
    root: Digest,
    prefix: Option<&str>,
    kind: Option<Kind>,
) -> Result<u64, Fault> {
    let prefix = prefix.map(str::to_owned);
    let window = Window {
        prefix,
        kind,
        ..Window::of(Take::First(0))
    };
    let (low, high) = ranks(store, root, &window)?;
    Ok(high - low)
}

/// The ranks, among items of the window's kind, between which its keys lie.
fn ranks(store: &dyn NodeStore, root: Digest, window: &Window) -> Result<(u64, u64), Fault> {
    let prefix = window.prefix.as_deref().map(str::as_bytes);
    let prefix_end = prefix.and_then(prefix_end);
    let after = window.after.as_deref().map(after_bound);
    let low = prefix.max(after.as_deref());
    let before = window.before.as_deref().map(str::as_bytes);
    let high = [prefix_end.as_deref(), before].into_iter().flatten().min();
    let low = match low {
        Some(bound) => rank_of(store, root, bound, window.kind)?,
        None => 0,
    };
    let high = match high {
        Some(bound) => rank_of(store, root, bound, window.kind)?,
        None => super::totals(store, root)?.of_kind(window.kind),
    };
    Ok((low, high.max(low)))
}

/// The first bound after every key with this prefix; none if there is no end.
pub(super) fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte < u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

/// The items of a kind with these ranks among their kind.
fn entries(
    store: &dyn NodeStore,
    root: Digest,
    kind: Option<Kind>,
    ranks: std::ops::Range<u64>,
) -> Result<Vec<Entry>, Fault> {
    let mut cursor = Cursor::new(store, root)?;
    let mut skipped = 0;
    let mut found = Vec::new();
    while skipped + (found.len() as u64) < ranks.end {
        let Some((node, _)) = cursor.row() else { break };
        let level = node.level();
        let matching = cursor.totals().of_kind(kind);
        if matching <= ranks.start - skipped {
            skipped += matching;
            cursor.advance();
        } else if level > 0 {
            cursor.descend()?;
        } else {
            found.extend(cursor.entry());
            cursor.advance();
        }
    }
    Ok(found)
}
