//! The canonical bytes of a node: what is hashed.
//!
//! Only what the items decide stands here. Places, compression and anything else that two ledgers
//! could do differently must never be written here.

use std::sync::LazyLock;

use super::entry::{Entry, Totals};
use crate::digest::Digest;

const VERSION: u8 = 1;
pub(super) const HEADER_BYTES: usize = 5;
pub(super) const LEAF_PAYLOAD_BYTES: usize = 1 + 4 + 32;
pub(super) const CHILD_PAYLOAD_BYTES: usize = 32 + 4 * 8;
/// The most canonical bytes of a node: row offsets are 16 bits. The largest that the format makes
/// are interior nodes of 16,384 bytes and one row.
pub(super) const NODE_BYTES_MAX: usize = u16::MAX as usize;

/// What a node is to its tree; hashed, so that none can pass for another.
///
/// A node is named by the BLAKE3 hash of its canonical bytes, to the byte (numbers little-endian):
///
/// ```text
/// node      header row*          header    version=1 (u8), domain (u8), level (u8), rows (u16)
/// row       key length (u16), key, payload
/// payload   of a leaf:     kind (u8), value length (u32), value digest (32)
///           of others:     child's hash (32), records, images, videos, value bytes (u64 each)
/// domain    0 leaf, 1 interior, 2 root
/// ```
///
/// A row's key is the item's, or the last key under the child. The top node of a tree, leaf or
/// not, is hashed and stored in the root domain only, so the content root leads to the top node
/// at once, commits to all under it, and is no other node's name. The root of the empty tree is
/// the hash of the header `1, 2, 0, 0, 0`; it has no stored node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Domain {
    Leaf,
    Interior,
    Root,
}

impl Domain {
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Leaf => 0,
            Self::Interior => 1,
            Self::Root => 2,
        }
    }

    pub(super) const fn of_level(level: u8) -> Self {
        if level == 0 {
            Self::Leaf
        } else {
            Self::Interior
        }
    }
}

/// The root of the tree without items. No store needs to hold it.
pub fn empty_root() -> Digest {
    static EMPTY: LazyLock<Digest> = LazyLock::new(|| Digest::of(&header(Domain::Root, 0, 0)));
    *EMPTY
}

pub(super) const fn header(domain: Domain, level: u8, rows: u16) -> [u8; HEADER_BYTES] {
    let rows = rows.to_le_bytes();
    [VERSION, domain.code(), level, rows[0], rows[1]]
}

/// The bytes of a row's payload at this level.
pub(super) const fn payload_bytes(level: u8) -> usize {
    if level == 0 {
        LEAF_PAYLOAD_BYTES
    } else {
        CHILD_PAYLOAD_BYTES
    }
}

/// The key of a canonical row.
pub(super) fn row_key(row: &[u8]) -> &[u8] {
    let length = usize::from(u16::from_le_bytes([row[0], row[1]]));
    &row[2..2 + length]
}

/// Writes the canonical row of an item.
pub(super) fn write_entry(rows: &mut Vec<u8>, entry: &Entry) {
    write_key(rows, entry.key.as_bytes());
    rows.push(entry.kind.code());
    rows.extend_from_slice(&entry.length.to_le_bytes());
    rows.extend_from_slice(entry.value.as_bytes());
}

/// Writes the canonical row of a child: its last key, its hash and what is under it.
pub(super) fn write_child(rows: &mut Vec<u8>, last_key: &[u8], hash: &Digest, totals: &Totals) {
    write_key(rows, last_key);
    rows.extend_from_slice(hash.as_bytes());
    for count in [totals.records, totals.images, totals.videos, totals.bytes] {
        rows.extend_from_slice(&count.to_le_bytes());
    }
}

/// Writes the beginning of a canonical row.
///
/// # Panics
/// When the key is longer than 65,535 bytes, which `key::check` refuses long before.
pub(super) fn write_key(rows: &mut Vec<u8>, key: &[u8]) {
    let length = u16::try_from(key.len());
    let Ok(length) = length else {
        unreachable!("a checked key has at most 1024 bytes")
    };
    rows.extend_from_slice(&length.to_le_bytes());
    rows.extend_from_slice(key);
}
