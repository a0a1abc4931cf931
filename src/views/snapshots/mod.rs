//! Snapshots as queries see them: one row each, with the version it names.
//!
//! `fold.rs` obeys events, `queries.rs` finds single rows and batches of them, `pages.rs` lists.

pub(super) mod fold;
mod pages;
mod queries;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use queries::SNAPSHOTS_OF_VERSION_MAX;

use super::columns::int;
use super::datasets::PlacedVersion;
use super::listing::{Direction, SortKey, SortValue};
use crate::domain::event::TrainedModel;
use crate::domain::ids::{DatasetId, Position, ProjectId, SnapshotId};
use crate::domain::values::{Name, NameKey, SnapshotReason};

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Which.
    pub id: SnapshotId,
    /// Its dataset.
    pub dataset: DatasetId,
    /// The project of its dataset.
    pub project: ProjectId,
    /// 1, 2, 3… in its dataset, never given twice.
    pub number: u32,
    /// The name a caller gave.
    pub given_name: Option<Name>,
    /// The name given, else `{dataset name at its creation}_snapshot_{first 8 of the id}`.
    pub shown_name: Arc<str>,
    /// Its description; may be empty.
    pub description: Arc<str>,
    /// Why it was made.
    pub reason: SnapshotReason,
    /// The version it names.
    pub version: PlacedVersion,
    /// The position by which that version was asked for, if any.
    pub asked: Option<Position>,
    /// The event that made it.
    pub created_position: Position,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The actor who made it.
    pub created_by: Arc<str>,
    /// When it was made, renamed, moved, deleted or undeleted last.
    pub updated_at: DateTime<Utc>,
    /// When it was deleted; none: it is live, unless its dataset is deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Its dataset's name when it was made.
    pub dataset_name: Name,
    /// Its dataset's description when it was made.
    pub dataset_description: Arc<str>,
    /// The model trained on it.
    pub trained_model: Option<TrainedModel>,
    /// For one made after a restore: the snapshot restored.
    pub restored_from: Option<SnapshotId>,
    /// Whether it is its dataset's current snapshot.
    pub is_current: bool,
    /// Whether a restore to it runs.
    pub is_restoring: bool,
    /// When its dataset was deleted.
    pub dataset_deleted_at: Option<DateTime<Utc>>,
}

impl SnapshotRow {
    /// The position by which its version was asked for, else the one that made it.
    pub fn place(&self) -> Position {
        self.asked.unwrap_or(self.version.position)
    }

    /// Where it stands in listings by creation, newest or oldest first.
    pub fn creation_key(&self) -> SortKey {
        SortKey {
            value: SortValue::Int(int(self.created_position.0)),
            tie: self.id.0,
        }
    }

    /// Whether neither it nor its dataset is deleted.
    pub const fn is_live(&self) -> bool {
        self.deleted_at.is_none() && self.dataset_deleted_at.is_none()
    }
}

/// What stands in a made name between the dataset's name and the first digits of the id.
const MADE_NAME_MARK: &str = "_snapshot_";

/// The name that a snapshot without a given one shows.
pub(super) fn shown_name(given: Option<&Name>, dataset_name: &Name, id: SnapshotId) -> Name {
    given.cloned().unwrap_or_else(|| {
        let id = id.0.simple().to_string();
        let (first_digits, _) = id.split_at(8);
        Name::recorded(&format!("{dataset_name}{MADE_NAME_MARK}{first_digits}"))
    })
}

/// Which snapshots a listing holds; the default: all live ones. Snapshots of deleted datasets are
/// in none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SnapshotFilter {
    /// Only those of this dataset.
    pub dataset: Option<DatasetId>,
    /// Only these; of none, the listing is empty.
    pub ids: Option<Vec<SnapshotId>>,
    /// The number in their dataset.
    pub number: Option<u32>,
    /// The name that they were given, whatever the case.
    pub given_name: Option<NameKey>,
    /// The position by which their version was asked for; for one whose was not asked for so, the
    /// position that made it.
    pub place: Option<Position>,
    /// The names they show contain this, whatever the case.
    pub name_contains: Option<String>,
    /// Their reason is one of these; of none, the listing is empty.
    pub reasons: Option<Vec<SnapshotReason>>,
    /// The actor who made them.
    pub created_by: Option<Arc<str>>,
    /// Made after this time.
    pub created_after: Option<DateTime<Utc>>,
    /// Made before this time.
    pub created_before: Option<DateTime<Utc>>,
    /// Whether live or deleted ones.
    pub deleted: DeletedSnapshots,
}

/// What becomes of deleted snapshots in a listing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeletedSnapshots {
    /// Only live ones are listed.
    #[default]
    Hidden,
    /// Only deleted ones are listed.
    Only,
    /// Both are listed.
    Included,
}

/// How a listing of snapshots is sorted; the default: newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotOrder {
    /// By what.
    pub field: SnapshotOrderField,
    /// Which way.
    pub direction: Direction,
}

impl Default for SnapshotOrder {
    fn default() -> Self {
        Self {
            field: SnapshotOrderField::CreatedAt,
            direction: Direction::Descending,
        }
    }
}

/// What snapshots can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotOrderField {
    /// The number in the dataset.
    Number,
    /// The name shown, without its case.
    Name,
    /// The creation.
    CreatedAt,
    /// The last change.
    UpdatedAt,
    /// The number of items in the version named.
    ItemCount,
}
