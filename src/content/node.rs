//! A node of the tree in memory, and what reads its rows.
//!
//! It holds the canonical bytes (see `canonical`) as they are hashed, so that checking one is
//! hashing it and taking over a row is copying it. It must never hold a row that was not checked:
//! where it is made, keys are text and kinds are known.

use std::ops::Range;
use std::sync::Arc;

use super::canonical::{Domain, payload_bytes, row_key, write_child};
use super::entry::{Entry, Kind, Place, Totals};
use crate::digest::Digest;

/// A node in memory. Its rows are in ascending order of keys, and there is at least one.
///
/// All of it but the hash is one buffer, since a node is seldom in the processor's cache: the
/// canonical bytes, then where each row begins and the last ends (u16 each), then the places of a
/// leaf (chunk u64, offset u32 each).
#[derive(Debug, Clone)]
pub struct Node {
    hash: Digest,
    data: Box<[u8]>,
    /// The length of the canonical bytes.
    canonical: usize,
    rows: usize,
}

const PLACE_BYTES: usize = 12;

impl Node {
    /// A node of canonical bytes whose header, rows and keys (UTF-8) are known to be well formed.
    /// `offsets` says where each row begins and the last ends; `places` is empty above leaves.
    pub(super) fn new(bytes: &[u8], offsets: &[u16], places: &[Place]) -> Self {
        let rows = offsets.len() - 1;
        debug_assert!(rows > 0 && places.len() == if bytes[2] == 0 { rows } else { 0 });
        let length = bytes.len() + offsets.len() * 2 + places.len() * PLACE_BYTES;
        let mut data = Vec::with_capacity(length);
        data.extend_from_slice(bytes);
        for offset in offsets {
            data.extend_from_slice(&offset.to_le_bytes());
        }
        for place in places {
            data.extend_from_slice(&place_bytes(*place));
        }
        Self {
            hash: Digest::of(bytes),
            data: data.into(),
            canonical: bytes.len(),
            rows,
        }
    }

    /// The same node in the root domain.
    pub(super) fn to_root(&self) -> Self {
        let mut root = self.clone();
        root.data[1] = Domain::Root.code();
        root.hash = Digest::of(root.bytes());
        root
    }

