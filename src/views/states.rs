//! The states that decisions see, rebuilt from rows: exactly what the fold of the stream up to the
//! views' position gives. Each is read in one transaction; its revision tells where to read on.

use rusqlite::{Connection, OptionalExtension};

use super::columns::Columns;
use super::datasets::PlacedVersion;
use super::datasets::head::{HeldRestore, read_version};
use super::fault::ViewFault;
use super::store::Views;
use super::{api_keys, operations, projects, tasks, versions};
use crate::domain::dataset::{Dataset, RunningRestore, SnapshotState, Snapshots};
use crate::domain::event::TaskWork;
use crate::domain::ids::{DatasetId, OperationId, ProjectId, Revision, SnapshotId, TaskId};
use crate::domain::project::Project;
use crate::domain::task::Task;
use crate::domain::values::{
    DatasetStatus, Name, RunningOperation, SnapshotReason, TaskKind, Version,
};
use crate::domain::{Access, Directory};

impl Views {
    /// The state of this dataset, also a deleted one. Takes time in proportion to its snapshots.
    pub fn dataset_state(&self, id: DatasetId) -> Result<Option<Dataset>, ViewFault> {
        self.read_together(|connection| dataset(connection, id))
    }

    /// The state of this project, also a deleted one. Takes time in proportion to its live
    /// datasets.
    pub fn project_state(&self, id: ProjectId) -> Result<Option<Project>, ViewFault> {
        self.read_together(|connection| project(connection, id))
    }

    /// The state of the access stream. Takes time in proportion to the keys that are live.
    pub fn access_state(&self) -> Result<Option<Access>, ViewFault> {
        self.read_together(api_keys::state)
    }

    /// The state of the ledger's stream. Takes time in proportion to the live projects.
    pub fn directory_state(&self) -> Result<Option<Directory>, ViewFault> {
        self.read_together(projects::directory)
    }

    /// The state of this task.
    pub fn task_state(&self, id: TaskId) -> Result<Option<Task>, ViewFault> {
        self.read_together(|connection| task(connection, id))
    }
}

fn dataset(connection: &Connection, id: DatasetId) -> Result<Option<Dataset>, ViewFault> {
    let Some((mut state, operation, restore)) = dataset_row(connection, id)? else {
        return Ok(None);
    };
    state.snapshots = snapshots(connection, id)?;
    if let Some(operation) = operation {
        let row = operations::any_by_id(connection, operation)?.ok_or_else(no_row)?;
        state.operation = Some(RunningOperation {
            id: row.id,
            kind: row.kind,
            status_before: row.status_before,
        });
    }
    if let Some(restore) = restore {
        state.restore = Some(RunningRestore {
            task: restore.task,
            target: version(connection, id, restore.target)?,
            snapshot: restore.snapshot,
            safety_snapshot: restore.safety_snapshot,
            result_snapshot: restore.result_snapshot,
            words: restore.words,
            status_before: restore.status_before,
        });
    }
    Ok(Some(state))
}

/// A dataset without its snapshots and what runs on it, and beside it what runs.
type DatasetParts = (Dataset, Option<OperationId>, Option<HeldRestore>);

