//! Finding single snapshots, and batches of them by what they belong to.
//!
//! Deleted ones, and those of deleted datasets, are hidden but for those who ask by id and say so.

use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension};

use super::{MADE_NAME_MARK, SnapshotRow, shown_name};
use crate::domain::event::TrainedModel;
use crate::domain::ids::{DatasetId, Position, ProjectId, SnapshotId};
use crate::domain::values::{Name, NameKey, SnapshotReason};
use crate::views::columns::Columns;
use crate::views::datasets::head::read_version;
use crate::views::fault::ViewFault;
use crate::views::listing::{Source, live_projects};
use crate::views::store::Views;

pub(super) const SOURCE: Source<SnapshotRow> = Source {
    columns: "s.id, d.id, d.project, s.number, s.given_name, s.description, s.reason,
        s.version_position, s.version_revision, s.root, s.items, s.images, s.videos, s.bytes,
        s.asked_position, s.position, s.created_at, s.created_by, s.updated_at, s.deleted_at,
        s.dataset_name, s.dataset_description, s.model_id, s.model_name, s.restored_from,
        d.current_snapshot IS s.id, d.restore_snapshot IS s.id, d.deleted_at",
    from: "snapshots s JOIN datasets d ON d.position = s.dataset_row",
    exists: live_projects!("d.project"),
    tie: "s.id",
    read,
};

static BY_ID: LazyLock<String> = LazyLock::new(|| SOURCE.select("s.id = ?1"));
static BY_GIVEN_NAME: LazyLock<String> = LazyLock::new(|| by_name("s.given_name IS NOT NULL"));
/// Reads the nameless snapshots of the dataset from the newest back.
static BY_MADE_NAME: LazyLock<String> = LazyLock::new(|| by_name("s.given_name IS NULL"));
static OF_VERSION: LazyLock<String> = LazyLock::new(|| {
    let found =
        SOURCE.select("s.version_position = ?1 AND s.deleted_at IS NULL AND d.deleted_at IS NULL");
    format!("{found} ORDER BY s.position LIMIT {SNAPSHOTS_OF_VERSION_MAX}")
});

/// Reads the live snapshots of the dataset from the newest back.
static NEWEST: LazyLock<String> = LazyLock::new(|| {
    let found = SOURCE.select(
        "s.dataset_row = (SELECT position FROM datasets WHERE id = ?1)
             AND s.deleted_at IS NULL AND d.deleted_at IS NULL",
    );
    format!("{found} ORDER BY s.position DESC LIMIT 1")
});

/// The most snapshots that are told of one version; the oldest are told.
pub const SNAPSHOTS_OF_VERSION_MAX: usize = 1_000;

fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<SnapshotRow> {
    let id = columns.id(SnapshotId)?;
    let dataset = columns.id(DatasetId)?;
    let project = columns.id(ProjectId)?;
    let number = columns.value()?;
    let given_name = columns.optional_text()?.map(|text| Name::recorded(&text));
    let description = columns.text()?;
    let reason = columns.word(SnapshotReason::from_word)?;
    let version = read_version(columns)?;
    let asked = columns.optional_position()?;
    let created_position = columns.position()?;
    let created_at = columns.time()?;
    let created_by = columns.text()?;
    let updated_at = columns.time()?;
    let deleted_at = columns.optional_time()?;
    let dataset_name = columns.name()?;
    let shown_name = shown_name(given_name.as_ref(), &dataset_name, id);
    Ok(SnapshotRow {
        id,
        dataset,
        project,
        number,
        given_name,
        shown_name: shown_name.as_str().into(),
        description,
        reason,
        version,
        asked,
        created_position,
        created_at,
        created_by,
        updated_at,
        deleted_at,
        dataset_name,
        dataset_description: columns.text()?,
        trained_model: read_model(columns)?,
        restored_from: columns.optional_id(SnapshotId)?,
        is_current: columns.value()?,
        is_restoring: columns.value()?,
        dataset_deleted_at: columns.optional_time()?,
    })
}

