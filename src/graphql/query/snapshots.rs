//! Snapshots: by id, by name, and all of them.

use async_graphql::{Context, ID, Object};

use crate::domain::ids::DatasetId;
use crate::domain::values::Name;
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::error::Problem;
use crate::graphql::scalars::{read_id, read_optional_id};
use crate::graphql::types::filters::{SnapshotFilter, SnapshotOrder, narrowed};
use crate::graphql::types::{Snapshot, snapshot};
use crate::graphql::visit::visit;

/// Queries of snapshots.
#[derive(Default)]
pub struct SnapshotQueries;

/// Queries of snapshots.
#[Object]
#[allow(
    clippy::too_many_arguments,
    reason = "the arguments of a field are those of its function"
)]
impl SnapshotQueries {
    /// One snapshot; null when it is unknown, deleted or not yours.
    async fn snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Result<Option<Snapshot>, Problem> {
        let row = visit(ctx)?.reads.snapshot(read_id("id", &id)?)?;
        Ok(row.map(Snapshot))
    }

    /// The live snapshot of a dataset that shows this name; null when there is none.
    async fn snapshot_by_name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dataset.")] dataset_id: ID,
        #[graphql(desc = "The name, ignoring case.")] name: String,
    ) -> Result<Option<Snapshot>, Problem> {
        let reads = &visit(ctx)?.reads;
        let dataset: DatasetId = read_id("datasetId", &dataset_id)?;
        let name = Name::new("name", &name)?;
        if reads.dataset(dataset)?.is_none() {
            return Ok(None);
        }
        let row = reads.views().snapshot_by_name(dataset, &name.key())?;
        Ok(row.map(Snapshot))
    }

    /// The snapshots of all datasets that you see, newest first unless ordered.
    async fn snapshots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this project; default: of all that you see.")] project_id: Option<ID>,
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
    ) -> Result<Connection<Snapshot>, Problem> {
        let reads = &visit(ctx)?.reads;
        let project = read_optional_id("projectId", project_id.as_ref())?;
        let page = PageArguments::forward(first, after);
        let of = (narrowed(reads.scope(), project), None);
        snapshot::listed(reads, of, filter, order_by, &page)
    }
}
