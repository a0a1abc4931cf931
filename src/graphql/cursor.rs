//! Cursors: places in a listing as opaque text.
//!
//! A cursor says which listing it is of, so that it opens no other, and holds all that paging on
//! needs: the place of a row in its order, or a key with the version it was read at.

use std::fmt::Write as _;
use std::str::FromStr;

use super::error::Problem;
use super::limits::CURSOR_BYTES_MAX;
use crate::domain::ids::{DatasetId, Malformed, Position};
use crate::views::{SortKey, VersionRow};

/// The form of cursors; another one is refused.
const FORM: &str = "1";

/// Where an entry stands in its listing.
#[derive(Debug, Clone)]
pub enum Place {
    /// A row of a view: the listing's word, and the row's place in its order.
    Row(&'static str, SortKey),
    /// A key of one fixed version.
    Item(PinnedVersion, String),
    /// An event; its xact id is its cursor.
    Event(Position),
    /// A key of what one event changed.
    Change(Position, String),
}

impl Place {
    /// The text that a client keeps.
    pub fn cursor(&self) -> String {
        match self {
            Self::Row(listing, key) => seal(listing, &key.to_string()),
            Self::Item(version, key) => seal("items", &format!("{version} {key}")),
            Self::Event(position) => position.xact().to_string(),
            Self::Change(position, key) => seal("changes", &format!("{} {key}", position.0)),
        }
    }
}

/// A version as a cursor holds it: so paging goes on where it began, whatever happens meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinnedVersion {
    /// Its dataset.
    pub dataset: DatasetId,
    /// The event that made it.
    pub position: Position,
}

impl From<&VersionRow> for PinnedVersion {
    fn from(version: &VersionRow) -> Self {
        Self {
            dataset: version.dataset,
            position: version.at.position,
        }
    }
}

impl std::fmt::Display for PinnedVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.dataset, self.position.0)
    }
}

impl FromStr for PinnedVersion {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed {
            what: "a version",
            form: "dataset, position",
        };
        let (dataset, position) = text.split_once(' ').ok_or_else(malformed)?;
        let dataset = dataset.parse()?;
        let position = Position(position.parse().map_err(|_| malformed())?);
        let is_possible = position <= Position::MAX;
        is_possible
            .then_some(Self { dataset, position })
            .ok_or_else(malformed)
    }
}

/// Reads a cursor of a listing of rows; `field` is what a refusal points at.
pub fn read_row(
    listing: &'static str,
    field: &'static str,
    text: &str,
) -> Result<SortKey, Problem> {
    open(listing, text)
        .and_then(|place| place.parse().ok())
        .ok_or_else(|| unfit(field))
}

/// Reads a cursor of items: the version it was read at, and the key.
pub fn read_item(field: &'static str, text: &str) -> Result<(PinnedVersion, String), Problem> {
    let read = || {
        let place = open("items", text)?;
        let mut parts = place.splitn(3, ' ');
        let version = format!("{} {}", parts.next()?, parts.next()?);
        Some((version.parse().ok()?, parts.next()?.to_owned()))
    };
    read().ok_or_else(|| unfit(field))
}

/// Reads a cursor of what an event changed: the key.
pub fn read_change(field: &'static str, event: Position, text: &str) -> Result<String, Problem> {
    let read = || {
        let place = open("changes", text)?;
        let (position, key) = place.split_once(' ')?;
        (position == event.0.to_string()).then(|| key.to_owned())
    };
    read().ok_or_else(|| unfit(field))
}

/// The cursor of a change between two versions.
pub fn diff_cursor(from: &PinnedVersion, to: &PinnedVersion, key: &str) -> String {
    seal("diff", &format!("{from} {to} {key}"))
}

/// Reads a cursor of changes between two versions: from, to, key.
pub fn read_diff(
    field: &'static str,
    text: &str,
) -> Result<(PinnedVersion, PinnedVersion, String), Problem> {
    let read = || {
        let place = open("diff", text)?;
        let mut parts = place.splitn(5, ' ');
        let mut version = || {
            let text = format!("{} {}", parts.next()?, parts.next()?);
            text.parse::<PinnedVersion>().ok()
        };
        let (from, to) = (version()?, version()?);
        Some((from, to, parts.next()?.to_owned()))
    };
    read().ok_or_else(|| unfit(field))
}

/// The refusal of a cursor that is none, or another listing's.
pub fn unfit(field: &'static str) -> Problem {
    let message = format!("{field}: this is not a cursor of this listing in this order");
    Problem::bad_input(field, message)
}

fn seal(listing: &str, place: &str) -> String {
    let plain = format!("{FORM} {listing} {place}");
    let mut sealed = String::with_capacity(plain.len() * 2);
    for byte in plain.bytes() {
        // Writing to a text cannot fail.
        let _ = write!(sealed, "{byte:02x}");
    }
    sealed
}

fn open(listing: &str, text: &str) -> Option<String> {
    if text.len() > CURSOR_BYTES_MAX || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let plain = String::from_utf8(bytes?).ok()?;
    let place = plain.strip_prefix(FORM)?.strip_prefix(' ')?;
    let place = place.strip_prefix(listing)?.strip_prefix(' ')?;
    Some(place.to_owned())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::views::SortValue;

    const VERSION: PinnedVersion = PinnedVersion {
        dataset: DatasetId(Uuid::from_u128(7)),
        position: Position(12),
    };

    #[test]
    fn a_cursor_opens_the_listing_it_is_of_and_no_other() {
        let key = SortKey {
            value: SortValue::Text("a b".into()),
            tie: Uuid::from_u128(9),
        };
        let row = Place::Row("datasets by name", key.clone()).cursor();
        assert_eq!(
            read_row("datasets by name", "after", &row).expect("fits"),
            key
        );
        assert!(read_row("datasets by item count", "after", &row).is_err());
        assert!(read_item("after", &row).is_err());
    }

    #[test]
    fn a_cursor_of_items_keeps_the_version_and_any_key() {
        for key in ["a", "with space", "ключ", ""] {
            let cursor = Place::Item(VERSION, key.to_owned()).cursor();
            let read = read_item("after", &cursor).expect("fits");
            assert_eq!(read, (VERSION, key.to_owned()));
        }
    }

    #[test]
    fn a_cursor_of_a_diff_keeps_both_versions() {
        let cursor = diff_cursor(&VERSION, &VERSION, "a b");
        let read = read_diff("after", &cursor).expect("fits");
        assert_eq!(read, (VERSION, VERSION, "a b".to_owned()));
    }

    #[test]
    fn a_cursor_of_changes_is_of_its_event() {
        let cursor = Place::Change(Position(3), "k".to_owned()).cursor();
        assert_eq!(
            read_change("after", Position(3), &cursor).expect("fits"),
            "k"
        );
        assert!(read_change("after", Position(4), &cursor).is_err());
    }

    #[test]
    fn other_texts_are_no_cursors() {
        for text in [
            "",
            "x",
            "7",
            "3120",
            "zz",
            "ü",
            &"31".repeat(CURSOR_BYTES_MAX),
        ] {
            assert!(read_row("datasets", "after", text).is_err(), "{text}");
            assert!(read_item("after", text).is_err(), "{text}");
            assert!(read_diff("after", text).is_err(), "{text}");
        }
    }
}
