//! Versions as queries see them: one row for every event that made a dataset's content what it was.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::columns::{Columns, int, micros};
use super::datasets::PlacedVersion;
use super::datasets::head::read_version;
use super::fault::ViewFault;
use super::fold::Batch;
use super::listing::{Conditions, Direction, Listing, Page, Slice, Sort, Source, blob};
use super::store::Views;
use crate::digest::Digest;
use crate::domain::event::{DatasetCreated, ItemsCommitted, SnapshotRestored};
use crate::domain::ids::{DatasetId, Position, Revision, SnapshotId};
use crate::domain::values::{ChangeSummary, Version};
use crate::event_log::Recorded;

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

const SOURCE: Source<VersionRow> = Source {
    columns: "v.dataset, v.position, v.revision, v.root, v.items, v.images, v.videos, v.bytes,
        v.kind, v.root_before, v.added, v.removed, v.modified, v.unchanged, v.created_at, v.actor,
        v.message, v.restored_from",
    from: "versions v",
    tie: "v.dataset",
    read,
};

static BY_REVISION: LazyLock<String> =
    LazyLock::new(|| SOURCE.select("v.dataset = ?1 AND v.revision = ?2"));
static NEWEST_AT: LazyLock<String> = LazyLock::new(|| {
    let found = SOURCE.select("v.dataset = ?1 AND v.position <= ?2");
    format!("{found} ORDER BY v.position DESC LIMIT 1")
});

fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<VersionRow> {
    Ok(VersionRow {
        dataset: columns.id(DatasetId)?,
        at: read_version(columns)?,
        kind: columns.word(VersionKind::from_word)?,
        root_before: columns.optional_digest()?,
        summary: columns.optional_summary()?.unwrap_or_default(),
        created_at: columns.time()?,
        actor: columns.text()?,
        message: columns.optional_text()?,
        restored_from: columns.optional_id(SnapshotId)?,
    })
}

impl Views {
    /// A page of a dataset's versions, newest first; also of a deleted dataset.
    pub fn versions(
        &self,
        dataset: DatasetId,
        page: &Page,
    ) -> Result<Slice<VersionRow>, ViewFault> {
        let listing = of_dataset(dataset);
        self.read_together(|connection| listing.page(connection, page))
    }

    /// How many versions a dataset has.
    pub fn version_count(&self, dataset: DatasetId) -> Result<u64, ViewFault> {
        let listing = of_dataset(dataset);
        self.read(|connection| listing.count(connection))
    }

    /// The newest version of a dataset made at or before a position; none before its first.
    pub fn version_at(
        &self,
        dataset: DatasetId,
        position: Position,
    ) -> Result<Option<VersionRow>, ViewFault> {
        self.read(|connection| one(connection, &NEWEST_AT, dataset, int(position.0)))
    }

    /// The version that this event of the dataset's stream made; none when it made none.
    pub fn version_by_revision(
        &self,
        dataset: DatasetId,
        revision: Revision,
    ) -> Result<Option<VersionRow>, ViewFault> {
        self.read(|connection| at_revision_row(connection, dataset, revision))
    }

    /// The version with which the dataset began.
    pub fn first_version(&self, dataset: DatasetId) -> Result<Option<VersionRow>, ViewFault> {
        self.version_by_revision(dataset, Revision::FIRST)
    }
}

fn of_dataset(dataset: DatasetId) -> Listing<'static, VersionRow> {
    let mut conditions = Conditions::default();
    conditions.and("v.dataset = ?", [blob(dataset.0)]);
    Listing {
        source: &SOURCE,
        conditions,
        sort: Sort::Unique("v.position"),
        direction: Direction::Descending,
    }
}

/// The version that this event of the dataset's stream made, as this connection sees it.
pub(super) fn at_revision(
    connection: &Connection,
    dataset: DatasetId,
    revision: Revision,
) -> Result<Option<PlacedVersion>, ViewFault> {
    Ok(at_revision_row(connection, dataset, revision)?.map(|row| row.at))
}

fn at_revision_row(
    connection: &Connection,
    dataset: DatasetId,
    revision: Revision,
) -> Result<Option<VersionRow>, ViewFault> {
    one(connection, &BY_REVISION, dataset, int(revision.0))
}

fn one(
    connection: &Connection,
    sql: &str,
    dataset: DatasetId,
    place: i64,
) -> Result<Option<VersionRow>, ViewFault> {
    let mut statement = connection.prepare_cached(sql)?;
    let values: [&dyn ToSql; 2] = [dataset.0.as_bytes(), &place];
    let row = statement.query_row(&values[..], |row| read(&mut Columns::of(row)));
    Ok(row.optional()?)
}

pub(super) fn created(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &DatasetCreated,
) -> Result<(), ViewFault> {
    let version = Version {
        revision: recorded.revision,
        root: event.root,
        counts: event.counts,
    };
    let made = Made {
        kind: VersionKind::Created,
        root_before: None,
        summary: ChangeSummary {
            unchanged: event.counts.items,
            ..ChangeSummary::default()
        },
        message: None,
        restored_from: None,
    };
    insert(batch, recorded, event.dataset, version, &made)
}

pub(super) fn committed(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &ItemsCommitted,
) -> Result<(), ViewFault> {
    let version = Version {
        revision: recorded.revision,
        root: event.root,
        counts: event.counts,
    };
    let made = Made {
        kind: VersionKind::Committed,
        root_before: Some(event.root_before),
        summary: event.summary,
        message: event.message.as_deref(),
        restored_from: None,
    };
    insert(batch, recorded, event.dataset, version, &made)
}

pub(super) fn restored(
    batch: &mut Batch<'_>,
    recorded: &Recorded,
    event: &SnapshotRestored,
) -> Result<(), ViewFault> {
    let version = Version {
        revision: recorded.revision,
        ..event.target
    };
    let made = Made {
        kind: VersionKind::Restored,
        root_before: Some(event.root_before),
        summary: event.summary,
        message: None,
        restored_from: event.snapshot,
    };
    insert(batch, recorded, event.dataset, version, &made)
}

/// What is told of a version beside its content.
struct Made<'event> {
    kind: VersionKind,
    root_before: Option<Digest>,
    summary: ChangeSummary,
    message: Option<&'event str>,
    restored_from: Option<SnapshotId>,
}

fn insert(
    batch: &Batch<'_>,
    recorded: &Recorded,
    dataset: DatasetId,
    version: Version,
    made: &Made<'_>,
) -> Result<(), ViewFault> {
    let (counts, summary) = (version.counts, made.summary);
    batch.execute(
        "INSERT INTO versions (position, dataset, revision, kind, root, items, images, videos,
             bytes, root_before, added, removed, modified, unchanged, created_at, actor, message,
             restored_from)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        params![
            int(recorded.position.0),
            dataset.0.as_bytes(),
            int(version.revision.0),
            made.kind.word(),
            version.root.as_bytes(),
            int(counts.items),
            int(counts.images),
            int(counts.videos),
            int(counts.bytes),
            made.root_before.map(|root| *root.as_bytes()),
            int(summary.added),
            int(summary.removed),
            int(summary.modified),
            int(summary.unchanged),
            micros(recorded.recorded_at),
            recorded.context.actor,
            made.message,
            made.restored_from.map(|id| id.0.into_bytes()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::tests::plans;

    #[test]
    fn newest_first_is_read_from_an_index() {
        let listing = of_dataset(DatasetId(uuid::Uuid::nil()));
        plans::check(
            &listing,
            "versions_of_dataset (dataset=? AND rowid>? AND rowid<?)",
        );
    }
}
