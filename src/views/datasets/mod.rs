//! Datasets as queries see them: one row each, with the head of its content and what runs on it.
//!
//! `head.rs` holds the part of a row that most events change, `fold.rs` obeys events, `queries.rs`
//! finds rows.

pub(super) mod fold;
pub(super) mod head;
mod queries;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::listing::Direction;
use crate::digest::Digest;
use crate::domain::ids::{
    DatasetId, OperationId, Position, ProjectId, Revision, SnapshotId, TaskId,
};
use crate::domain::values::{DatasetStatus, Name, NameKey, Origin, Version};

/// A version and its place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedVersion {
    /// The event that made it: what its xact id tells.
    pub position: Position,
    /// Its place in the dataset's stream, its root and what it holds.
    pub version: Version,
}

/// A dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetRow {
    /// Which.
    pub id: DatasetId,
    /// Its project.
    pub project: ProjectId,
    /// Its name.
    pub name: Name,
    /// Its description; may be empty.
    pub description: Arc<str>,
    /// Its metadata: a JSON object in canonical text.
    pub metadata: Arc<str>,
    /// The actor who created it.
    pub owner: Arc<str>,
    /// What may be done with it now.
    pub status: DatasetStatus,
    /// Whether snapshots can be asked for.
    pub snapshots_enabled: bool,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its words, settings, status or content changed last; snapshots of it leave this.
    pub updated_at: DateTime<Utc>,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// The last event of its stream.
    pub revision: Revision,
    /// Its current version.
    pub head: PlacedVersion,
    /// Its current snapshot.
    pub current_snapshot: Option<SnapshotId>,
    /// The content root of the version that the current snapshot names.
    pub current_snapshot_root: Option<Digest>,
    /// The outside worker's operation that runs on it.
    pub active_operation: Option<OperationId>,
    /// The task of the restore that runs on it.
    pub active_restore: Option<TaskId>,
    /// For a clone: where its content came from.
    pub cloned_from: Option<Origin>,
}

impl DatasetRow {
    /// Whether its content is another than its current snapshot's, or it has none.
    pub fn is_modified(&self) -> bool {
        self.current_snapshot_root != Some(self.head.version.root)
    }
}

/// Which datasets a listing holds; the default: all live ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatasetFilter {
    /// Only these; of none, the listing is empty.
    pub ids: Option<Vec<DatasetId>>,
    /// Their name, whatever the case.
    pub name: Option<NameKey>,
    /// Their names contain this, whatever the case.
    pub name_contains: Option<String>,
    /// Their status is one of these; of none, the listing is empty.
    pub statuses: Option<Vec<DatasetStatus>>,
    /// Whether their content differs from their current snapshot's.
    pub modified: Option<bool>,
}

/// How a listing of datasets is sorted; the default: newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatasetOrder {
    /// By what.
    pub field: DatasetOrderField,
    /// Which way.
    pub direction: Direction,
}

impl Default for DatasetOrder {
    fn default() -> Self {
        Self {
            field: DatasetOrderField::CreatedAt,
            direction: Direction::Descending,
        }
    }
}

/// What datasets can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetOrderField {
    /// The name, without its case.
    Name,
    /// The creation.
    CreatedAt,
    /// The last change.
    UpdatedAt,
    /// The number of items at the head.
    ItemCount,
}
