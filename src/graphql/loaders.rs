//! Loading by id: many nested fields of a list in one read, a single one in line.
//!
//! A batch goes by way of another task, which costs more than the read of one row; so only fields
//! inside a list wait for each other. What a principal may not see is never loaded.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::OnceLock;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, QueryPathSegment};

use super::error::Problem;
use super::visit::visit;
use crate::domain::ids::{DatasetId, Position, ProjectId, SnapshotId, TaskId};
use crate::ledger::Reads;
use crate::views::{DatasetRow, ProjectRow, SnapshotRow, TaskRow};

/// Loads rows of the views, also deleted ones.
pub struct Rows(Reads);

/// The loader of one request; made when first used.
pub struct Loaders {
    reads: Reads,
    loader: OnceLock<DataLoader<Rows>>,
}

impl Loaders {
    pub(super) const fn new(reads: Reads) -> Self {
        Self {
            reads,
            loader: OnceLock::new(),
        }
    }

    fn rows(&self) -> &DataLoader<Rows> {
        self.loader.get_or_init(|| {
            DataLoader::new(Rows(self.reads.clone()), tokio::spawn).delay(Duration::ZERO)
        })
    }
}

impl Rows {
    fn sees(&self, project: ProjectId) -> bool {
        self.0.role_in(project).is_some()
    }
}

impl Loader<ProjectId> for Rows {
    type Value = ProjectRow;
    type Error = Problem;

    async fn load(&self, ids: &[ProjectId]) -> Result<HashMap<ProjectId, ProjectRow>, Problem> {
        let rows = self.0.views().projects_by_ids(ids)?;
        let seen = rows.into_iter().filter(|row| self.sees(row.id));
        Ok(seen.map(|row| (row.id, row)).collect())
    }
}

impl Loader<DatasetId> for Rows {
    type Value = DatasetRow;
    type Error = Problem;

    async fn load(&self, ids: &[DatasetId]) -> Result<HashMap<DatasetId, DatasetRow>, Problem> {
        let rows = self.0.views().datasets_by_ids_even_deleted(ids)?;
        let seen = rows.into_iter().filter(|row| self.sees(row.project));
        Ok(seen.map(|row| (row.id, row)).collect())
    }
}

impl Loader<SnapshotId> for Rows {
    type Value = SnapshotRow;
    type Error = Problem;

    async fn load(&self, ids: &[SnapshotId]) -> Result<HashMap<SnapshotId, SnapshotRow>, Problem> {
        let rows = self.0.views().snapshots_by_ids_even_deleted(ids)?;
        let seen = rows.into_iter().filter(|row| self.sees(row.project));
        Ok(seen.map(|row| (row.id, row)).collect())
    }
}

impl Loader<TaskId> for Rows {
    type Value = TaskRow;
    type Error = Problem;

    async fn load(&self, ids: &[TaskId]) -> Result<HashMap<TaskId, TaskRow>, Problem> {
        let rows = self.0.views().tasks_by_ids(ids)?;
        let seen = rows.into_iter().filter(|row| self.sees(row.project));
        Ok(seen.map(|row| (row.id, row)).collect())
    }
}

/// By the position of a version: the live snapshots that name it, oldest first.
impl Loader<Position> for Rows {
    type Value = Vec<SnapshotRow>;
    type Error = Problem;

    async fn load(&self, at: &[Position]) -> Result<HashMap<Position, Vec<SnapshotRow>>, Problem> {
        let rows = self.0.views().snapshots_of_versions(at)?;
        let mut found: HashMap<Position, Vec<SnapshotRow>> = HashMap::new();
        for row in rows.into_iter().filter(|row| self.sees(row.project)) {
            found.entry(row.version.position).or_default().push(row);
        }
        Ok(found)
    }
}

/// The project of this id.
pub async fn project(ctx: &Context<'_>, id: ProjectId) -> Result<Option<ProjectRow>, Problem> {
    load(ctx, id, |reads| Ok(reads.project(id)?)).await
}

/// The dataset of this id, live or deleted.
pub async fn dataset(ctx: &Context<'_>, id: DatasetId) -> Result<Option<DatasetRow>, Problem> {
    load(ctx, id, |reads| Ok(reads.dataset_even_deleted(id)?)).await
}

/// The snapshot of this id, live or deleted.
pub async fn snapshot(ctx: &Context<'_>, id: SnapshotId) -> Result<Option<SnapshotRow>, Problem> {
    load(ctx, id, |reads| Ok(reads.snapshot_even_deleted(id)?)).await
}

/// The task of this id.
pub async fn task(ctx: &Context<'_>, id: TaskId) -> Result<Option<TaskRow>, Problem> {
    load(ctx, id, |reads| Ok(reads.task(id)?)).await
}

/// The live snapshots of the version that the event at this position made.
pub async fn snapshots_of_version(
    ctx: &Context<'_>,
    position: Position,
) -> Result<Vec<SnapshotRow>, Problem> {
    let alone = |reads: &Reads| Ok(Some(reads.views().snapshots_of_versions(&[position])?));
    Ok(load(ctx, position, alone).await?.unwrap_or_default())
}

async fn load<Key>(
    ctx: &Context<'_>,
    key: Key,
    alone: impl FnOnce(&Reads) -> Result<Option<<Rows as Loader<Key>>::Value>, Problem>,
) -> Result<Option<<Rows as Loader<Key>>::Value>, Problem>
where
    Key: Send + Sync + Hash + Eq + Clone + 'static,
    Rows: Loader<Key, Error = Problem>,
{
    let visit = visit(ctx)?;
    if is_in_a_list(ctx) {
        visit.loaders.rows().load_one(key).await
    } else {
        alone(&visit.reads)
    }
}

fn is_in_a_list(ctx: &Context<'_>) -> bool {
    ctx.path_node.as_ref().is_some_and(|node| {
        std::iter::once(node)
            .chain(node.parents())
            .any(|node| matches!(node.segment, QueryPathSegment::Index(_)))
    })
}
