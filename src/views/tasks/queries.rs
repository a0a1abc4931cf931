//! Finding tasks.

use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};

use super::{TaskFilter, TaskRow};
use crate::domain::ids::{DatasetId, ProjectId, SnapshotId, TaskId};
use crate::domain::task::Lease;
use crate::domain::values::{CommitMode, TaskKind, TaskPhase, TaskStatus};
use crate::views::columns::Columns;
use crate::views::fault::ViewFault;
use crate::views::listing::{
    ALL_PROJECTS, Conditions, Direction, Listing, Page, Scope, Slice, Sort, Source, blob,
    live_projects, word,
};
use crate::views::store::Views;

const SOURCE: Source<TaskRow> = Source {
    columns: "k.id, k.kind, k.project, k.dataset, k.snapshot, k.target_revision, k.mode, k.phase,
        k.done, k.total, k.added, k.removed, k.modified, k.unchanged, k.error, k.created_by,
        k.created_at, k.started_at, k.finished_at, k.result_position, k.lease_node, k.lease_until,
        k.correlation, k.revision",
    from: "tasks k",
    exists: live_projects!("k.project"),
    tie: "k.id",
    read,
};

/// Also the tasks of deleted projects: somebody must bring them to their end.
const EVERY: Source<TaskRow> = Source {
    exists: ALL_PROJECTS,
    ..SOURCE
};

static BY_ID: LazyLock<String> = LazyLock::new(|| SOURCE.select("k.id = ?1"));
static ANY_BY_ID: LazyLock<String> = LazyLock::new(|| EVERY.select("k.id = ?1"));
/// A restore goes before imports, of which several may run; then the newest.
static ACTIVE: LazyLock<String> = LazyLock::new(|| {
    let found = SOURCE.select("k.dataset = ?1 AND k.finished_at IS NULL");
    format!("{found} ORDER BY k.kind = 'SNAPSHOT_RESTORE' DESC, k.position DESC LIMIT 1")
});

fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<TaskRow> {
    Ok(TaskRow {
        id: columns.id(TaskId)?,
        kind: columns.word(TaskKind::from_word)?,
        project: columns.id(ProjectId)?,
        dataset: columns.id(DatasetId)?,
        snapshot: columns.optional_id(SnapshotId)?,
        target: columns.optional_revision()?,
        mode: columns.optional_word(CommitMode::from_word)?,
        phase: columns.word(TaskPhase::from_word)?,
        done: columns.number()?,
        total: columns.optional_number()?,
        summary: columns.optional_summary()?,
        error: columns.optional_text()?,
        created_by: columns.text()?,
        created_at: columns.time()?,
        started_at: columns.optional_time()?,
        finished_at: columns.optional_time()?,
        result: columns.optional_position()?,
        lease: read_lease(columns)?,
        correlation: columns.optional_id(std::convert::identity)?,
        revision: columns.revision()?,
    })
}

/// Two columns: node and end; none when either is null.
fn read_lease(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Option<Lease>> {
    let (node, until) = (columns.optional_text()?, columns.optional_time()?);
    Ok(node.zip(until).map(|(node, until)| Lease { node, until }))
}

impl Views {
    /// The task of this id.
    pub fn task(&self, id: TaskId) -> Result<Option<TaskRow>, ViewFault> {
        self.read(|connection| one(connection, &BY_ID, id))
    }

    /// The task of this id, also in a deleted project.
    pub fn task_to_work_on(&self, id: TaskId) -> Result<Option<TaskRow>, ViewFault> {
        self.read(|connection| any_by_id(connection, id))
    }

    /// The tasks of these ids, in their order, all of one position; unknown ids are left out.
    pub fn tasks_by_ids(&self, ids: &[TaskId]) -> Result<Vec<TaskRow>, ViewFault> {
        self.read_together(|connection| {
            let rows = ids.iter().map(|id| one(connection, &BY_ID, *id));
            rows.filter_map(Result::transpose).collect()
        })
    }

    /// The task that works on this dataset now: the restore that holds it, else its newest
    /// unfinished import.
    pub fn active_task(&self, dataset: DatasetId) -> Result<Option<TaskRow>, ViewFault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&ACTIVE)?;
            let row =
                statement.query_row([dataset.0.as_bytes()], |row| read(&mut Columns::of(row)));
            Ok(row.optional()?)
        })
    }

    /// A page of the tasks in scope that pass the filter, newest first.
    pub fn tasks(
        &self,
        scope: &Scope,
        filter: &TaskFilter,
        page: &Page,
    ) -> Result<Slice<TaskRow>, ViewFault> {
        let listing = filtered(scope, filter);
        self.read_together(|connection| listing.page(connection, page))
    }

    /// How many tasks in scope pass the filter.
    pub fn task_count(&self, scope: &Scope, filter: &TaskFilter) -> Result<u64, ViewFault> {
        let listing = filtered(scope, filter);
        self.read(|connection| listing.count(connection))
    }

    /// A page of the tasks that have not ended, oldest first: what is to be worked on, also in
    /// deleted projects.
    pub fn unfinished_tasks(&self, page: &Page) -> Result<Slice<TaskRow>, ViewFault> {
        let listing = unfinished();
        self.read_together(|connection| listing.page(connection, page))
    }
}

