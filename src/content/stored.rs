//! The stored form of a node: its rows with keys prefix-compressed, and the places of a leaf.
//!
//! Decoding must never trust a byte: a body that is not exactly the node of the wanted hash is
//! damaged. Bodies are not compressed further: four fifths of one are hashes.

use xxhash_rust::xxh3::xxh3_64;

use super::canonical::{Domain, HEADER_BYTES, NODE_BYTES_MAX, header, payload_bytes};
use super::entry::{Kind, Place};
use super::node::Node;
use crate::digest::Digest;

const FORMAT: u8 = 1;
const CHECKSUM_BYTES: usize = 4;

/// Appends the stored form of this node to `body`.
///
/// To the byte (`n` a little-endian base-128 number, at most 10 bytes):
///
/// ```text
/// body    format=1 (u8), domain (u8), level (u8), rows (n), row*, place*, checksum (u32 LE)
/// row     bytes shared with the key before (n), bytes after them (n), those bytes, payload
/// payload of a leaf: 4 × value length + kind (n), digest (32)
///         of others: hash (32), records (n), images (n), videos (n), value bytes (n)
/// place   of a leaf only: chunk − chunk before, zigzag (n), offset (n)
/// ```
///
/// The checksum (low half of xxh3 of all before it) covers what the hash does not: the places.
pub(super) fn encode(node: &Node, body: &mut Vec<u8>) {
    let start = body.len();
    body.extend_from_slice(&[FORMAT, node.domain_code(), node.level()]);
    write_number(body, node.len() as u64);
    let mut key_before: &[u8] = &[];
    for index in 0..node.len() {
        let key = node.key(index);
        let shared = key
            .iter()
            .zip(key_before)
            .take_while(|(one, other)| one == other)
            .count();
        write_number(body, shared as u64);
        write_number(body, (key.len() - shared) as u64);
        body.extend_from_slice(&key[shared..]);
        write_payload(body, node, index);
        key_before = key;
    }
    if node.level() == 0 {
        let mut chunk_before = 0;
        for index in 0..node.len() {
            let place = node.place(index);
            write_number(body, zigzag(place.chunk.wrapping_sub(chunk_before)));
            write_number(body, u64::from(place.offset));
            chunk_before = place.chunk;
        }
    }
    let checksum = checksum(&body[start..]);
    body.extend_from_slice(&checksum);
}

fn write_payload(body: &mut Vec<u8>, node: &Node, index: usize) {
    if node.level() == 0 {
        let (kind, length) = node.kind_and_length(index);
        write_number(body, u64::from(length) * 4 + u64::from(kind.code()));
        body.extend_from_slice(&node.payload(index)[5..]);
        return;
    }
    body.extend_from_slice(&node.payload(index)[..32]);
    let totals = node.row_totals(index);
    for count in [totals.records, totals.images, totals.videos, totals.bytes] {
        write_number(body, count);
    }
}

