//! Finding versions: by their place in the log, by the event that made them, newest first.

use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension, ToSql};

use super::{VersionKind, VersionRow};
use crate::domain::ids::{DatasetId, Position, Revision, SnapshotId};
use crate::views::columns::{Columns, int};
use crate::views::datasets::PlacedVersion;
use crate::views::datasets::head::read_version;
use crate::views::fault::ViewFault;
use crate::views::listing::{
    ALL_PROJECTS, Conditions, Direction, Listing, Page, Slice, Sort, Source, blob, live_projects,
};
use crate::views::store::Views;

const SOURCE: Source<VersionRow> = Source {
    columns: "d.id, v.position, v.revision, v.root, v.items, v.images, v.videos, v.bytes,
        v.kind, v.root_before, v.added, v.removed, v.modified, v.unchanged, v.created_at, v.actor,
        v.message, v.restored_from",
    from: "versions v JOIN datasets d ON d.position = v.dataset_row",
    exists: live_projects!("d.project"),
    tie: "d.id",
    read,
};

/// Decisions name versions so, also on what nobody sees any more.
static BY_REVISION: LazyLock<String> = LazyLock::new(|| {
    let every = Source {
        exists: ALL_PROJECTS,
        ..SOURCE
    };
    every.select("d.id = ?1 AND v.revision = ?2")
});
static NEWEST_AT: LazyLock<String> = LazyLock::new(|| {
    let found = SOURCE.select("d.id = ?1 AND v.position <= ?2");
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
    conditions.and("d.id = ?", [blob(dataset.0)]);
    Listing {
        source: &SOURCE,
        conditions,
        sort: Sort::Unique("v.position"),
        direction: Direction::Descending,
    }
}

/// The version that this event of the dataset's stream made, as this connection sees it.
pub(in crate::views) fn at_revision(
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::tests::plans;

    #[test]
    fn newest_first_is_read_from_an_index() {
        let listing = of_dataset(DatasetId(uuid::Uuid::nil()));
        plans::check(
            &listing,
            "versions_of_dataset (dataset_row=? AND rowid>? AND rowid<?)",
        );
    }
}
