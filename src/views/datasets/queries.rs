//! Finding datasets. Deleted ones are hidden, but for those who ask for them by id and say so.

use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};

use super::head::read_version;
use super::{DatasetFilter, DatasetOrder, DatasetOrderField, DatasetRow};
use crate::domain::ids::{DatasetId, OperationId, ProjectId, Revision, SnapshotId, TaskId};
use crate::domain::values::{DatasetStatus, NameKey, Origin};
use crate::views::columns::Columns;
use crate::views::fault::ViewFault;
use crate::views::listing::{
    Conditions, Direction, Listing, Page, Scope, Slice, Sort, SortKey, Source, blob, creation_key,
    folded, live_projects, word,
};
use crate::views::store::Views;

const SOURCE: Source<DatasetRow> = Source {
    columns: "d.id, d.project, d.name, t.description, t.metadata, d.owner, d.status,
        d.snapshots_enabled, d.created_at, d.updated_at, d.deleted_at, d.revision,
        d.version_position, d.version_revision, d.root, d.items, d.images, d.videos, d.bytes,
        d.current_snapshot, c.root, d.operation, d.restore_task,
        d.origin_dataset, d.origin_snapshot, d.origin_revision, d.origin_position",
    from: "datasets d JOIN dataset_texts t ON t.position = d.position
        LEFT JOIN snapshots c ON c.id = d.current_snapshot",
    exists: live_projects!("d.project"),
    tie: "d.id",
    read,
};

static BY_ID: LazyLock<String> = LazyLock::new(|| SOURCE.select("d.id = ?1"));
static BY_NAME: LazyLock<String> = LazyLock::new(|| {
    SOURCE.select(
        "d.id = (SELECT l.dataset FROM listed_names l
             WHERE l.project = ?1 AND l.name_key = ?2 LIMIT 1) AND d.deleted_at IS NULL",
    )
});

fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<DatasetRow> {
    Ok(DatasetRow {
        id: columns.id(DatasetId)?,
        project: columns.id(ProjectId)?,
        name: columns.name()?,
        description: columns.text()?,
        metadata: columns.text()?,
        owner: columns.text()?,
        status: columns.word(DatasetStatus::from_word)?,
        snapshots_enabled: columns.value()?,
        created_at: columns.time()?,
        updated_at: columns.time()?,
        deleted_at: columns.optional_time()?,
        revision: columns.revision()?,
        head: read_version(columns)?,
        current_snapshot: columns.optional_id(SnapshotId)?,
        current_snapshot_root: columns.optional_digest()?,
        active_operation: columns.optional_id(OperationId)?,
        active_restore: columns.optional_id(TaskId)?,
        cloned_from: read_origin(columns)?,
    })
}

/// Four columns: dataset, snapshot, revision, position; none without a dataset.
fn read_origin(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Option<Origin>> {
    let dataset = columns.optional_id(DatasetId)?;
    let snapshot = columns.optional_id(SnapshotId)?;
    let revision = columns.optional_revision()?;
    let position = columns.optional_position()?;
    Ok(match (dataset, revision, position) {
        (Some(dataset), Some(revision), Some(position)) => Some(Origin {
            dataset,
            snapshot,
            revision,
            position,
        }),
        (..) => None,
    })
}

impl Views {
    /// The live dataset of this id.
    pub fn dataset(&self, id: DatasetId) -> Result<Option<DatasetRow>, ViewFault> {
        let row = self.dataset_even_deleted(id)?;
        Ok(row.filter(|row| row.deleted_at.is_none()))
    }

    /// The dataset of this id, also a deleted one.
    pub fn dataset_even_deleted(&self, id: DatasetId) -> Result<Option<DatasetRow>, ViewFault> {
        self.read(|connection| by_id(connection, id))
    }

    /// The last folded event of a dataset's stream, also of a deleted one; none: no such dataset.
    pub fn dataset_revision(&self, id: DatasetId) -> Result<Option<Revision>, ViewFault> {
        self.read(|connection| {
            let sql = "SELECT revision FROM datasets WHERE id = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let revision =
                statement.query_row([id.0.as_bytes()], |row| Columns::of(row).revision());
            Ok(revision.optional()?)
        })
    }

    /// The live datasets of these ids, in their order, all of one position; others are left out.
    pub fn datasets_by_ids(&self, ids: &[DatasetId]) -> Result<Vec<DatasetRow>, ViewFault> {
        let mut rows = self.datasets_by_ids_even_deleted(ids)?;
        rows.retain(|row| row.deleted_at.is_none());
        Ok(rows)
    }

    /// The datasets of these ids, also deleted ones, in their order, all of one position.
    pub fn datasets_by_ids_even_deleted(
        &self,
        ids: &[DatasetId],
    ) -> Result<Vec<DatasetRow>, ViewFault> {
        self.read_together(|connection| {
            let rows = ids.iter().map(|id| by_id(connection, *id));
            rows.filter_map(Result::transpose).collect()
        })
    }

    /// The live dataset of this name in the project, whatever the case.
    pub fn dataset_by_name(
        &self,
        project: ProjectId,
        name: &NameKey,
    ) -> Result<Option<DatasetRow>, ViewFault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&BY_NAME)?;
            let row = statement.query_row((project.0.as_bytes(), name.as_str()), |row| {
                read(&mut Columns::of(row))
            });
            Ok(row.optional()?)
        })
    }

    /// A page of the live datasets in scope that pass the filter.
    pub fn datasets(
        &self,
        scope: &Scope,
        filter: &DatasetFilter,
        order: DatasetOrder,
        page: &Page,
    ) -> Result<Slice<DatasetRow>, ViewFault> {
        let listing = filtered(scope, filter, order);
        self.read_together(|connection| listing.page(connection, page))
    }

    /// Where a dataset stands in listings by creation, also a deleted one; none: no such dataset.
    pub fn dataset_creation_key(&self, id: DatasetId) -> Result<Option<SortKey>, ViewFault> {
        let sql = "SELECT position FROM datasets WHERE id = ?1";
        self.read(|connection| creation_key(connection, sql, id.0))
    }

    /// How many live datasets in scope pass the filter.
    pub fn dataset_count(&self, scope: &Scope, filter: &DatasetFilter) -> Result<u64, ViewFault> {
        let listing = filtered(scope, filter, DatasetOrder::default());
        self.read(|connection| listing.count(connection))
    }

    /// A page of the live clones of a dataset (of any of its versions), newest first.
    pub fn clones_of_dataset(
        &self,
        dataset: DatasetId,
        scope: &Scope,
        page: &Page,
    ) -> Result<Slice<DatasetRow>, ViewFault> {
        let listing = clones("d.origin_dataset = ?", blob(dataset.0), scope);
        self.read_together(|connection| listing.page(connection, page))
    }

    /// How many live clones of a dataset there are in scope.
    pub fn clone_count_of_dataset(
        &self,
        dataset: DatasetId,
        scope: &Scope,
    ) -> Result<u64, ViewFault> {
        let listing = clones("d.origin_dataset = ?", blob(dataset.0), scope);
        self.read(|connection| listing.count(connection))
    }

    /// A page of the live clones of a snapshot, newest first.
    pub fn clones_of_snapshot(
        &self,
        snapshot: SnapshotId,
        scope: &Scope,
        page: &Page,
    ) -> Result<Slice<DatasetRow>, ViewFault> {
        let listing = clones("d.origin_snapshot = ?", blob(snapshot.0), scope);
        self.read_together(|connection| listing.page(connection, page))
    }

    /// How many live clones of a snapshot there are in scope.
    pub fn clone_count_of_snapshot(
        &self,
        snapshot: SnapshotId,
        scope: &Scope,
    ) -> Result<u64, ViewFault> {
        let listing = clones("d.origin_snapshot = ?", blob(snapshot.0), scope);
        self.read(|connection| listing.count(connection))
    }
}