/// The task of this id, also in a deleted project, as this connection sees it.
pub(in crate::views) fn any_by_id(
    connection: &Connection,
    id: TaskId,
) -> Result<Option<TaskRow>, ViewFault> {
    one(connection, &ANY_BY_ID, id)
}

fn one(connection: &Connection, sql: &str, id: TaskId) -> Result<Option<TaskRow>, ViewFault> {
    let mut statement = connection.prepare_cached(sql)?;
    let row = statement.query_row([id.0.as_bytes()], |row| read(&mut Columns::of(row)));
    Ok(row.optional()?)
}

fn filtered(scope: &Scope, filter: &TaskFilter) -> Listing<'static, TaskRow> {
    let mut conditions = Conditions::default();
    match filter.dataset {
        Some(dataset) => {
            conditions.and("k.dataset = ?", [blob(dataset.0)]);
            // The plus sign keeps SQLite from looking up the project first.
            conditions.within("+k.project", scope);
        }
        None => conditions.within("k.project", scope),
    }
    if let Some(kinds) = &filter.kinds {
        let words = kinds.iter().map(|kind| word(kind.word())).collect();
        conditions.one_of("k.kind", words);
    }
    if let Some(statuses) = &filter.statuses {
        conditions.one_of("k.phase", phases_of(statuses));
    }
    if let Some(actor) = &filter.created_by {
        conditions.and("k.created_by = ?", [word(actor)]);
    }
    Listing {
        source: &SOURCE,
        conditions,
        sort: Sort::Unique("k.position"),
        direction: Direction::Descending,
    }
}

fn unfinished() -> Listing<'static, TaskRow> {
    let mut conditions = Conditions::default();
    conditions.and("k.finished_at IS NULL", []);
    Listing {
        source: &EVERY,
        conditions,
        sort: Sort::Unique("k.position"),
        direction: Direction::Ascending,
    }
}

/// The words of all phases that amount to one of these statuses.
pub(in crate::views) fn phases_of(statuses: &[TaskStatus]) -> Vec<Value> {
    let phases = TaskPhase::ALL.iter();
    phases
        .filter(|phase| statuses.contains(&phase.status()))
        .map(|phase| word(phase.word()))
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::views::tests::plans;

    #[test]
    fn newest_first_is_read_from_an_index() {
        let scope = Scope::Only(vec![ProjectId(Uuid::nil())]);
        let project = filtered(&scope, &TaskFilter::default());
        plans::check(
            &project,
            "tasks_of_project (project=? AND rowid>? AND rowid<?)",
        );
        let filter = TaskFilter {
            dataset: Some(DatasetId(Uuid::nil())),
            ..TaskFilter::default()
        };
        let dataset = filtered(&scope, &filter);
        plans::check(
            &dataset,
            "tasks_of_dataset (dataset=? AND rowid>? AND rowid<?)",
        );
        plans::check(
            &unfinished(),
            "tasks_unfinished (position>? AND position<?)",
        );
    }
}