/// Two columns: id and name; none when both are null.
fn read_model(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Option<TrainedModel>> {
    let id = columns.optional_id(std::convert::identity)?;
    let name = columns.optional_text()?;
    let known = id.is_some() || name.is_some();
    Ok(known.then_some(TrainedModel { id, name }))
}

impl Views {
    /// The live snapshot of this id.
    pub fn snapshot(&self, id: SnapshotId) -> Result<Option<SnapshotRow>, ViewFault> {
        let row = self.snapshot_even_deleted(id)?;
        Ok(row.filter(SnapshotRow::is_live))
    }

    /// The snapshot of this id, also a deleted one or a deleted dataset's.
    pub fn snapshot_even_deleted(&self, id: SnapshotId) -> Result<Option<SnapshotRow>, ViewFault> {
        self.read(|connection| by_id(connection, id))
    }

    /// The live snapshots of these ids, in their order, all of one position; others are left out.
    pub fn snapshots_by_ids(&self, ids: &[SnapshotId]) -> Result<Vec<SnapshotRow>, ViewFault> {
        let mut rows = self.snapshots_by_ids_even_deleted(ids)?;
        rows.retain(SnapshotRow::is_live);
        Ok(rows)
    }

    /// The snapshots of these ids, also deleted ones, in their order, all of one position.
    pub fn snapshots_by_ids_even_deleted(
        &self,
        ids: &[SnapshotId],
    ) -> Result<Vec<SnapshotRow>, ViewFault> {
        self.read_together(|connection| {
            let rows = ids.iter().map(|id| by_id(connection, *id));
            rows.filter_map(Result::transpose).collect()
        })
    }

    /// The live snapshot of the dataset that shows this name, whatever the case. One that was
    /// given it goes before one whose made name happens to equal it; then the newest.
    pub fn snapshot_by_name(
        &self,
        dataset: DatasetId,
        name: &NameKey,
    ) -> Result<Option<SnapshotRow>, ViewFault> {
        let find = |connection: &Connection, sql: &str| {
            let mut statement = connection.prepare_cached(sql)?;
            let row = statement.query_row((dataset.0.as_bytes(), name.as_str()), |row| {
                read(&mut Columns::of(row))
            });
            Ok(row.optional()?)
        };
        self.read_together(|connection| {
            let given = find(connection, &BY_GIVEN_NAME)?;
            if given.is_some() || !name.as_str().contains(MADE_NAME_MARK) {
                return Ok(given);
            }
            find(connection, &BY_MADE_NAME)
        })
    }

    /// The newest live snapshot of each of these datasets, in their order, all of one position;
    /// datasets without one are left out.
    pub fn newest_snapshots(&self, datasets: &[DatasetId]) -> Result<Vec<SnapshotRow>, ViewFault> {
        self.read_together(|connection| {
            let mut statement = connection.prepare_cached(&NEWEST)?;
            let mut rows = Vec::with_capacity(datasets.len());
            for dataset in datasets {
                let row =
                    statement.query_row([dataset.0.as_bytes()], |row| read(&mut Columns::of(row)));
                rows.extend(row.optional()?);
            }
            Ok(rows)
        })
    }

    /// The live snapshots that name the versions made at these positions, oldest first within a
    /// version; all of one position. At most [`SNAPSHOTS_OF_VERSION_MAX`] of each version.
    pub fn snapshots_of_versions(
        &self,
        versions: &[Position],
    ) -> Result<Vec<SnapshotRow>, ViewFault> {
        self.read_together(|connection| {
            let mut statement = connection.prepare_cached(&OF_VERSION)?;
            let mut rows = Vec::new();
            for version in versions {
                let found = statement
                    .query_map([version.0.cast_signed()], |row| read(&mut Columns::of(row)))?;
                for row in found {
                    rows.push(row?);
                }
            }
            Ok(rows)
        })
    }
}

fn by_name(condition: &str) -> String {
    let found = SOURCE.select(&format!(
        "s.dataset_row = (SELECT position FROM datasets WHERE id = ?1) AND s.name_key = ?2
             AND {condition} AND s.deleted_at IS NULL AND d.deleted_at IS NULL"
    ));
    format!("{found} ORDER BY s.position DESC LIMIT 1")
}

fn by_id(connection: &Connection, id: SnapshotId) -> Result<Option<SnapshotRow>, ViewFault> {
    let mut statement = connection.prepare_cached(&BY_ID)?;
    let row = statement.query_row([id.0.as_bytes()], |row| read(&mut Columns::of(row)));
    Ok(row.optional()?)
}
