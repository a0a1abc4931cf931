//! Versions as queries see them: one row for every event that made a dataset's content what it was.
//!
//! `fold.rs` obeys events, `queries.rs` finds rows.

pub(super) mod fold;
mod queries;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub(super) use queries::at_revision;

use super::datasets::PlacedVersion;
use crate::digest::Digest;
use crate::domain::ids::{DatasetId, SnapshotId};
use crate::domain::values::ChangeSummary;

/// A version of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// Its dataset.
    pub dataset: DatasetId,
    /// Its places in the log and in the dataset's stream, its root and what it holds.
    pub at: PlacedVersion,
    /// What made it.
    pub kind: VersionKind,
    /// The content root before it; none for the first.
    pub root_before: Option<Digest>,
    /// What changed. In a first version everything it holds counts as unchanged.
    pub summary: ChangeSummary,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub actor: Arc<str>,
    /// Why, in the actor's words.
    pub message: Option<Arc<str>>,
    /// For a restore to a snapshot: which.
    pub restored_from: Option<SnapshotId>,
}

/// What makes a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionKind {
    /// The dataset's creation.
    Created,
    /// A commit of items, also one that changed nothing.
    Committed,
    /// A restore.
    Restored,
}

impl VersionKind {
    /// The word for it, everywhere outside the code.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Committed => "COMMITTED",
            Self::Restored => "RESTORED",
        }
    }

    /// The kind of a word; none when it is not one of ours.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Created, Self::Committed, Self::Restored]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}
