//! Projects as queries see them, and which dataset has which name in each.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use uuid::Uuid;

use super::columns::{Columns, int, micros};
use super::fault::ViewFault;
use super::fold::Batch;
use super::listing::{
    Conditions, Direction, Listing, Page, Scope, Slice, Sort, SortKey, Source, blob, creation_key,
    live_projects, word,
};
use super::store::Views;
use crate::domain::Directory;
use crate::domain::directory::ListedProject;
use crate::domain::event::{
    DatasetListed, DatasetUnlisted, ProjectCreated, ProjectDeleted, ProjectUpdated,
};
use crate::domain::ids::{ProjectId, Revision};
use crate::domain::values::{Name, NameKey};
use crate::event_log::Recorded;

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRow {
    /// Which.
    pub id: ProjectId,
    /// Its name.
    pub name: Name,
    /// The id by which foreign paths find it.
    pub external_id: Option<Arc<str>>,
    /// What it is for; may be empty.
    pub description: Arc<str>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// The last event of its stream.
    pub revision: Revision,
}

const SOURCE: Source<ProjectRow> = Source {
    columns: "p.id, p.name, p.external_id, p.description, p.created_at, p.revision",
    from: "projects p",
    exists: live_projects!("p.id"),
    tie: "p.id",
    read,
};

static BY_ID: LazyLock<String> = LazyLock::new(|| SOURCE.select("p.id = ?1"));
static BY_NAME: LazyLock<String> = LazyLock::new(|| {
    let found = SOURCE.select("p.name_key = ?1");
    format!("{found} ORDER BY p.position LIMIT 1")
});
static BY_EXTERNAL_ID: LazyLock<String> = LazyLock::new(|| {
    let found = SOURCE.select("p.external_id = ?1");
    format!("{found} ORDER BY p.position LIMIT 1")
});

fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<ProjectRow> {
    Ok(ProjectRow {
        id: columns.id(ProjectId)?,
        name: columns.name()?,
        external_id: columns.optional_text()?,
        description: columns.text()?,
        created_at: columns.time()?,
        revision: columns.revision()?,
    })
}

/// Which projects a listing holds; the default: all in scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectFilter {
    /// Only these; of none, the listing is empty.
    pub ids: Option<Vec<ProjectId>>,
    /// Their name, whatever the case.
    pub name: Option<NameKey>,
}

impl Views {
    /// The project of this id.
    pub fn project(&self, id: ProjectId) -> Result<Option<ProjectRow>, ViewFault> {
        self.read(|connection| by_id(connection, id))
    }

    /// Whether there was a project of this id that was deleted.
    pub fn is_deleted_project(&self, id: ProjectId) -> Result<bool, ViewFault> {
        let sql = "SELECT EXISTS (SELECT 1 FROM deleted_projects WHERE id = ?1)";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row([id.0.as_bytes()], |row| row.get(0))?)
        })
    }

    /// The projects of these ids, in their order, all of one position; unknown ids are left out.
    pub fn projects_by_ids(&self, ids: &[ProjectId]) -> Result<Vec<ProjectRow>, ViewFault> {
        self.read_together(|connection| {
            let rows = ids.iter().map(|id| by_id(connection, *id));
            rows.filter_map(Result::transpose).collect()
        })
    }

    /// The project of this name, whatever the case; of several the oldest.
    pub fn project_by_name(&self, name: &NameKey) -> Result<Option<ProjectRow>, ViewFault> {
        self.read(|connection| one(connection, &BY_NAME, &name.as_str()))
    }

    /// The project with this external id, exactly; else the one whose id this is, with or without
    /// hyphens.
    pub fn project_by_external_id(&self, id: &str) -> Result<Option<ProjectRow>, ViewFault> {
        self.read_together(|connection| {
            let found = one(connection, &BY_EXTERNAL_ID, &id)?;
            match (found, Uuid::try_parse(id)) {
                (Some(row), _) => Ok(Some(row)),
                (None, Ok(id)) => by_id(connection, ProjectId(id)),
                (None, Err(_)) => Ok(None),
            }
        })
    }

    /// A page of the projects in scope, oldest first.
    pub fn projects(&self, scope: &Scope, page: &Page) -> Result<Slice<ProjectRow>, ViewFault> {
        let listing = within(scope);
        self.read_together(|connection| listing.page(connection, page))
    }

    /// A page of the projects in scope that pass the filter, newest first.
    pub fn newest_projects(
        &self,
        scope: &Scope,
        filter: &ProjectFilter,
        page: &Page,
    ) -> Result<Slice<ProjectRow>, ViewFault> {
        let mut listing = within(scope);
        if let Some(ids) = &filter.ids {
            let ids = ids.iter().map(|id| blob(id.0)).collect();
            listing.conditions.one_of("p.id", ids);
        }
        if let Some(name) = &filter.name {
            let name = [word(name.as_str())];
            listing.conditions.and("p.name_key = ?", name);
        }
        listing.direction = Direction::Descending;
        self.read_together(|connection| listing.page(connection, page))
    }

    /// Where a project stands in listings by creation; none: no such project.
    pub fn project_creation_key(&self, id: ProjectId) -> Result<Option<SortKey>, ViewFault> {
        let sql = "SELECT position FROM projects WHERE id = ?1";
        self.read(|connection| creation_key(connection, sql, id.0))
    }

    /// How many projects are in scope.
    pub fn project_count(&self, scope: &Scope) -> Result<u64, ViewFault> {
        let listing = within(scope);
        self.read(|connection| listing.count(connection))
    }
}

fn within(scope: &Scope) -> Listing<'static, ProjectRow> {
    let mut conditions = Conditions::default();
    conditions.within("p.id", scope);
    Listing {
        source: &SOURCE,
        conditions,
        sort: Sort::Unique("p.position"),
        direction: Direction::Ascending,
    }
}

