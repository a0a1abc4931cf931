//! What a dataset holds and held: items, versions, snapshots, clones, events.

use async_graphql::{Context, Object};

use super::Dataset;
use crate::graphql::connection::{Connection, Count, PageArguments};
use crate::graphql::error::Problem;
use crate::graphql::scalars::{BigInt, Xact};
use crate::graphql::types::filters::{SnapshotFilter, SnapshotOrder};
use crate::graphql::types::item::{self, Item, ItemsWanted};
use crate::graphql::types::version_ref::{Frame, VersionRef, version_meant};
use crate::graphql::types::words::ItemKind;
use crate::graphql::types::{LedgerEvent, Snapshot, Version, event, snapshot};
use crate::graphql::visit::visit;
use crate::ledger::EventFilter;
use crate::views::DatasetRow;

/// Part of a dataset.
pub struct DatasetContent<'row>(pub &'row DatasetRow);

/// What a dataset holds and held.
#[Object]
#[allow(
    clippy::too_many_arguments,
    reason = "the arguments of a field are those of its function"
)]
impl DatasetContent<'_> {
    /// Its snapshots, newest first unless ordered.
    async fn snapshots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which snapshots; default: all live ones.")] filter: Option<
            SnapshotFilter,
        >,
        #[graphql(desc = "How they are sorted; default: newest first.")] order_by: Option<
            SnapshotOrder,
        >,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end; at most 500.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Snapshot>, Problem> {
        let visit = visit(ctx)?;
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        let of = (visit.reads.scope(), Some(self.0.id));
        snapshot::listed(visit, of, filter, order_by, &page)
    }

    /// Its versions, newest first.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Version>, Problem> {
        const LISTING: &str = "versions";
        let views = visit(ctx)?.reads.views();
        let page = PageArguments::forward(first, after).page(LISTING)?;
        let (id, counting) = (self.0.id, views.clone());
        let count = Count::by(move || Ok(counting.version_count(id)?));
        Ok(Connection::of_rows(
            LISTING,
            views.versions(id, &page)?,
            count,
            Version,
        ))
    }

    /// One version: the current one, or the one that is meant.
    async fn version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version; default: the current one.")] at: Option<VersionRef>,
    ) -> Result<Option<Version>, Problem> {
        let reads = &visit(ctx)?.reads;
        let row = version_meant(reads, "at", at, Frame::Only(self.0.id)).await?;
        Ok(Some(Version(row)))
    }

    /// Items of a version, in byte order of their keys. Paging goes on at the version where it
    /// began, whatever happens to the dataset meanwhile: a cursor's version goes before `at`.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At which version; default: the current one.")] at: Option<VersionRef>,
        #[graphql(desc = "Only items whose key begins so.")] key_prefix: Option<String>,
        #[graphql(desc = "Only items of this kind.")] kind: Option<ItemKind>,
        #[graphql(desc = "So many items are passed over first.")] offset: Option<BigInt>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end; at most 500.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Item>, Problem> {
        let reads = &visit(ctx)?.reads;
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        let offset = offset.map_or(Ok(0), |offset| offset.checked("offset"))?;
        let wanted = ItemsWanted::new(key_prefix, kind, offset, &page)?;
        let version = match wanted.version_of(self.0.id)? {
            Some(pinned) => item::pinned_version(reads, pinned).await?,
            None => version_meant(reads, "at", at, Frame::Only(self.0.id)).await?,
        };
        item::listed(reads, version, wanted).await
    }

    /// One item of a version; null when the version has no such key.
    async fn item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item's key.")] key: String,
        #[graphql(desc = "At which version; default: the current one.")] at: Option<VersionRef>,
    ) -> Result<Option<Item>, Problem> {
        let reads = &visit(ctx)?.reads;
        let version = version_meant(reads, "at", at, Frame::Only(self.0.id)).await?;
        Ok(reads.item(&version, &key)?.map(Item))
    }

    /// The live datasets that were cloned from any of its versions, newest first.
    async fn clones(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Dataset>, Problem> {
        const LISTING: &str = "clones";
        let reads = &visit(ctx)?.reads;
        let page = PageArguments::forward(first, after).page(LISTING)?;
        let (id, scope, views) = (self.0.id, reads.scope(), reads.views().clone());
        let slice = views.clones_of_dataset(id, &scope, &page)?;
        let count = Count::by(move || Ok(views.clone_count_of_dataset(id, &scope)?));
        Ok(Connection::of_rows(LISTING, slice, count, Dataset))
    }

    /// The events about it, in the order of the log.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only events after this one.")] after: Option<Xact>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
    ) -> Result<Connection<LedgerEvent>, Problem> {
        let filter = EventFilter {
            datasets: Some(vec![self.0.id]),
            ..EventFilter::default()
        };
        let reads = &visit(ctx)?.reads;
        let after = event::bound(reads, "after", after).await?;
        let take = PageArguments::forward(first, None).take()?;
        event::listed(reads, &filter, (after, None), take).await
    }
}
