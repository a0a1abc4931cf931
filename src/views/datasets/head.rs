//! The part of a dataset's row that most events change.
//!
//! While a batch is folded it is read once, changed in memory by every event of the dataset's
//! stream, and written back once: a thousand events of one dataset cost one UPDATE.

use rusqlite::{Connection, OptionalExtension, params};

use super::PlacedVersion;
use crate::domain::event::DatasetWords;
use crate::domain::ids::{
    DatasetId, OperationId, Position, ProjectId, Revision, SnapshotId, TaskId,
};
use crate::domain::values::{DatasetStatus, Name, Version};
use crate::views::columns::{Columns, int};
use crate::views::fault::ViewFault;

/// What a dataset is while events of its stream are folded.
#[derive(Debug, Clone)]
pub(in crate::views) struct Head {
    /// The primary key of its rows.
    pub(in crate::views) position: Position,
    pub(in crate::views) project: ProjectId,
    /// The primary key of its project's row.
    pub(in crate::views) project_row: i64,
    pub(in crate::views) status: DatasetStatus,
    pub(in crate::views) snapshots_enabled: bool,
    /// In microseconds since 1970.
    pub(in crate::views) updated_at: i64,
    /// In microseconds since 1970.
    pub(in crate::views) deleted_at: Option<i64>,
    /// The last event of its stream.
    pub(in crate::views) revision: Revision,
    /// Where that event stands in the log.
    pub(in crate::views) last_position: Position,
    pub(in crate::views) version: PlacedVersion,
    pub(in crate::views) next_number: u32,
    pub(in crate::views) current_snapshot: Option<SnapshotId>,
    pub(in crate::views) operation: Option<OperationId>,
    pub(in crate::views) restore: Option<HeldRestore>,
}

/// The restore that holds a dataset, as its row keeps it.
#[derive(Debug, Clone)]
pub(in crate::views) struct HeldRestore {
    pub(in crate::views) task: TaskId,
    /// The version to go back to.
    pub(in crate::views) target: Revision,
    pub(in crate::views) snapshot: Option<SnapshotId>,
    pub(in crate::views) safety_snapshot: Option<SnapshotId>,
    pub(in crate::views) result_snapshot: Option<SnapshotId>,
    pub(in crate::views) words: Option<DatasetWords>,
    pub(in crate::views) status_before: DatasetStatus,
}

const SELECT: &str = "SELECT position, project,
     (SELECT p.position FROM projects p WHERE p.id = datasets.project), status,
     snapshots_enabled, updated_at, deleted_at, revision, last_position, version_position,
     version_revision, root, items, images, videos, bytes, next_number, current_snapshot,
     operation, restore_task, restore_target, restore_snapshot, restore_safety,
     restore_result, restore_name, restore_description, restore_status_before
 FROM datasets WHERE id = ?1";

const UPDATE: &str = "UPDATE datasets SET status = ?2, snapshots_enabled = ?3, updated_at = ?4,
     deleted_at = ?5, revision = ?6, last_position = ?7, version_position = ?8,
     version_revision = ?9, root = ?10, items = ?11, images = ?12, videos = ?13, bytes = ?14,
     next_number = ?15, current_snapshot = ?16, operation = ?17, restore_task = ?18,
     restore_target = ?19, restore_snapshot = ?20, restore_safety = ?21,
     restore_result = ?22, restore_name = ?23, restore_description = ?24,
     restore_status_before = ?25
 WHERE position = ?1";

impl Head {
    /// The head of this dataset; none when there is no such dataset.
    pub(in crate::views) fn load(
        connection: &Connection,
        dataset: DatasetId,
    ) -> Result<Option<Self>, ViewFault> {
        let mut statement = connection.prepare_cached(SELECT)?;
        let head = statement.query_row([dataset.0.as_bytes()], |row| {
            let mut columns = Columns::of(row);
            Ok(Self {
                position: columns.position()?,
                project: columns.id(ProjectId)?,
                project_row: columns.value()?,
                status: columns.word(DatasetStatus::from_word)?,
                snapshots_enabled: columns.value()?,
                updated_at: columns.value()?,
                deleted_at: columns.value()?,
                revision: columns.revision()?,
                last_position: columns.position()?,
                version: read_version(&mut columns)?,
                next_number: columns.value()?,
                current_snapshot: columns.optional_id(SnapshotId)?,
                operation: columns.optional_id(OperationId)?,
                restore: HeldRestore::read(&mut columns)?,
            })
        });
        Ok(head.optional()?)
    }

    /// Writes it back to its row.
    pub(in crate::views) fn store(&self, connection: &Connection) -> Result<(), ViewFault> {
        let Version {
            revision,
            root,
            counts,
        } = self.version.version;
        let restore = self.restore.as_ref();
        let words = restore.and_then(|restore| restore.words.as_ref());
        connection.prepare_cached(UPDATE)?.execute(params![
            int(self.position.0),
            self.status.word(),
            self.snapshots_enabled,
            self.updated_at,
            self.deleted_at,
            int(self.revision.0),
            int(self.last_position.0),
            int(self.version.position.0),
            int(revision.0),
            root.as_bytes(),
            int(counts.items),
            int(counts.images),
            int(counts.videos),
            int(counts.bytes),
            self.next_number,
            self.current_snapshot.map(|id| id.0.into_bytes()),
            self.operation.map(|id| id.0.into_bytes()),
            restore.map(|restore| restore.task.0.into_bytes()),
            restore.map(|restore| int(restore.target.0)),
            restore.and_then(|restore| Some(restore.snapshot?.0.into_bytes())),
            restore.and_then(|restore| Some(restore.safety_snapshot?.0.into_bytes())),
            restore.and_then(|restore| Some(restore.result_snapshot?.0.into_bytes())),
            words.map(|words| words.name.as_str()),
            words.map(|words| &words.description),
            restore.map(|restore| restore.status_before.word()),
        ])?;
        Ok(())
    }
}

impl HeldRestore {
    /// Eight columns: task, target, snapshot, safety snapshot, result snapshot, name, description,
    /// status before; none without a task.
    pub(in crate::views) fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Option<Self>> {
        let task = columns.optional_id(TaskId)?;
        let target = columns.optional_revision()?;
        let snapshot = columns.optional_id(SnapshotId)?;
        let safety_snapshot = columns.optional_id(SnapshotId)?;
        let result_snapshot = columns.optional_id(SnapshotId)?;
        let name = columns.optional_text()?.map(|text| Name::recorded(&text));
        let description = columns.optional_text()?;
        let status_before = columns.optional_word(DatasetStatus::from_word)?;
        Ok(match (task, target, status_before) {
            (Some(task), Some(target), Some(status_before)) => Some(Self {
                task,
                target,
                snapshot,
                safety_snapshot,
                result_snapshot,
                words: name
                    .zip(description)
                    .map(|(name, description)| DatasetWords { name, description }),
                status_before,
            }),
            (..) => None,
        })
    }
}

/// Seven columns: position, revision, root, and the counts.
pub(in crate::views) fn read_version(
    columns: &mut Columns<'_, '_>,
) -> rusqlite::Result<PlacedVersion> {
    Ok(PlacedVersion {
        position: columns.position()?,
        version: Version {
            revision: columns.revision()?,
            root: columns.digest()?,
            counts: columns.counts()?,
        },
    })
}
