//! Snapshots: named, numbered pointers to versions.

use async_graphql::{Context, ID, Object};

use super::counted::Counted;
use super::diff::{Diff, DiffWanted};
use super::filters::{SnapshotFilter, SnapshotOrder, snapshot_filter, snapshot_order};
use super::item::{self, Item, ItemsWanted};
use super::version_ref::{Frame, VersionRef, version_meant};
use super::words::{ItemKind, SnapshotReason};
use super::{Dataset, words};
use crate::domain::ids::DatasetId;
use crate::graphql::connection::{Connection, Count, Listed, PageArguments};
use crate::graphql::cursor::PinnedVersion;
use crate::graphql::error::Problem;
use crate::graphql::loaders;
use crate::graphql::scalars::{Moment, Xact};
use crate::graphql::visit::{Visit, visit};
use crate::views::{Scope, SnapshotRow};

/// A snapshot.
pub struct Snapshot(pub SnapshotRow);

impl Listed for Snapshot {
    const CONNECTION: &'static str = "SnapshotConnection";
    const EDGE: &'static str = "SnapshotEdge";
}

/// A named, numbered pointer to a version of its dataset.
#[Object]
#[allow(
    clippy::too_many_arguments,
    reason = "the arguments of a field are those of its function"
)]
impl Snapshot {
    /// The global id, a UUID.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The dataset it is of.
    async fn dataset(&self, ctx: &Context<'_>) -> Result<Dataset, Problem> {
        let row = loaders::dataset(ctx, self.0.dataset).await?;
        row.map(Dataset)
            .ok_or_else(|| Problem::not_found("dataset"))
    }

    /// Its number in the dataset: 1, 2, 3…, never given twice.
    async fn number(&self) -> u32 {
        self.0.number
    }

    /// The name it was given, else one made from the dataset's name and its id.
    async fn name(&self) -> &str {
        &self.0.shown_name
    }

    /// The description; may be empty.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// Why it was made.
    async fn reason(&self) -> SnapshotReason {
        self.0.reason.into()
    }

    /// The version it names.
    #[graphql(flatten)]
    async fn version(&self) -> Counted {
        Counted(self.0.version)
    }

    /// The xact id by which its version was asked for, if one was given.
    async fn asked_xact_id(&self) -> Option<Xact> {
        self.0.asked.map(Into::into)
    }

    /// When it was made.
    async fn created_at(&self) -> Moment {
        self.0.created_at.into()
    }

    /// Who made it.
    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    /// When it was made, renamed, moved, deleted or undeleted last.
    async fn updated_at(&self) -> Moment {
        self.0.updated_at.into()
    }

    /// When it was deleted; null: it is live, unless its dataset is deleted.
    async fn deleted_at(&self) -> Option<Moment> {
        self.0.deleted_at.map(Into::into)
    }

    /// Whether it is its dataset's current snapshot.
    async fn is_current(&self) -> bool {
        self.0.is_current
    }

    /// Whether a restore to it runs.
    async fn is_restoring(&self) -> bool {
        self.0.is_restoring
    }

    /// The id of the model that was trained on it.
    async fn training_model_id(&self) -> Option<ID> {
        let model = self.0.trained_model.as_ref()?;
        model.id.map(Into::into)
    }

    /// The name of the model that was trained on it.
    async fn training_model_name(&self) -> Option<&str> {
        self.0.trained_model.as_ref()?.name.as_deref()
    }

    /// For one made by a restore: the snapshot that was restored, also if that is deleted now.
    async fn restored_from(&self, ctx: &Context<'_>) -> Result<Option<Self>, Problem> {
        let Some(id) = self.0.restored_from else {
            return Ok(None);
        };
        Ok(loaders::snapshot(ctx, id).await?.map(Self))
    }

    /// The live datasets that were cloned from it, newest first.
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
        let slice = views.clones_of_snapshot(id, &scope, &page)?;
        let count = Count::by(move || Ok(views.clone_count_of_snapshot(id, &scope)?));
        Ok(Connection::of_rows(LISTING, slice, count, Dataset))
    }

    /// The items of its version, in byte order of their keys.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only items whose key begins so.")] key_prefix: Option<String>,
        #[graphql(desc = "Only items of this kind.")] kind: Option<ItemKind>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Item>, Problem> {
        let reads = &visit(ctx)?.reads;
        let page = PageArguments::forward(first, after);
        let wanted = ItemsWanted::new(key_prefix, kind, 0, &page)?;
        let own = PinnedVersion {
            dataset: self.0.dataset,
            position: self.0.version.position,
        };
        let pinned = wanted.version_of(self.0.dataset)?.unwrap_or(own);
        let version = item::pinned_version(reads, pinned).await?;
        item::listed(reads, version, wanted).await
    }

    /// What changed from its version to another one.
    async fn diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version to compare with; of this dataset unless it names another.")]
        to: VersionRef,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Diff, Problem> {
        let reads = &visit(ctx)?.reads;
        let own = PinnedVersion {
            dataset: self.0.dataset,
            position: self.0.version.position,
        };
        let wanted = DiffWanted::new(None, None, &PageArguments::forward(first, after))?;
        let from = item::pinned_version(reads, own).await?;
        let frame = Frame::Default(self.0.dataset);
        let to = version_meant(reads, "to", Some(to), frame).await?;
        Diff::begin(reads, from, to, wanted).await
    }
}

/// What happened to a snapshot.
#[derive(async_graphql::SimpleObject)]
pub struct SnapshotChange {
    /// What.
    pub kind: words::SnapshotChangeKind,
    /// The snapshot as it is now.
    pub snapshot: Snapshot,
    /// The event.
    pub xact_id: Xact,
}

/// A page of the snapshots in scope, of one dataset or of all.
pub fn listed(
    visit: &Visit,
    (scope, dataset): (Scope, Option<DatasetId>),
    filter: Option<SnapshotFilter>,
    order: Option<SnapshotOrder>,
    page: &PageArguments,
) -> Result<Connection<Snapshot>, Problem> {
    let filter = snapshot_filter(filter, dataset)?;
    let (order, word) = snapshot_order(order);
    let views = visit.reads.views().clone();
    let slice = views.snapshots(&scope, &filter, order, &page.page(word)?)?;
    let datasets = slice.rows.iter().map(|keyed| keyed.row.dataset);
    visit.loaders.datasets.announce(datasets);
    let count = Count::by(move || Ok(views.snapshot_count(&scope, &filter)?));
    Ok(Connection::of_rows(word, slice, count, Snapshot))
}
