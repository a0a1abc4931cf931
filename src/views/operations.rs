//! Operations as queries see them: the long jobs of outside workers, begun and finished.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{Columns, int, micros};
use super::fault::ViewFault;
use super::fold::Batch;
use super::listing::{ALL_PROJECTS, Source, live_projects};
use super::store::Views;
use crate::domain::event::{OperationBegun, OperationFinished};
use crate::domain::ids::{DatasetId, OperationId, ProjectId};
use crate::domain::values::{DatasetStatus, OperationKind, OperationOutcome};
use crate::event_log::Recorded;

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationRow {
    /// Which.
    pub id: OperationId,
    /// The dataset on which it runs or ran.
    pub dataset: DatasetId,
    /// The project of that dataset.
    pub project: ProjectId,
    /// What it does.
    pub kind: OperationKind,
    /// The dataset's status before it.
    pub status_before: DatasetStatus,
    /// The actor who began it.
    pub started_by: Arc<str>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none: it runs.
    pub finished_at: Option<DateTime<Utc>>,
    /// How it ended; none: it runs.
    pub outcome: Option<OperationOutcome>,
}

const SOURCE: Source<OperationRow> = Source {
    columns: "o.id, o.dataset, o.project, o.kind, o.status_before, o.started_by, o.started_at,
        o.finished_at, o.outcome",
    from: "operations o",
    exists: live_projects!("o.project"),
    tie: "o.id",
    read,
};

static BY_ID: LazyLock<String> = LazyLock::new(|| SOURCE.select("o.id = ?1"));
/// Decisions look at operations also where nobody sees them any more.
static ANY_BY_ID: LazyLock<String> = LazyLock::new(|| {
    let every = Source {
        exists: ALL_PROJECTS,
        ..SOURCE
    };
    every.select("o.id = ?1")
});
static ACTIVE: LazyLock<String> =
    LazyLock::new(|| SOURCE.select("o.id = (SELECT d.operation FROM datasets d WHERE d.id = ?1)"));

fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<OperationRow> {
    Ok(OperationRow {
        id: columns.id(OperationId)?,
        dataset: columns.id(DatasetId)?,
        project: columns.id(ProjectId)?,
        kind: columns.word(OperationKind::from_word)?,
        status_before: columns.word(DatasetStatus::from_word)?,
        started_by: columns.text()?,
        started_at: columns.time()?,
        finished_at: columns.optional_time()?,
        outcome: columns.optional_word(OperationOutcome::from_word)?,
    })
}

impl Views {
    /// The operation of this id, running or ended.
    pub fn operation(&self, id: OperationId) -> Result<Option<OperationRow>, ViewFault> {
        self.read(|connection| one(connection, &BY_ID, id))
    }

    /// The operations of these ids, in their order, all of one position; unknown ids are left out.
    pub fn operations_by_ids(&self, ids: &[OperationId]) -> Result<Vec<OperationRow>, ViewFault> {
        self.read_together(|connection| {
            let rows = ids.iter().map(|id| one(connection, &BY_ID, *id));
            rows.filter_map(Result::transpose).collect()
        })
    }

    /// The operation that runs on this dataset.
    pub fn active_operation(&self, dataset: DatasetId) -> Result<Option<OperationRow>, ViewFault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&ACTIVE)?;
            let row =
                statement.query_row([dataset.0.as_bytes()], |row| read(&mut Columns::of(row)));
            Ok(row.optional()?)
        })
    }
}

/// The operation of this id, also in a deleted project, as this connection sees it.
pub(super) fn any_by_id(
    connection: &Connection,
    id: OperationId,
) -> Result<Option<OperationRow>, ViewFault> {
    one(connection, &ANY_BY_ID, id)
}

fn one(
    connection: &Connection,
    sql: &str,
    id: OperationId,
) -> Result<Option<OperationRow>, ViewFault> {
    let mut statement = connection.prepare_cached(sql)?;
    let row = statement.query_row([id.0.as_bytes()], |row| read(&mut Columns::of(row)));
    Ok(row.optional()?)
}

/// Must be folded before the dataset's status changes: the row keeps the status before.
pub(super) fn begun(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &OperationBegun,
) -> Result<(), ViewFault> {
    let head = batch.head(event.dataset, recorded)?;
    let (project, status_before) = (head.project, head.status);
    batch.execute(
        "INSERT INTO operations (position, id, dataset, project, kind, status_before, started_by,
             started_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            int(recorded.position.0),
            event.operation.0.as_bytes(),
            event.dataset.0.as_bytes(),
            project.0.as_bytes(),
            event.kind.word(),
            status_before.word(),
            recorded.context.actor,
            micros(recorded.recorded_at),
        ],
    )
}

pub(super) fn finished(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &OperationFinished,
) -> Result<(), ViewFault> {
    batch.change_one(
        ("operation", recorded),
        "UPDATE operations SET finished_at = ?2, outcome = ?3 WHERE id = ?1",
        params![
            event.operation.0.as_bytes(),
            micros(recorded.recorded_at),
            event.outcome.word(),
        ],
    )
}
