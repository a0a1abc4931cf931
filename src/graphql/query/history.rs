//! History: what differs between versions, and the events that made them.

use async_graphql::{Context, ID, Object};

use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Xact, read_id};
use crate::graphql::types::diff::DiffWanted;
use crate::graphql::types::filters::EventFilter;
use crate::graphql::types::version_ref::{
    Frame, RestoreTarget, VersionRef, restore_meant, version_meant,
};
use crate::graphql::types::words::ChangeKind;
use crate::graphql::types::{Diff, DiffSummary, LedgerEvent, event};
use crate::graphql::visit::visit;
use crate::ledger::VersionSpec;

/// Queries of history.
#[derive(Default)]
pub struct HistoryQueries;

/// Queries of history.
#[Object]
#[allow(
    clippy::too_many_arguments,
    reason = "the arguments of a field are those of its function"
)]
impl HistoryQueries {
    /// What differs between two versions, of one dataset or of two.
    async fn diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first version; by snapshot or by dataset.")] from: VersionRef,
        #[graphql(desc = "The second version; by snapshot or by dataset.")] to: VersionRef,
        #[graphql(desc = "Only these kinds of change.")] kinds: Option<Vec<ChangeKind>>,
        #[graphql(desc = "Only items whose key begins so.")] key_prefix: Option<String>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Diff, Problem> {
        let reads = &visit(ctx)?.reads;
        let wanted = DiffWanted::new(kinds, key_prefix, &PageArguments::forward(first, after))?;
        let from = version_meant(reads, "from", Some(from), Frame::Open).await?;
        let to = version_meant(reads, "to", Some(to), Frame::Open).await?;
        Diff::begin(reads, from, to, wanted).await
    }

    /// What a restore would change, without doing it.
    async fn preview_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dataset.")] dataset_id: ID,
        #[graphql(desc = "The version to go back to.")] target: RestoreTarget,
    ) -> Result<DiffSummary, Problem> {
        let reads = &visit(ctx)?.reads;
        let dataset = read_id("datasetId", &dataset_id)?;
        let now = reads.version(VersionSpec::Head(dataset)).await?;
        let target = restore_meant(reads, dataset, &target).await?;
        Ok(reads.diff_summary(&now, &target).await?.into())
    }

    /// The events that you see, in the order of the log. Their cursors are xact ids: give
    /// `pageInfo.endCursor` as `after` to go on.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which events; default: all.")] filter: Option<EventFilter>,
        #[graphql(desc = "Only events after this one.")] after: Option<Xact>,
        #[graphql(desc = "Only events before this one.")] before: Option<Xact>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "So many from the end; at most 500.")] last: Option<i32>,
    ) -> Result<Connection<LedgerEvent>, Problem> {
        let reads = &visit(ctx)?.reads;
        let filter = filter.unwrap_or_default().checked()?;
        let after = event::bound(reads, "after", after).await?;
        let before = event::bound(reads, "before", before).await?;
        let page = PageArguments {
            first,
            last,
            ..PageArguments::default()
        };
        event::listed(reads, &filter, (after, before), page.take()?).await
    }

    /// The event with this xact id; null when you do not see it.
    async fn event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event's xact id.")] xact_id: Xact,
    ) -> Result<Option<LedgerEvent>, Problem> {
        let reads = &visit(ctx)?.reads;
        let position = reads.ledger().reached(xact_id.checked("xactId")?).await?;
        Ok(reads.event(position)?.map(LedgerEvent))
    }
}