fn by_id(connection: &Connection, id: DatasetId) -> Result<Option<DatasetRow>, ViewFault> {
    let mut statement = connection.prepare_cached(&BY_ID)?;
    let row = statement.query_row([id.0.as_bytes()], |row| read(&mut Columns::of(row)));
    Ok(row.optional()?)
}

fn filtered(
    scope: &Scope,
    filter: &DatasetFilter,
    order: DatasetOrder,
) -> Listing<'static, DatasetRow> {
    let mut conditions = Conditions::default();
    conditions.within("d.project", scope);
    conditions.and("d.deleted_at IS NULL", []);
    if let Some(ids) = &filter.ids {
        conditions.one_of("d.id", ids.iter().map(|id| blob(id.0)).collect());
    }
    if let Some(name) = &filter.name {
        conditions.and("d.name_key = ?", [word(name.as_str())]);
    }
    if let Some(part) = &filter.name_contains {
        conditions.and("instr(d.name_key, ?) > 0", [Value::Text(folded(part))]);
    }
    if let Some(statuses) = &filter.statuses {
        let words = statuses.iter().map(|status| word(status.word())).collect();
        conditions.one_of("d.status", words);
    }
    match filter.modified {
        Some(true) => conditions.and("c.root IS NOT d.root", []),
        Some(false) => conditions.and("c.root IS d.root", []),
        None => {}
    }
    Listing {
        source: &SOURCE,
        conditions,
        sort: match order.field {
            DatasetOrderField::Name => Sort::Text("d.name_key"),
            DatasetOrderField::CreatedAt => Sort::Unique("d.position"),
            DatasetOrderField::UpdatedAt => Sort::Int("d.updated_at"),
            DatasetOrderField::ItemCount => Sort::Int("d.items"),
        },
        direction: order.direction,
    }
}

fn clones(condition: &str, source: Value, scope: &Scope) -> Listing<'static, DatasetRow> {
    let mut conditions = Conditions::default();
    conditions.and(condition, [source]);
    // The plus sign keeps SQLite from looking up the project first.
    conditions.within("+d.project", scope);
    conditions.and("d.deleted_at IS NULL", []);
    Listing {
        source: &SOURCE,
        conditions,
        sort: Sort::Unique("d.position"),
        direction: Direction::Descending,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::views::tests::plans;

    #[test]
    fn newest_first_is_read_from_an_index() {
        let scope = Scope::Only(vec![ProjectId(Uuid::nil())]);
        let project = filtered(&scope, &DatasetFilter::default(), DatasetOrder::default());
        plans::check(
            &project,
            "datasets_of_project (project=? AND rowid>? AND rowid<?)",
        );
        let source = blob(Uuid::nil());
        let dataset = clones("d.origin_dataset = ?", source.clone(), &scope);
        plans::check(
            &dataset,
            "datasets_by_origin (origin_dataset=? AND rowid>? AND rowid<?)",
        );
        let snapshot = clones("d.origin_snapshot = ?", source, &scope);
        plans::check(&snapshot, "datasets_by_origin_snapshot (origin_snapshot=?");
    }
}