    /// The node, no root, with other rows of the same keys: (index, canonical row, place).
    pub(super) fn patched<'r>(&self, rows: impl Iterator<Item = (usize, &'r [u8], Place)>) -> Self {
        let mut node = self.clone();
        node.data[1] = Domain::of_level(self.level()).code();
        for (index, row, place) in rows {
            node.data[self.row_range(index)].copy_from_slice(row);
            if self.level() == 0 {
                node.data[self.place_range(index)].copy_from_slice(&place_bytes(place));
            }
        }
        node.hash = Digest::of(node.bytes());
        node
    }

    /// The node's name: the hash of its canonical bytes.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// The canonical bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.data[..self.canonical]
    }

    /// Levels below this node; a leaf has none.
    pub fn level(&self) -> u8 {
        self.data[2]
    }

    /// Whether this is the top node of a tree.
    pub fn is_root(&self) -> bool {
        self.data[1] == Domain::Root.code()
    }

    pub(super) fn domain_code(&self) -> u8 {
        self.data[1]
    }

    /// Writes the row by which a node above refers to this one.
    pub(super) fn write_row(&self, rows: &mut Vec<u8>) {
        write_child(rows, self.last_key(), &self.hash, &self.totals());
    }

    /// Rows of the node: items of a leaf, children of others.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// The memory this node takes, about.
    pub(super) fn memory_bytes(&self) -> usize {
        /// The struct, its reference count, and its entry in a cache.
        const FIXED_BYTES: usize = 256;
        FIXED_BYTES + self.data.len()
    }

    fn row_range(&self, index: usize) -> Range<usize> {
        let offset = |index: usize| {
            let at = self.canonical + index * 2;
            usize::from(u16::from_le_bytes([self.data[at], self.data[at + 1]]))
        };
        offset(index)..offset(index + 1)
    }

    fn place_range(&self, index: usize) -> Range<usize> {
        let start = self.canonical + (self.rows + 1) * 2 + index * PLACE_BYTES;
        start..start + PLACE_BYTES
    }

    pub(super) fn row(&self, index: usize) -> &[u8] {
        &self.data[self.row_range(index)]
    }

    pub(super) fn key(&self, index: usize) -> &[u8] {
        row_key(self.row(index))
    }

    pub(super) fn last_key(&self) -> &[u8] {
        self.key(self.len() - 1)
    }

    pub(super) fn payload(&self, index: usize) -> &[u8] {
        let row = self.row(index);
        &row[row.len() - payload_bytes(self.level())..]
    }

    /// The first row whose key is not before `bound`; the number of rows when there is none.
    pub(super) fn search(&self, bound: &[u8]) -> usize {
        self.search_from(0, bound)
    }

    /// As [`Self::search`], among the rows from `low` on.
    pub(super) fn search_from(&self, mut low: usize, bound: &[u8]) -> usize {
        let mut high = self.len();
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.key(middle) < bound {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The place of a leaf's row; of an interior node's none that means anything.
    pub(super) fn place(&self, index: usize) -> Place {
        if self.level() > 0 {
            return Place::default();
        }
        let (chunk, offset) = self.data[self.place_range(index)].split_at(8);
        let (Ok(chunk), Ok(offset)) = (chunk.try_into(), offset.try_into()) else {
            unreachable!("a place is 8 and 4 bytes")
        };
        Place {
            chunk: u64::from_le_bytes(chunk),
            offset: u32::from_le_bytes(offset),
        }
    }

    /// Rewrites every place of a leaf.
    pub(super) fn settle(&mut self, settled: impl Fn(Place) -> Place) {
        for index in 0..self.rows {
            let place = settled(self.place(index));
            let range = self.place_range(index);
            self.data[range].copy_from_slice(&place_bytes(place));
        }
    }

    /// The item of a leaf's row.
    pub(super) fn entry(&self, index: usize) -> Entry {
        let Ok(key) = std::str::from_utf8(self.key(index)) else {
            unreachable!("keys are text where a node is assembled and where one is decoded")
        };
        let (kind, length) = self.kind_and_length(index);
        let place = self.place(index);
        Entry {
            key: key.into(),
            kind,
            length,
            value: digest_of(&self.payload(index)[5..]),
            place,
        }
    }

    /// The kind of a leaf's row, and the length of its value.
    pub(super) fn kind_and_length(&self, index: usize) -> (Kind, u32) {
        let payload = self.payload(index);
        let Some(kind) = Kind::from_code(payload[0]) else {
            unreachable!("kinds are known where a node is assembled and where one is decoded")
        };
        (
            kind,
            u32::from_le_bytes([payload[1], payload[2], payload[3], payload[4]]),
        )
    }

    /// The hash of an interior node's child.
    pub(super) fn child(&self, index: usize) -> Digest {
        digest_of(&self.payload(index)[..32])
    }

    /// What is under one row: a child's totals, or one item.
    pub(super) fn row_totals(&self, index: usize) -> Totals {
        if self.level() == 0 {
            let (kind, length) = self.kind_and_length(index);
            let mut totals = Totals::default();
            totals.add_item(kind, length);
            return totals;
        }
        let (counts, _) = self.payload(index)[32..].as_chunks::<8>();
        let [records, images, videos, bytes] =
            [0, 1, 2, 3].map(|at| u64::from_le_bytes(counts[at]));
        Totals {
            records,
            images,
            videos,
            bytes,
        }
    }

    /// What is under the node.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for index in 0..self.len() {
            totals.add(&self.row_totals(index));
        }
        totals
    }
}

fn place_bytes(place: Place) -> [u8; PLACE_BYTES] {
    let mut bytes = [0; PLACE_BYTES];
    bytes[..8].copy_from_slice(&place.chunk.to_le_bytes());
    bytes[8..].copy_from_slice(&place.offset.to_le_bytes());
    bytes
}

fn digest_of(bytes: &[u8]) -> Digest {
    let Ok(digest) = Digest::from_slice(bytes) else {
        unreachable!("payloads of fixed size end in, or begin with, 32 bytes")
    };
    digest
}

/// A computed node that no store holds yet.
#[derive(Debug, Clone)]
pub struct NewNode(pub(super) Arc<Node>);

impl NewNode {
    /// The node's name.
    pub fn hash(&self) -> Digest {
        self.0.hash()
    }

    /// The node itself, to be shared.
    pub fn node(&self) -> &Arc<Node> {
        &self.0
    }
}
