//! Datasets: what their own row tells, and what is one step away from it.
//!
//! What they hold and held (items, versions, snapshots) is shown by `content.rs`.

mod content;

use async_graphql::{Context, ID, Object};

use super::counted::Counted;
use super::filters::{DatasetFilter, DatasetOrder, dataset_order};
use super::words::{DatasetStatus, Role};
use super::{Operation, Project, Snapshot, Task};
use crate::domain::values::Role as RoleWord;
use crate::graphql::connection::{Connection, Count, Listed, PageArguments};
use crate::graphql::error::Problem;
use crate::graphql::loaders::{self, Loaders};
use crate::graphql::scalars::{Json, Moment, Xact};
use crate::graphql::visit::{Visit, visit};
use crate::views::{DatasetRow, Scope, Slice};
use content::DatasetContent;

/// A dataset.
pub struct Dataset(pub DatasetRow);

impl Listed for Dataset {
    const CONNECTION: &'static str = "DatasetConnection";
    const EDGE: &'static str = "DatasetEdge";
}

/// A named collection of items, with every state it ever had.
#[Object]
impl Dataset {
    /// The global id, a UUID.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The project it is in.
    async fn project(&self, ctx: &Context<'_>) -> Result<Project, Problem> {
        let row = loaders::project(ctx, self.0.project).await?;
        row.map(Project)
            .ok_or_else(|| Problem::not_found("project"))
    }

    /// The name, unique among the project's live datasets, ignoring case.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// The description; may be empty.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// The metadata: a JSON object.
    async fn metadata(&self) -> Result<Json, Problem> {
        let read = serde_json::from_str(&self.0.metadata).map(Json);
        read.map_err(|fault| Problem::fault(format!("metadata of {}: {fault}", self.0.id)))
    }

    /// Who made it.
    async fn owner(&self) -> Option<&str> {
        Some(&self.0.owner)
    }

    /// What may be done with it now.
    async fn status(&self) -> DatasetStatus {
        self.0.status.into()
    }

    /// Whether snapshots can be asked for.
    async fn snapshots_enabled(&self) -> bool {
        self.0.snapshots_enabled
    }

    /// When it was made.
    async fn created_at(&self) -> Moment {
        self.0.created_at.into()
    }

    /// When its words, settings, status or content changed last.
    async fn updated_at(&self) -> Moment {
        self.0.updated_at.into()
    }

    /// When it was deleted; null: it is live.
    async fn deleted_at(&self) -> Option<Moment> {
        self.0.deleted_at.map(Into::into)
    }

    /// What you may do with it.
    async fn viewer_role(&self, ctx: &Context<'_>) -> Result<Role, Problem> {
        let role = visit(ctx)?.reads.role_in(self.0.project);
        // Whoever sees a dataset may read it.
        Ok(role.unwrap_or(RoleWord::Viewer).into())
    }

    /// Its current version.
    #[graphql(flatten)]
    async fn head(&self) -> Counted {
        Counted(self.0.head)
    }

    /// Whether its content is another than its current snapshot's, or it has none.
    async fn is_modified(&self) -> bool {
        self.0.is_modified()
    }

    /// The snapshot it was made with, restored to, or that was last made of its head.
    async fn current_snapshot(&self, ctx: &Context<'_>) -> Result<Option<Snapshot>, Problem> {
        let Some(id) = self.0.current_snapshot else {
            return Ok(None);
        };
        Ok(loaders::snapshot(ctx, id).await?.map(Snapshot))
    }

    /// The outside worker's operation that runs on it.
    async fn active_operation(&self, ctx: &Context<'_>) -> Result<Option<Operation>, Problem> {
        let Some(id) = self.0.active_operation else {
            return Ok(None);
        };
        Ok(visit(ctx)?.reads.operation(id)?.map(Operation))
    }

    /// The ledger's own task that works on it: the restore that holds it, else its newest import.
    async fn active_task(&self, ctx: &Context<'_>) -> Result<Option<Task>, Problem> {
        let reads = &visit(ctx)?.reads;
        let row = match self.0.active_restore {
            Some(id) => loaders::task(ctx, id).await?,
            None => reads.views().active_task(self.0.id)?,
        };
        Ok(row.map(|row| Task::now(reads, row)))
    }

    /// For a clone: the snapshot it began with, also if that is deleted now. Null when it began
    /// with a bare version.
    async fn cloned_from(&self, ctx: &Context<'_>) -> Result<Option<Snapshot>, Problem> {
        let Some(id) = self.0.cloned_from.and_then(|origin| origin.snapshot) else {
            return Ok(None);
        };
        Ok(loaders::snapshot(ctx, id).await?.map(Snapshot))
    }

    /// For a clone: the dataset it was cloned from, also if that is deleted now.
    async fn cloned_from_dataset(&self, ctx: &Context<'_>) -> Result<Option<Self>, Problem> {
        let Some(origin) = self.0.cloned_from else {
            return Ok(None);
        };
        Ok(loaders::dataset(ctx, origin.dataset).await?.map(Self))
    }

    /// For a clone: the version of the other dataset it began with; null when you do not see that
    /// dataset.
    async fn cloned_from_xact_id(&self, ctx: &Context<'_>) -> Result<Option<Xact>, Problem> {
        let Some(origin) = self.0.cloned_from else {
            return Ok(None);
        };
        let seen = loaders::dataset(ctx, origin.dataset).await?;
        Ok(seen.map(|_| origin.position.into()))
    }

    /// What it holds and held.
    #[graphql(flatten)]
    async fn content(&self) -> DatasetContent<'_> {
        DatasetContent(&self.0)
    }
}

/// A page of the live datasets in scope.
pub fn listed(
    visit: &Visit,
    scope: Scope,
    filter: Option<DatasetFilter>,
    order: Option<DatasetOrder>,
    page: &PageArguments,
) -> Result<Connection<Dataset>, Problem> {
    let filter = filter.unwrap_or_default().into();
    let (order, word) = dataset_order(order);
    let views = visit.reads.views().clone();
    let slice = views.datasets(&scope, &filter, order, &page.page(word)?)?;
    expect_nested(&visit.loaders, &slice);
    let count = Count::by(move || Ok(views.dataset_count(&scope, &filter)?));
    Ok(Connection::of_rows(word, slice, count, Dataset))
}

/// What the fields of listed datasets may ask for.
fn expect_nested(loaders: &Loaders, slice: &Slice<DatasetRow>) {
    let rows = || slice.rows.iter().map(|keyed| &keyed.row);
    loaders.projects.announce(rows().map(|row| row.project));
    loaders
        .snapshots
        .announce(rows().filter_map(|row| row.current_snapshot));
}
