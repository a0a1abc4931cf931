//! Watching a dataset's snapshots.

use std::collections::VecDeque;

use async_graphql::{Context, ID, Subscription};
use futures_util::StreamExt;
use futures_util::stream::unfold;

use super::Told;
use crate::domain::ids::{DatasetId, Position};
use crate::graphql::error::Problem;
use crate::graphql::scalars::read_id;
use crate::graphql::types::Snapshot;
use crate::graphql::types::snapshot::SnapshotChange;
use crate::graphql::visit::visit;
use crate::ledger::{EventFilter, Listener, News, Reads, SnapshotChangeKind, SnapshotNews};

/// Events read at a time where some were missed.
const MISSED_EVENTS_MAX: usize = 500;

/// Watching snapshots.
#[derive(Default)]
pub struct SnapshotSubscriptions;

/// Watching snapshots.
#[Subscription]
impl SnapshotSubscriptions {
    /// Every change of a dataset's snapshots from now on, in order and without gap.
    async fn snapshot_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dataset.")] dataset_id: ID,
    ) -> Result<Told<SnapshotChange>, Problem> {
        let reads = visit(ctx)?.reads.clone();
        let dataset = read_id("datasetId", &dataset_id)?;
        let live = reads.dataset(dataset)?;
        live.ok_or_else(|| Problem::not_found("dataset"))?;
        let watch = Watch {
            listener: reads.ledger().listen(),
            seen: reads.ledger().view_position(),
            coming: VecDeque::new(),
            has_ended: false,
            reads,
            dataset,
        };
        Ok(unfold(watch, Watch::next).boxed())
    }
}

struct Watch {
    reads: Reads,
    dataset: DatasetId,
    listener: Listener,
    /// The last change heard of.
    seen: Position,
    /// Changes of one batch of news.
    coming: VecDeque<SnapshotNews>,
    has_ended: bool,
}

impl Watch {
    async fn next(mut self) -> Option<(Result<SnapshotChange, Problem>, Self)> {
        if self.has_ended {
            return None;
        }
        let told = loop {
            if let Some(change) = self.coming.pop_front() {
                break self.shown(change);
            }
            let news = self.listener.next().await?;
            let heard = match &news {
                News::Facts(_) => Ok(news.snapshot_changes(self.dataset, self.seen)),
                News::Missed => self.missed().await,
            };
            match heard {
                Ok(changes) => {
                    self.seen = changes.last().map_or(self.seen, |last| last.position);
                    self.coming = changes.into();
                }
                Err(problem) => break Err(problem),
            }
        };
        self.has_ended = told.is_err();
        Some((told, self))
    }

    /// The changes after the last one heard of, from the log.
    async fn missed(&self) -> Result<Vec<SnapshotNews>, Problem> {
        let filter = EventFilter {
            datasets: Some(vec![self.dataset]),
            names: Some(SnapshotChangeKind::event_names()),
            ..EventFilter::default()
        };
        let mut changes = Vec::new();
        let mut after = self.seen;
        loop {
            let page = self
                .reads
                .events_after(after, None, &filter, MISSED_EVENTS_MAX)
                .await?;
            changes.extend(page.rows.iter().filter_map(SnapshotNews::of_row));
            if !page.has_more || page.checkpoint == after {
                return Ok(changes);
            }
            after = page.checkpoint;
        }
    }

    fn shown(&self, change: SnapshotNews) -> Result<SnapshotChange, Problem> {
        let row = self.reads.snapshot_even_deleted(change.snapshot)?;
        Ok(SnapshotChange {
            kind: change.kind.into(),
            snapshot: Snapshot(row.ok_or_else(|| Problem::not_found("snapshot"))?),
            xact_id: change.position.into(),
        })
    }
}
