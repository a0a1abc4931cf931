//! What decisions about projects begin with: how far a project's stream is, and the directory of
//! them all.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::Directory;
use crate::domain::directory::ListedProject;
use crate::domain::ids::{ProjectId, Revision};
use crate::views::columns::Columns;
use crate::views::fault::ViewFault;

/// The last folded event of a project's stream, and whether it was deleted.
pub(in crate::views) fn revision_even_deleted(
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
pub(in crate::views) fn directory(connection: &Connection) -> Result<Option<Directory>, ViewFault> {
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
