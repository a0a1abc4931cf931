//! Projects as queries see them, and which dataset has which name in each.

pub(super) mod fold;
mod states;

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, ToSql};
use uuid::Uuid;

use super::columns::Columns;
use super::fault::ViewFault;
use super::listing::{
    Conditions, Direction, Listing, Page, Scope, Slice, Sort, SortKey, Source, blob, creation_key,
    live_projects, word,
};
use super::store::Views;
use crate::domain::ids::{ProjectId, Revision};
use crate::domain::values::{Name, NameKey};

pub(super) use states::{directory, revision_even_deleted};

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
