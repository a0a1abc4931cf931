//! Events: the facts of the log, and what each changed.

use async_graphql::{Context, ID, Object};

use super::{Dataset, ItemChange, Project, Snapshot, Task};
use crate::domain::ids::Position;
use crate::graphql::connection::{Connection, Count, Edge, Listed, PageArguments};
use crate::graphql::cursor::{self, Place};
use crate::graphql::error::Problem;
use crate::graphql::loaders;
use crate::graphql::scalars::{BigInt, Json, Moment, Xact};
use crate::graphql::visit::visit;
use crate::ledger::{self, ChangeFilter, ChangeKind, EventFilter, EventRow, ItemWindow, Reads};
use crate::views::{Take, VersionKind, VersionRow};

/// An event.
pub struct LedgerEvent(pub EventRow);

impl Listed for LedgerEvent {
    const CONNECTION: &'static str = "EventConnection";
    const EDGE: &'static str = "EventEdge";
}

/// A fact of the log. Its data tells counts and roots, never item bodies: those are reached
/// through `changes`.
#[Object]
impl LedgerEvent {
    /// The event's id, a UUID.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its place in the log.
    async fn xact_id(&self) -> Xact {
        self.0.position.into()
    }

    /// What happened, as `SnapshotCreated`.
    #[graphql(name = "type")]
    async fn kind(&self) -> &str {
        &self.0.name
    }

    /// What it happened to, as `dataset-…`.
    async fn stream(&self) -> String {
        self.0.stream.to_string()
    }

    /// Its place in its stream; the first is 0.
    async fn revision(&self) -> BigInt {
        BigInt::of(self.0.revision.0)
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> Moment {
        self.0.recorded_at.into()
    }

    /// Who did it.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// What it belongs to as a whole: a request, or a task's.
    async fn correlation_id(&self) -> Option<ID> {
        self.0.correlation.map(Into::into)
    }

    /// What caused it, if not the request itself.
    async fn causation_id(&self) -> Option<ID> {
        self.0.causation.map(Into::into)
    }

    /// The version of the stored shape of its data.
    async fn schema_version(&self) -> u32 {
        self.0.schema_version
    }

    /// What it says, without item bodies and secrets.
    async fn data(&self) -> Json {
        Json(self.0.data.clone())
    }

    /// The project it belongs to.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, Problem> {
        let Some(id) = self.0.project else {
            return Ok(None);
        };
        Ok(loaders::project(ctx, id).await?.map(Project))
    }

    /// The dataset it is about, also if that is deleted now.
    async fn dataset(&self, ctx: &Context<'_>) -> Result<Option<Dataset>, Problem> {
        let Some(id) = self.0.dataset else {
            return Ok(None);
        };
        Ok(loaders::dataset(ctx, id).await?.map(Dataset))
    }

    /// The snapshot it is about, also if that is deleted now.
    async fn snapshot(&self, ctx: &Context<'_>) -> Result<Option<Snapshot>, Problem> {
        let Some(id) = self.0.snapshot else {
            return Ok(None);
        };
        Ok(loaders::snapshot(ctx, id).await?.map(Snapshot))
    }

    /// The task it is about.
    async fn task(&self, ctx: &Context<'_>) -> Result<Option<Task>, Problem> {
        let Some(id) = self.0.task else {
            return Ok(None);
        };
        let reads = &visit(ctx)?.reads;
        Ok(loaders::task(ctx, id)
            .await?
            .map(|row| Task::now(reads, row)))
    }

    /// The items it changed, in byte order of their keys; null when it made no version. Whoever
    /// applies the changes of all events in order has every version of every dataset.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Option<Connection<ItemChange>>, Problem> {
        let Some(dataset) = self.0.dataset else {
            return Ok(None);
        };
        let position = self.0.position;
        let read = after.map(|after| cursor::read_change("after", position, &after));
        let after = read.transpose()?;
        let (Take::First(limit) | Take::Last(limit)) =
            PageArguments::forward(first, None).take()?;
        let reads = &visit(ctx)?.reads;
        let version = reads.views().version_at(dataset, position)?;
        let Some(version) = version.filter(|version| version.at.position == position) else {
            return Ok(None);
        };
        changes(reads, &version, after, limit).await.map(Some)
    }
}

/// What differs between a version and the one before it.
async fn changes(
    reads: &Reads,
    version: &VersionRow,
    after: Option<String>,
    limit: usize,
) -> Result<Connection<ItemChange>, Problem> {
    let position = version.at.position;
    let has_previous = after.is_some();
    let before = Position(position.0.saturating_sub(1));
    let before = match version.kind {
        VersionKind::Created => None,
        VersionKind::Committed | VersionKind::Restored => {
            reads.views().version_at(version.dataset, before)?
        }
    };
    let (changes, has_next) = match before {
        Some(before) => {
            let filter = ChangeFilter {
                after,
                limit,
                ..ChangeFilter::default()
            };
            reads.diff(&before, version, &filter).await?
        }
        None => all_added(reads, version, after, limit).await?,
    };
    let edges = changes.into_iter().map(|change| {
        let place = Place::Change(position, change.key.clone());
        Edge::new(place, ItemChange(change))
    });
    Ok(Connection::new(
        edges.collect(),
        (has_next, has_previous),
        Count::Unknown,
    ))
}

/// A first version: all that it holds was added.
async fn all_added(
    reads: &Reads,
    version: &VersionRow,
    after: Option<String>,
    limit: usize,
) -> Result<(Vec<ledger::ItemChange>, bool), Problem> {
    let window = ItemWindow {
        after,
        limit,
        ..ItemWindow::default()
    };
    let slice = reads.items(version, &window).await?;
    let added = slice.items.into_iter().map(|item| ledger::ItemChange {
        key: item.key.clone(),
        kind: ChangeKind::Added,
        before: None,
        after: Some(item),
    });
    Ok((added.collect(), slice.has_next))
}

/// The position that a bound names, once the views have it.
pub async fn bound(
    reads: &Reads,
    field: &'static str,
    xact: Option<Xact>,
) -> Result<Option<Position>, Problem> {
    match xact {
        None => Ok(None),
        Some(xact) => Ok(Some(reads.ledger().reached(xact.checked(field)?).await?)),
    }
}

/// A page of events in the order of the log, between two positions. Its end is the last event
/// looked at, also when the filter left that out: so paging never reads an event twice.
pub async fn listed(
    reads: &Reads,
    filter: &EventFilter,
    (after, before): (Option<Position>, Option<Position>),
    take: Take,
) -> Result<Connection<LedgerEvent>, Problem> {
    let (page, more, end) = match take {
        Take::First(limit) => {
            let start = after.unwrap_or(Position::START);
            let page = reads.events_after(start, before, filter, limit).await?;
            let more = (page.has_more, after.is_some());
            let end = page.checkpoint;
            (page, more, Some(end))
        }
        Take::Last(limit) => {
            let page = reads.events_before(after, before, filter, limit).await?;
            let more = (before.is_some(), page.has_more);
            (page, more, None)
        }
    };
    let edges = page.rows.into_iter().map(|row| {
        let place = Place::Event(row.position);
        Edge::new(place, LedgerEvent(row))
    });
    let connection = Connection::new(edges.collect(), more, Count::Unknown);
    Ok(match end {
        Some(end) => connection.read_up_to(Place::Event(end)),
        None => connection,
    })
}
