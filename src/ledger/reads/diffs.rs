//! What differs between two versions, of one dataset or of two.

use super::Reads;
use super::items::Item;
use super::long::VALUE_BYTES_IN_LINE_MAX;
use crate::content::{Change, Changes, DiffOptions, Fault, NodeStore, diff, diff_counts};
use crate::domain::values::ChangeSummary;
use crate::ledger::content_words;
use crate::ledger::error::Outcome;
use crate::views::VersionRow;

pub use crate::content::ChangeKind;

/// Changes walked at most for one page, so that a filter that fits nothing ends too.
const WALKED_MAX: usize = 1_000_000;
/// Changes walked in line: some microseconds each.
const WALKED_IN_LINE_MAX: usize = 300;

/// One item that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemChange {
    /// Its key.
    pub key: String,
    /// Whether it was added, removed or modified.
    pub kind: ChangeKind,
    /// As it was.
    pub before: Option<Item>,
    /// As it is.
    pub after: Option<Item>,
}

/// Which changes are wanted.
#[derive(Debug, Clone, Default)]
pub struct ChangeFilter {
    /// Only these kinds; none: all.
    pub kinds: Option<Vec<ChangeKind>>,
    /// Only keys that begin so.
    pub prefix: Option<String>,
    /// Only keys after this one.
    pub after: Option<String>,
    /// Changes at most.
    pub limit: usize,
}

impl ChangeFilter {
    fn takes(&self, kind: ChangeKind) -> bool {
        let kinds = self.kinds.as_ref();
        kinds.is_none_or(|kinds| kinds.contains(&kind))
    }
}

impl Reads {
    /// How many items differ, without reading them.
    pub async fn diff_summary(&self, from: &VersionRow, to: &VersionRow) -> Outcome<ChangeSummary> {
        if self.is_near(from, to)? {
            return self.counted(from, to);
        }
        let (from, to) = (from.clone(), to.clone());
        self.at_length(move |reads| reads.counted(&from, &to)).await
    }

    /// The items that differ, in byte order of keys, and whether there are more.
    pub async fn diff(
        &self,
        from: &VersionRow,
        to: &VersionRow,
        wanted: &ChangeFilter,
    ) -> Outcome<(Vec<ItemChange>, bool)> {
        if self.is_page_near(from, to, wanted)? {
            return self.changes(from, to, wanted);
        }
        let (from, to, wanted) = (from.clone(), to.clone(), wanted.clone());
        self.at_length(move |reads| reads.changes(&from, &to, &wanted))
            .await
    }

    /// Whether so few items differ that they are counted in line.
    fn is_near(&self, from: &VersionRow, to: &VersionRow) -> Outcome<bool> {
        self.diffed(from, to, |nodes| {
            let mut walked = 0;
            for change in walk(nodes, from, to, &ChangeFilter::default()) {
                change?;
                walked += 1;
                if walked > WALKED_IN_LINE_MAX {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// Whether a page is so near, and its values so small, that it is read in line.
    fn is_page_near(
        &self,
        from: &VersionRow,
        to: &VersionRow,
        wanted: &ChangeFilter,
    ) -> Outcome<bool> {
        self.diffed(from, to, |nodes| {
            let (mut walked, mut found, mut bytes) = (0, 0, 0);
            for change in walk(nodes, from, to, wanted) {
                let change = change?;
                walked += 1;
                if wanted.takes(change.kind()) {
                    found += 1;
                    bytes += value_bytes(&change);
                }
                if walked > WALKED_IN_LINE_MAX || bytes > VALUE_BYTES_IN_LINE_MAX {
                    return Ok(false);
                }
                if found > wanted.limit {
                    return Ok(true);
                }
            }
            Ok(true)
        })
    }

    fn counted(&self, from: &VersionRow, to: &VersionRow) -> Outcome<ChangeSummary> {
        let summary = self.diffed(from, to, |nodes| {
            diff_counts(nodes, from.at.version.root, to.at.version.root)
        })?;
        Ok(content_words::summary(summary))
    }

    fn changes(
        &self,
        from: &VersionRow,
        to: &VersionRow,
        wanted: &ChangeFilter,
    ) -> Outcome<(Vec<ItemChange>, bool)> {
        let is_wanted = |change: &Result<Change, Fault>| {
            let kind = change.as_ref().map(Change::kind);
            kind.map_or(true, |kind| wanted.takes(kind))
        };
        let mut changes = self.diffed(from, to, |nodes| {
            walk(nodes, from, to, wanted)
                .take(WALKED_MAX)
                .filter(is_wanted)
                .take(wanted.limit + 1)
                .collect::<Result<Vec<_>, _>>()
        })?;
        let has_next = changes.len() > wanted.limit;
        changes.truncate(wanted.limit);
        let befores = changes
            .iter()
            .filter_map(|change| change.before.clone())
            .collect();
        let afters = changes
            .iter()
            .filter_map(|change| change.after.clone())
            .collect();
        let mut befores = self
            .ledger
            .items_of(from.dataset, from.at.version.root, befores)?
            .into_iter();
        let mut afters = self
            .ledger
            .items_of(to.dataset, to.at.version.root, afters)?
            .into_iter();
        let full = changes.into_iter().map(|change| ItemChange {
            key: change.key.to_string(),
            kind: change.kind(),
            before: change.before.and_then(|_| befores.next()),
            after: change.after.and_then(|_| afters.next()),
        });
        Ok((full.collect(), has_next))
    }

    /// Reads nodes of both versions.
    fn diffed<T>(
        &self,
        from: &VersionRow,
        to: &VersionRow,
        read: impl Fn(&dyn NodeStore) -> Result<T, Fault>,
    ) -> Outcome<T> {
        let content = &self.ledger.inner.content;
        content.ensure(from.dataset, from.at.version.root)?;
        content.read(to.dataset, read)
    }
}

/// The changes among which the wanted ones are.
fn walk<'a>(
    nodes: &'a dyn NodeStore,
    from: &VersionRow,
    to: &VersionRow,
    wanted: &ChangeFilter,
) -> Changes<'a> {
    let options = DiffOptions {
        after: wanted.after.clone(),
        prefix: wanted.prefix.clone(),
    };
    diff(nodes, from.at.version.root, to.at.version.root, &options)
}

/// Bytes of the values on both sides.
fn value_bytes(change: &Change) -> u64 {
    let sides = [&change.before, &change.after];
    let lengths = sides.into_iter().flatten();
    lengths.map(|entry| u64::from(entry.length)).sum()
}