/// The project of this id, as this connection sees it.
pub(super) fn by_id(
    connection: &Connection,
    id: ProjectId,
) -> Result<Option<ProjectRow>, ViewFault> {
    one(connection, &BY_ID, id.0.as_bytes())
}

fn one(
    connection: &Connection,
    sql: &str,
    value: &dyn ToSql,
) -> Result<Option<ProjectRow>, ViewFault> {
    let mut statement = connection.prepare_cached(sql)?;
    let row = statement.query_row([value], |row| read(&mut Columns::of(row)));
    Ok(row.optional()?)
}

pub(super) fn created(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &ProjectCreated,
) -> Result<(), ViewFault> {
    batch.execute(
        "INSERT INTO projects (position, id, name, name_key, external_id, description, created_at,
             revision)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
        params![
            int(recorded.position.0),
            event.project.0.as_bytes(),
            event.name.as_str(),
            event.name.key().as_str(),
            event.external_id,
            event.description,
            micros(recorded.recorded_at),
        ],
    )
}

pub(super) fn updated(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &ProjectUpdated,
) -> Result<(), ViewFault> {
    let key = event.name.as_ref().map(Name::key);
    batch.change_one(
        ("project", recorded),
        "UPDATE projects SET name = COALESCE(?2, name), name_key = COALESCE(?3, name_key),
             external_id = COALESCE(?4, external_id), description = COALESCE(?5, description)
         WHERE id = ?1",
        params![
            event.project.0.as_bytes(),
            event.name.as_ref().map(Name::as_str),
            key.as_ref().map(NameKey::as_str),
            event.external_id,
            event.description,
        ],
    )
}

pub(super) fn deleted(batch: &mut Batch<'_>, event: &ProjectDeleted) -> Result<(), ViewFault> {
    batch.execute(
        "INSERT OR IGNORE INTO deleted_projects (id) VALUES (?1)",
        params![event.project.0.as_bytes()],
    )
}

pub(super) fn listed(batch: &mut Batch<'_>, event: &DatasetListed) -> Result<(), ViewFault> {
    batch.execute(
        "INSERT OR REPLACE INTO listed_names (dataset, project, name, name_key)
         VALUES (?1, ?2, ?3, ?4)",
        params![
            event.dataset.0.as_bytes(),
            event.project.0.as_bytes(),
            event.name.as_str(),
            event.name.key().as_str(),
        ],
    )
}

pub(super) fn unlisted(batch: &mut Batch<'_>, event: &DatasetUnlisted) -> Result<(), ViewFault> {
    batch.execute(
        "DELETE FROM listed_names WHERE dataset = ?1",
        params![event.dataset.0.as_bytes()],
    )
}

/// The primary key of a project's row.
pub(super) fn row_of(
    batch: &Batch<'_>,
    recorded: &Recorded,
    project: ProjectId,
) -> Result<i64, ViewFault> {
    let mut statement = batch
        .connection
        .prepare_cached("SELECT position FROM projects WHERE id = ?1")?;
    let row = statement.query_row([project.0.as_bytes()], |row| row.get(0));
    row.optional()?.ok_or(ViewFault::Missing {
        what: "project",
        position: recorded.position,
    })
}

/// The project's stream has come to this event.
pub(super) fn advance(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    project: ProjectId,
) -> Result<(), ViewFault> {
    batch.change_one(
        ("project", recorded),
        "UPDATE projects SET revision = ?2 WHERE id = ?1",
        params![project.0.as_bytes(), int(recorded.revision.0)],
    )
}

/// The last folded event of a project's stream, and whether it was deleted.
pub(super) fn revision_even_deleted(
    connection: &Connection,
    id: ProjectId,
) -> Result<Option<(Revision, bool)>, ViewFault> {
    let sql = "SELECT revision, id IN (SELECT id FROM deleted_projects)
         FROM projects WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([id.0.as_bytes()], |row| {
        let mut columns = Columns::of(row);
        Ok((columns.revision()?, columns.value()?))
    });
    Ok(found.optional()?)
}

/// The state of the ledger's stream; none before it is founded. The names come from the projects'
/// own events, so projects from before there were listings are in it.
pub(super) fn directory(connection: &Connection) -> Result<Option<Directory>, ViewFault> {
    let sql = "SELECT c.default_project, l.revision FROM checkpoint c, ledger_stream l";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([], |row| {
        let mut columns = Columns::of(row);
        Ok((columns.id(ProjectId)?, columns.revision()?))
    });
    let Some((default_project, revision)) = found.optional()? else {
        return Ok(None);
    };
    let sql = "SELECT id, name, external_id FROM projects
         WHERE id NOT IN (SELECT id FROM deleted_projects) ORDER BY position";
    let mut statement = connection.prepare_cached(sql)?;
    let listed = statement.query_map([], |row| {
        let mut columns = Columns::of(row);
        Ok((
            columns.id(ProjectId)?,
            columns.name()?,
            columns.optional_text()?,
        ))
    })?;
    let listed: Vec<ListedProject> = listed.collect::<rusqlite::Result<_>>()?;
    Ok(Some(Directory::at(default_project, revision, listed)))
}

/// The ledger's own stream has come to this event.
pub(super) fn advance_directory(batch: &Batch<'_>, recorded: &Recorded) -> Result<(), ViewFault> {
    batch.execute(
        "INSERT INTO ledger_stream (one_row, revision) VALUES (1, ?1)
         ON CONFLICT (one_row) DO UPDATE SET revision = excluded.revision",
        params![int(recorded.revision.0)],
    )
}
