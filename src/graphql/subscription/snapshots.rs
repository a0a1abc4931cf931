//! Watching a dataset's snapshots.

use std::collections::VecDeque;

use async_graphql::{Context, ID, Subscription};
use futures_util::StreamExt;
use futures_util::stream::unfold;

use super::{Checkpoint, Told, checkpoint, resumed};
use crate::domain::ids::{DatasetId, Position};
use crate::graphql::error::Problem;
use crate::graphql::scalars::read_id;
use crate::graphql::types::snapshot::SnapshotChange;
use crate::graphql::types::{Snapshot, event};
use crate::graphql::visit::visit;
use crate::ledger::{EventFilter, Listener, Reads, SnapshotChangeKind, SnapshotNews};

/// Events read at a time where some were missed.
const MISSED_EVENTS_MAX: usize = 500;

/// Watching snapshots.
#[derive(Default)]
pub struct SnapshotSubscriptions;

/// Watching snapshots.
#[Subscription]
impl SnapshotSubscriptions {
    /// Every change of a dataset's snapshots from now on, in order and without gap. Who reads too
    /// slowly is told `LAGGED`, with the event after which `events` goes on.
    async fn snapshot_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dataset.")] dataset_id: ID,
    ) -> Result<Told<SnapshotChange>, Problem> {
        let reads = visit(ctx)?.reads.clone();
        let dataset = read_id("datasetId", &dataset_id)?;
        let live = reads.dataset(dataset)?;
        live.ok_or_else(|| Problem::not_found("dataset"))?;
        let listener = reads.ledger().listen();
        let now = reads.ledger().view_position();
        let (told_by, after) = resumed(ctx, None);
        let after = event::bound(&reads, told_by, after).await?;
        let watch = Watch {
            seen: after.unwrap_or(now),
            is_behind: after.is_some_and(|after| after < now),
            coming: VecDeque::new(),
            told: checkpoint(ctx, after.unwrap_or(now)),
            has_ended: false,
            listener,
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
    /// The last event looked at.
    seen: Position,
    /// Whether the log has more after it that was not heard of.
    is_behind: bool,
    /// Changes that are still to be told: those of one batch of news, or of one page of the log.
    coming: VecDeque<SnapshotNews>,
    told: Checkpoint,
    has_ended: bool,
}

impl Watch {
    async fn next(mut self) -> Option<(Result<SnapshotChange, Problem>, Self)> {
        if self.has_ended {
            return None;
        }
        let told = loop {
            if let Some(change) = self.coming.pop_front() {
                self.told.tell(change.position);
                break self.shown(change);
            }
            if self.is_behind {
                match self.read_on().await {
                    Ok(()) => continue,
                    Err(problem) => break Err(problem),
                }
            }
            let news = self.listener.next().await?;
            self.coming = news.snapshot_changes(self.dataset, self.seen).into();
            match news.last_position() {
                Some(last) => self.seen = self.seen.max(last),
                None => self.is_behind = true,
            }
        };
        self.has_ended = told.is_err();
        Some((told, self))
    }

    /// Takes up a page of the log.
    async fn read_on(&mut self) -> Result<(), Problem> {
        let filter = EventFilter {
            datasets: Some(vec![self.dataset]),
            names: Some(SnapshotChangeKind::event_names()),
            ..EventFilter::default()
        };
        let page = self
            .reads
            .events_after(self.seen, None, &filter, MISSED_EVENTS_MAX)
            .await?;
        self.coming = page.rows.iter().filter_map(SnapshotNews::of_row).collect();
        self.is_behind = page.has_more && page.checkpoint > self.seen;
        self.seen = page.checkpoint;
        Ok(())
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
