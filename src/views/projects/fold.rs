//! What happens to projects, and to the names of datasets in them, as rows.

use rusqlite::{OptionalExtension, params};

use crate::domain::event::{
    DatasetListed, DatasetUnlisted, ProjectCreated, ProjectDeleted, ProjectUpdated,
};
use crate::domain::ids::ProjectId;
use crate::domain::values::{Name, NameKey};
use crate::event_log::Recorded;
use crate::views::columns::{int, micros};
use crate::views::fault::ViewFault;
use crate::views::fold::Batch;

pub(in crate::views) fn created(
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

pub(in crate::views) fn updated(
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

pub(in crate::views) fn deleted(
    batch: &mut Batch<'_>,
    event: &ProjectDeleted,
) -> Result<(), ViewFault> {
    batch.execute(
        "INSERT OR IGNORE INTO deleted_projects (id) VALUES (?1)",
        params![event.project.0.as_bytes()],
    )
}

pub(in crate::views) fn listed(
    batch: &mut Batch<'_>,
    event: &DatasetListed,
) -> Result<(), ViewFault> {
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

pub(in crate::views) fn unlisted(
    batch: &mut Batch<'_>,
    event: &DatasetUnlisted,
) -> Result<(), ViewFault> {
    batch.execute(
        "DELETE FROM listed_names WHERE dataset = ?1",
        params![event.dataset.0.as_bytes()],
    )
}

/// The primary key of a project's row.
pub(in crate::views) fn row_of(
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
pub(in crate::views) fn advance(
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

/// The ledger's own stream has come to this event.
pub(in crate::views) fn advance_directory(
    batch: &Batch<'_>,
    recorded: &Recorded,
) -> Result<(), ViewFault> {
    batch.execute(
        "INSERT INTO ledger_stream (one_row, revision) VALUES (1, ?1)
         ON CONFLICT (one_row) DO UPDATE SET revision = excluded.revision",
        params![int(recorded.revision.0)],
    )
}
