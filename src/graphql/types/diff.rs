//! What differs between two versions: counts, and pages of changed items.

use async_graphql::{Object, SimpleObject};
use tokio::sync::OnceCell;

use super::{Item, Version, item, words};
use crate::domain::values::ChangeSummary;
use crate::graphql::connection::{Listed, PageArguments, PageInfo};
use crate::graphql::cursor::{self, PinnedVersion};
use crate::graphql::error::Problem;
use crate::graphql::scalars::BigInt;
use crate::ledger::{self, ChangeFilter, Reads};
use crate::views::{Take, VersionRow};

/// How many items differ between two versions, and how many do not.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct DiffSummary {
    /// Items in the second version only.
    pub added: BigInt,
    /// Items in the first version only.
    pub removed: BigInt,
    /// Items in both, with another kind, data or media.
    pub modified: BigInt,
    /// Items in both, the same.
    pub unchanged: BigInt,
}

impl From<ChangeSummary> for DiffSummary {
    fn from(summary: ChangeSummary) -> Self {
        Self {
            added: BigInt::of(summary.added),
            removed: BigInt::of(summary.removed),
            modified: BigInt::of(summary.modified),
            unchanged: BigInt::of(summary.unchanged),
        }
    }
}

/// One item that differs between two versions.
pub struct ItemChange(pub ledger::ItemChange);

impl Listed for ItemChange {
    const CONNECTION: &'static str = "ItemChangeConnection";
    const EDGE: &'static str = "ItemChangeEdge";
}

/// One item that differs between two versions.
#[Object]
impl ItemChange {
    /// The item's key.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// How it differs.
    async fn change(&self) -> words::ChangeKind {
        self.0.kind.into()
    }

    /// As it was in the first version; null when it was added.
    async fn before(&self) -> Option<Item> {
        self.0.before.clone().map(Item)
    }

    /// As it is in the second version; null when it was removed.
    async fn after(&self) -> Option<Item> {
        self.0.after.clone().map(Item)
    }
}

/// Which changes are wanted.
pub struct DiffWanted {
    filter: ChangeFilter,
    pinned: Option<(PinnedVersion, PinnedVersion)>,
}

impl DiffWanted {
    /// A page of the changes of these kinds, of keys that begin so.
    pub fn new(
        kinds: Option<Vec<words::ChangeKind>>,
        prefix: Option<String>,
        page: &PageArguments,
    ) -> Result<Self, Problem> {
        let (Take::First(limit) | Take::Last(limit)) = page.take()?;
        let place = page
            .after
            .as_ref()
            .map(|after| cursor::read_diff("after", after));
        let (pinned, after) = match place.transpose()? {
            None => (None, None),
            Some((from, to, key)) => (Some((from, to)), Some(key)),
        };
        let filter = ChangeFilter {
            kinds: kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            prefix,
            after,
            limit,
        };
        Ok(Self { filter, pinned })
    }
}

/// What differs between two versions; read as far as it is selected.
pub struct Diff {
    reads: Reads,
    from: VersionRow,
    to: VersionRow,
    filter: ChangeFilter,
    page: OnceCell<Result<ChangePage, Problem>>,
}

struct ChangePage {
    changes: Vec<ItemChange>,
    has_next: bool,
}

impl Diff {
    /// The difference between two versions; between those of the cursor when paging goes on.
    pub async fn begin(
        reads: &Reads,
        from: VersionRow,
        to: VersionRow,
        wanted: DiffWanted,
    ) -> Result<Self, Problem> {
        let (from, to) = match wanted.pinned {
            None => (from, to),
            Some((pinned_from, pinned_to)) => {
                let is_fit = pinned_from.dataset == from.dataset && pinned_to.dataset == to.dataset;
                if !is_fit {
                    return Err(cursor::unfit("after"));
                }
                let from = item::pinned_version(reads, pinned_from).await?;
                (from, item::pinned_version(reads, pinned_to).await?)
            }
        };
        Ok(Self {
            reads: reads.clone(),
            from,
            to,
            filter: wanted.filter,
            page: OnceCell::new(),
        })
    }

    async fn page(&self) -> Result<&ChangePage, Problem> {
        let read = async || {
            let found = self.reads.diff(&self.from, &self.to, &self.filter).await;
            let (changes, has_next) = found?;
            let changes = changes.into_iter().map(ItemChange).collect();
            Ok(ChangePage { changes, has_next })
        };
        let page = self.page.get_or_init(read).await;
        page.as_ref().map_err(Clone::clone)
    }

    fn cursor(&self, change: &ItemChange) -> String {
        let (from, to) = (
            PinnedVersion::from(&self.from),
            PinnedVersion::from(&self.to),
        );
        cursor::diff_cursor(&from, &to, &change.0.key)
    }
}

/// What differs between two versions, of one dataset or of two.
#[Object]
impl Diff {
    /// The first version.
    async fn from(&self) -> Version {
        Version(self.from.clone())
    }

    /// The second version.
    async fn to(&self) -> Version {
        Version(self.to.clone())
    }

    /// How many items differ in all, whatever the filter; counted without reading them.
    async fn summary(&self) -> Result<DiffSummary, Problem> {
        Ok(self.reads.diff_summary(&self.from, &self.to).await?.into())
    }

    /// The items that differ, in byte order of their keys.
    async fn nodes(&self) -> Result<&[ItemChange], Problem> {
        Ok(&self.page().await?.changes)
    }

    /// Where the page begins and ends, and whether there is more.
    async fn page_info(&self) -> Result<PageInfo, Problem> {
        let page = self.page().await?;
        Ok(PageInfo {
            has_next_page: page.has_next,
            has_previous_page: self.filter.after.is_some(),
            start_cursor: page.changes.first().map(|change| self.cursor(change)),
            end_cursor: page.changes.last().map(|change| self.cursor(change)),
        })
    }
}
