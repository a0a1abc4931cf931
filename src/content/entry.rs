//! The words of the room: what a leaf holds, and how items and changes are counted.
//!
//! An entry names a value by its digest. It must never hold the value's bytes: those are in the
//! log, at the entry's place.

use std::sync::Arc;

use crate::digest::Digest;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A record: only data.
    Record,
    /// An image: data and usually media.
    Image,
    /// A video: data and usually media.
    Video,
}

impl Kind {
    /// The byte that is hashed and stored for this kind.
    pub const fn code(self) -> u8 {
        match self {
            Self::Record => 0,
            Self::Image => 1,
            Self::Video => 2,
        }
    }

    /// The kind of this byte, if there is one.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Record),
            1 => Some(Self::Image),
            2 => Some(Self::Video),
            3.. => None,
        }
    }
}

/// The bit of [`Place::chunk`] that says: this is the ordinal of a chunk that is not appended yet.
pub const STAGED: u64 = 1 << 63;

/// Where the bytes of a value lie in the log. Kept beside a node and never hashed: of two places
/// of one value either is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The position of the event that holds the chunk; with [`STAGED`], its ordinal until then.
    pub chunk: u64,
    /// The first byte of the value in the chunk.
    pub offset: u32,
}

impl Place {
    /// A place in a chunk whose position is known only after the append: see `Grown::settle`.
    pub const fn staged(ordinal: u64, offset: u32) -> Self {
        Self {
            chunk: ordinal | STAGED,
            offset,
        }
    }

    /// Whether the chunk is still an ordinal.
    pub const fn is_staged(self) -> bool {
        self.chunk & STAGED != 0
    }
}

/// One item of a version, without its value's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The item's key: see [`super::key::check`].
    pub key: Arc<str>,
    /// What the item is.
    pub kind: Kind,
    /// The length of the value's stored bytes.
    pub length: u32,
    /// The BLAKE3 hash of the value's stored bytes.
    pub value: Digest,
    /// Where those bytes lie in the log.
    pub place: Place,
}

/// How much a tree or a part of it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Items of kind [`Kind::Record`].
    pub records: u64,
    /// Items of kind [`Kind::Image`].
    pub images: u64,
    /// Items of kind [`Kind::Video`].
    pub videos: u64,
    /// The sum of the lengths of all values.
    pub bytes: u64,
}

impl Totals {
    /// Items of every kind. Saturates, as every sum here does: a count is read from a file.
    pub const fn items(&self) -> u64 {
        self.records
            .saturating_add(self.images)
            .saturating_add(self.videos)
    }

    /// Items of one kind, or of every kind.
    pub const fn of_kind(&self, kind: Option<Kind>) -> u64 {
        match kind {
            None => self.items(),
            Some(Kind::Record) => self.records,
            Some(Kind::Image) => self.images,
            Some(Kind::Video) => self.videos,
        }
    }

    pub(super) const fn add_item(&mut self, kind: Kind, length: u32) {
        let count = match kind {
            Kind::Record => &mut self.records,
            Kind::Image => &mut self.images,
            Kind::Video => &mut self.videos,
        };
        *count = count.saturating_add(1);
        self.bytes = self.bytes.saturating_add(length as u64);
    }

    pub(super) const fn add(&mut self, other: &Self) {
        self.records = self.records.saturating_add(other.records);
        self.images = self.images.saturating_add(other.images);
        self.videos = self.videos.saturating_add(other.videos);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

/// How many items differ between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Items only in the later one.
    pub added: u64,
    /// Items only in the earlier one.
    pub removed: u64,
    /// Items of both with another kind or value.
    pub modified: u64,
    /// Items of both with the same kind and value.
    pub unchanged: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_and_its_code_are_one() {
        for kind in [Kind::Record, Kind::Image, Kind::Video] {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(Kind::from_code(3), None);
    }

    #[test]
    fn totals_count_items_by_kind() {
        let mut totals = Totals::default();
        totals.add_item(Kind::Record, 10);
        totals.add_item(Kind::Video, 5);
        let mut both = totals;
        both.add(&totals);
        assert_eq!(
            both,
            Totals {
                records: 2,
                images: 0,
                videos: 2,
                bytes: 30
            }
        );
        assert_eq!(both.items(), 4);
        assert_eq!(both.of_kind(Some(Kind::Video)), 2);
        assert_eq!(both.of_kind(None), 4);
    }

    #[test]
    fn a_staged_place_says_so() {
        assert!(Place::staged(7, 9).is_staged());
        assert!(
            !Place {
                chunk: 7,
                offset: 9
            }
            .is_staged()
        );
    }
}
