//! What differs between two versions, of one dataset or of two.

use super::Reads;
use super::items::Item;
use crate::content::{DiffOptions, diff, diff_counts};
use crate::domain::values::ChangeSummary;
use crate::ledger::content_words;
use crate::ledger::error::Outcome;
use crate::views::VersionRow;

pub use crate::content::ChangeKind;

/// Changes walked at most for one page, so that a filter that fits nothing ends too.
const WALKED_MAX: usize = 1_000_000;

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

impl Reads {
    /// How many items differ, without reading them.
    pub fn diff_summary(&self, from: &VersionRow, to: &VersionRow) -> Outcome<ChangeSummary> {
        let content = &self.ledger.inner.content;
        content.ensure(from.dataset, from.at.version.root)?;
        let summary = content.read(to.dataset, |nodes| {
            diff_counts(nodes, from.at.version.root, to.at.version.root)
        })?;
        Ok(content_words::summary(summary))
    }

    /// The items that differ, in byte order of keys, and whether there are more.
    pub fn diff(
        &self,
        from: &VersionRow,
        to: &VersionRow,
        wanted: &ChangeFilter,
    ) -> Outcome<(Vec<ItemChange>, bool)> {
        let content = &self.ledger.inner.content;
        content.ensure(from.dataset, from.at.version.root)?;
        let mut changes = content.read(to.dataset, |nodes| {
            let options = DiffOptions {
                after: wanted.after.clone(),
                prefix: wanted.prefix.clone(),
            };
            let is_wanted = |kind: ChangeKind| {
                wanted
                    .kinds
                    .as_ref()
                    .is_none_or(|kinds| kinds.contains(&kind))
            };
            diff(nodes, from.at.version.root, to.at.version.root, &options)
                .take(WALKED_MAX)
                .filter(|change| {
                    change
                        .as_ref()
                        .map_or(true, |change| is_wanted(change.kind()))
                })
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
}