/// The node of this hash from its stored form; none if the body is damaged.
pub(super) fn decode(hash: &Digest, body: &[u8]) -> Option<Node> {
    let (content, sum) = body.split_at_checked(body.len().checked_sub(CHECKSUM_BYTES)?)?;
    if checksum(content) != sum {
        return None;
    }
    let mut reader = Reader { rest: content };
    let [format, domain, level] = *reader.take(3)?.as_array()?;
    let known = domain == Domain::Root.code() || domain == Domain::of_level(level).code();
    if format != FORMAT || !known {
        return None;
    }
    let count = u16::try_from(reader.number()?)
        .ok()
        .filter(|count| *count > 0)?;
    // A row has at least its payload: this bounds what a damaged count can ask for.
    if usize::from(count) * payload_bytes(level) > NODE_BYTES_MAX {
        return None;
    }
    let mut bytes = Vec::with_capacity(content.len() + usize::from(count) * 40);
    bytes.extend_from_slice(&header(Domain::of_level(level), level, count));
    bytes[1] = domain;
    let offsets = reader.rows(&mut bytes, level, count)?;
    let places = if level == 0 {
        reader.places(count)?
    } else {
        Vec::new()
    };
    if !reader.rest.is_empty() {
        return None;
    }
    let node = Node::new(&bytes, &offsets, &places);
    (node.hash() == *hash).then_some(node)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return None;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?)
            .ok()
            .filter(|length| *length <= NODE_BYTES_MAX)
    }

    /// Appends the canonical rows to `bytes`; answers where each begins, and the end.
    fn rows(&mut self, bytes: &mut Vec<u8>, level: u8, count: u16) -> Option<Vec<u16>> {
        let mut offsets = Vec::with_capacity(usize::from(count) + 1);
        offsets.push(HEADER_BYTES as u16);
        let (mut key_start, mut key_length) = (bytes.len(), 0);
        for _ in 0..count {
            let (shared, unshared) = (self.length()?, self.length()?);
            if shared > key_length {
                return None;
            }
            bytes.extend_from_slice(&u16::try_from(shared + unshared).ok()?.to_le_bytes());
            let before = key_start;
            (key_start, key_length) = (bytes.len(), shared + unshared);
            bytes.extend_from_within(before..before + shared);
            bytes.extend_from_slice(self.take(unshared)?);
            std::str::from_utf8(&bytes[key_start..]).ok()?;
            self.payload(bytes, level)?;
            offsets.push(u16::try_from(bytes.len()).ok()?);
        }
        Some(offsets)
    }

    fn payload(&mut self, bytes: &mut Vec<u8>, level: u8) -> Option<()> {
        if level == 0 {
            let packed = self.number()?;
            let kind = Kind::from_code((packed & 3) as u8)?;
            bytes.push(kind.code());
            bytes.extend_from_slice(&u32::try_from(packed >> 2).ok()?.to_le_bytes());
            bytes.extend_from_slice(self.take(32)?);
            return Some(());
        }
        bytes.extend_from_slice(self.take(32)?);
        for _ in 0..4 {
            bytes.extend_from_slice(&self.number()?.to_le_bytes());
        }
        Some(())
    }

    fn places(&mut self, count: u16) -> Option<Vec<Place>> {
        let mut places = Vec::with_capacity(usize::from(count));
        let mut chunk: u64 = 0;
        for _ in 0..count {
            chunk = chunk.wrapping_add(unzigzag(self.number()?));
            places.push(Place {
                chunk,
                offset: u32::try_from(self.number()?).ok()?,
            });
        }
        Some(places)
    }
}

fn checksum(content: &[u8]) -> [u8; CHECKSUM_BYTES] {
    (xxh3_64(content) as u32).to_le_bytes()
}

fn write_number(body: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        body.push(number as u8 | 0x80);
        number >>= 7;
    }
    body.push(number as u8);
}

/// Small for small differences of either sign.
const fn zigzag(difference: u64) -> u64 {
    (difference << 1) ^ ((difference as i64 >> 63) as u64)
}

const fn unzigzag(number: u64) -> u64 {
    (number >> 1) ^ (number & 1).wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_come_back() {
        for number in [
            0,
            1,
            127,
            128,
            300,
            u64::from(u32::MAX),
            u64::MAX - 1,
            u64::MAX,
        ] {
            let mut body = Vec::new();
            write_number(&mut body, number);
            let mut reader = Reader { rest: &body };
            assert_eq!((reader.number(), reader.rest.len()), (Some(number), 0));
            assert_eq!(unzigzag(zigzag(number)), number);
        }
    }

    #[test]
    fn a_number_that_does_not_end_or_fit_is_refused() {
        for body in [&[][..], &[0x80], &[0xff; 10], &[0xff; 11]] {
            assert_eq!(Reader { rest: body }.number(), None, "{body:?}");
        }
    }
}
