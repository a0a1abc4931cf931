//! Watching a dataset.

use async_graphql::{Context, ID, Subscription};
use futures_util::StreamExt;
use futures_util::stream::unfold;

use super::Told;
use crate::domain::ids::{DatasetId, Position};
use crate::graphql::error::Problem;
use crate::graphql::scalars::read_id;
use crate::graphql::types::Dataset;
use crate::graphql::visit::visit;
use crate::ledger::{Listener, News, Reads};

/// Watching datasets.
#[derive(Default)]
pub struct DatasetSubscriptions;

/// Watching datasets.
#[Subscription]
impl DatasetSubscriptions {
    /// The dataset as it is, at once, then as it is after every change of it. Ends when it is
    /// deleted, after telling that.
    async fn dataset_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dataset.")] id: ID,
    ) -> Result<Told<Dataset>, Problem> {
        let reads = visit(ctx)?.reads.clone();
        let id = read_id("id", &id)?;
        let watch = Watch {
            listener: reads.ledger().listen(),
            seen: reads.ledger().view_position(),
            due: 1,
            has_ended: false,
            reads,
            id,
        };
        let live = watch.reads.dataset(id)?;
        live.ok_or_else(|| Problem::not_found("dataset"))?;
        Ok(unfold(watch, Watch::next).boxed())
    }
}

struct Watch {
    reads: Reads,
    id: DatasetId,
    listener: Listener,
    /// The first state told is of this position or later.
    seen: Position,
    /// Changes that are still to be told.
    due: usize,
    has_ended: bool,
}

impl Watch {
    async fn next(mut self) -> Option<(Result<Dataset, Problem>, Self)> {
        if self.has_ended {
            return None;
        }
        while self.due == 0 {
            let news = self.listener.next().await?;
            self.due = match &news {
                News::Facts(_) => news.changes_of(self.id, self.seen).len(),
                News::Missed => 1,
            };
        }
        self.due -= 1;
        let told = match self.reads.dataset_even_deleted(self.id) {
            Ok(Some(row)) => {
                self.has_ended = row.deleted_at.is_some();
                Ok(Dataset(row))
            }
            Ok(None) => Err(Problem::not_found("dataset")),
            Err(error) => Err(error.into()),
        };
        self.has_ended |= told.is_err();
        Some((told, self))
    }
}