fn dataset_row(connection: &Connection, id: DatasetId) -> Result<Option<DatasetParts>, ViewFault> {
    let mut statement = connection.prepare_cached(
        "SELECT d.project, d.revision, d.name, t.description, t.metadata, d.status,
             d.snapshots_enabled, d.deleted_at IS NOT NULL,
             d.version_position, d.version_revision, d.root, d.items, d.images, d.videos, d.bytes,
             d.current_snapshot, d.next_number, d.operation,
             d.restore_task, d.restore_target, d.restore_snapshot, d.restore_safety,
             d.restore_result, d.restore_name, d.restore_description, d.restore_status_before
         FROM datasets d JOIN dataset_texts t ON t.position = d.position
         WHERE d.id = ?1",
    )?;
    let parts = statement.query_row([id.0.as_bytes()], |row| {
        let mut columns = Columns::of(row);
        let state = Dataset {
            id,
            project: columns.id(ProjectId)?,
            revision: columns.revision()?,
            name: columns.name()?,
            description: columns.text()?,
            metadata: columns.text()?,
            status: columns.word(DatasetStatus::from_word)?,
            snapshots_enabled: columns.value()?,
            deleted: columns.value()?,
            head: read_version(&mut columns)?.version,
            current: columns.optional_id(SnapshotId)?,
            next_number: columns.value()?,
            snapshots: Snapshots::default(),
            operation: None,
            restore: None,
        };
        let operation = columns.optional_id(OperationId)?;
        Ok((state, operation, HeldRestore::read(&mut columns)?))
    });
    Ok(parts.optional()?)
}

fn snapshots(connection: &Connection, dataset: DatasetId) -> Result<Snapshots, ViewFault> {
    let mut statement = connection.prepare_cached(
        "SELECT id, number, given_name, reason, version_position, version_revision, root, items,
             images, videos, bytes, asked_position, deleted_at IS NOT NULL
         FROM snapshots
         WHERE dataset_row = (SELECT position FROM datasets WHERE id = ?1) ORDER BY position",
    )?;
    let found = statement.query_map([dataset.0.as_bytes()], |row| {
        let mut columns = Columns::of(row);
        Ok(SnapshotState {
            id: columns.id(SnapshotId)?,
            number: columns.value()?,
            name: columns.optional_text()?.map(|text| Name::recorded(&text)),
            reason: columns.word(SnapshotReason::from_word)?,
            version: read_version(&mut columns)?.version,
            asked: columns.optional_position()?,
            deleted: columns.value()?,
        })
    })?;
    let mut snapshots = Snapshots::default();
    for snapshot in found {
        snapshots.put(snapshot?);
    }
    Ok(snapshots)
}

fn project(connection: &Connection, id: ProjectId) -> Result<Option<Project>, ViewFault> {
    let Some((revision, deleted)) = projects::revision_even_deleted(connection, id)? else {
        return Ok(None);
    };
    let mut statement =
        connection.prepare_cached("SELECT dataset, name FROM listed_names WHERE project = ?1")?;
    let listed = statement
        .query_map([id.0.as_bytes()], |row| {
            let mut columns = Columns::of(row);
            Ok((columns.id(DatasetId)?, columns.name()?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut state = Project::at(id, revision, listed);
    state.deleted = deleted;
    Ok(Some(state))
}

fn task(connection: &Connection, id: TaskId) -> Result<Option<Task>, ViewFault> {
    let Some(row) = tasks::any_by_id(connection, id)? else {
        return Ok(None);
    };
    let work = match row.kind {
        TaskKind::SnapshotRestore => TaskWork::Restore {
            target: version(connection, row.dataset, row.target.ok_or_else(no_row)?)?,
            snapshot: row.snapshot,
        },
        TaskKind::SnapshotClone => TaskWork::Clone {
            snapshot: row.snapshot,
        },
        TaskKind::Import => TaskWork::Import {
            mode: row.mode.ok_or_else(no_row)?,
        },
    };
    Ok(Some(Task {
        id,
        project: row.project,
        dataset: row.dataset,
        revision: row.revision,
        work,
        phase: row.phase,
        lease: row.lease,
    }))
}

fn version(
    connection: &Connection,
    dataset: DatasetId,
    revision: Revision,
) -> Result<Version, ViewFault> {
    let placed: Option<PlacedVersion> = versions::at_revision(connection, dataset, revision)?;
    Ok(placed.ok_or_else(no_row)?.version)
}

/// What one row names, another table does not have: the file is broken.
const fn no_row() -> ViewFault {
    ViewFault::Storage(rusqlite::Error::QueryReturnedNoRows)
}
