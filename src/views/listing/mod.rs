//! Listings in pages, by the place of a row in its order: a row that is added or removed elsewhere
//! neither repeats nor skips another. Pages that are numbered, by offset, are for the foreign API
//! alone that asks for such.
//!
//! A listing knows its tables, its conditions and its order, and nothing of what the rows mean.

mod numbered;
mod query;
mod sort_key;
mod source;

pub use numbered::Numbered;
pub(super) use query::{Conditions, Listing, Sort, blob, folded, word};
pub(super) use sort_key::creation_key;
pub use sort_key::{NotASortKey, SortKey, SortValue};
pub(super) use source::{ALL_PROJECTS, Source, live_projects};

use crate::domain::ids::ProjectId;

/// The most rows of one page; asking for more gives this many.
pub const PAGE_ROWS_MAX: usize = 1_000;

/// The projects of which a caller may see anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every project.
    All,
    /// These and no other; none of them: nothing.
    Only(Vec<ProjectId>),
}

/// The part of a listing that is asked for: what lies between two places, from one end of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// From which end, and how many.
    pub take: Take,
    /// Only what comes after this place in the listing.
    pub after: Option<SortKey>,
    /// Only what comes before this place in the listing.
    pub before: Option<SortKey>,
}

impl Page {
    /// The first rows of a listing.
    pub const fn first(rows: usize) -> Self {
        Self {
            take: Take::First(rows),
            after: None,
            before: None,
        }
    }
}

/// How many rows, from which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// From the beginning.
    First(usize),
    /// From the end; still in the order of the listing.
    Last(usize),
}

impl Take {
    const fn rows(self) -> usize {
        match self {
            Self::First(rows) | Self::Last(rows) if rows > PAGE_ROWS_MAX => PAGE_ROWS_MAX,
            Self::First(rows) | Self::Last(rows) => rows,
        }
    }
}

/// A page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<Row> {
    /// The rows, in the order of the listing, each with its place.
    pub rows: Vec<Keyed<Row>>,
    /// Whether rows come after these.
    pub has_next: bool,
    /// Whether rows come before these.
    pub has_previous: bool,
}

/// A row and its place in the listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed<Row> {
    /// Its place: what a cursor holds.
    pub key: SortKey,
    /// The row.
    pub row: Row,
}

/// Which way an order runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest, first or oldest at the beginning.
    Ascending,
    /// Largest, last or newest at the beginning.
    Descending,
}

impl Direction {
    pub(super) const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ascending => "ASC",
            Self::Descending => "DESC",
        }
    }

    /// How a value that comes later in this direction compares with one that comes before it.
    pub(super) const fn later(self) -> &'static str {
        match self {
            Self::Ascending => ">",
            Self::Descending => "<",
        }
    }
}
