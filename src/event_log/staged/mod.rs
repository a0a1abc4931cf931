//! The body of ItemsStaged: item bodies on their way into the log, where they stay for ever.
//!
//! JSON text: a head of fixed length, then one line an item, the value's canonical text verbatim:
//!
//! ```text
//! {"datasetId":"…","items":    1,"deletes":    1,"lines":[["key","RECORD",{…}],["old"]]}
//! ```
//!
//! Offsets of values count in these bytes, which are the event's data: never rewrite a body. What
//! is read is checked; a bad body is a fault, never a panic.

mod lines;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::domain::event::ItemsStaged;
use crate::domain::ids::DatasetId;
pub use lines::{Line, Lines, lines};

/// A chunk is full when the next item would make it longer than this.
pub const CHUNK_BYTES_TARGET: usize = 32 << 10;
/// No chunk is longer than this, unless it holds a single item.
pub const CHUNK_BYTES_MAX: usize = 64 << 10;

const DATASET: &str = r#"{"datasetId":""#;
const ITEMS: &str = r#"","items":"#;
const DELETES: &str = r#","deletes":"#;
const LINES: &str = r#","lines":["#;
const END: &str = "]}";
const UUID_BYTES: usize = 36;
/// A count is padded with spaces to this many digits, so that the head's length is known before
/// the counts are. The shortest line and its comma take six bytes: five digits are enough.
const COUNT_BYTES: usize = 5;
const HEAD_BYTES: usize = DATASET.len()
    + UUID_BYTES
    + ITEMS.len()
    + COUNT_BYTES
    + DELETES.len()
    + COUNT_BYTES
    + LINES.len();
/// What a line has besides key, kind and value: brackets, quotes and commas.
const LINE_FRAME_BYTES: usize = 16;
const _: () = assert!(CHUNK_BYTES_MAX / 6 < 10_usize.pow(COUNT_BYTES as u32));

/// Writes one chunk.
pub struct StagedWriter {
    dataset: DatasetId,
    items: u64,
    deletes: u64,
    body: Vec<u8>,
}

impl StagedWriter {
    /// An empty chunk for this dataset.
    pub fn new(dataset: DatasetId) -> Self {
        let mut body = Vec::with_capacity(CHUNK_BYTES_TARGET);
        body.resize(HEAD_BYTES, b' ');
        Self {
            dataset,
            items: 0,
            deletes: 0,
            body,
        }
    }

    /// Adds an item: its key, its kind's word, its value's canonical text (a JSON object). Returns
    /// the offset of the value in the event's data, in bytes.
    pub fn put(&mut self, key: &str, kind_word: &'static str, value: &[u8]) -> u32 {
        debug_assert!(
            serde_json::from_slice::<&RawValue>(value).is_ok_and(|raw| raw.get().starts_with('{')),
            "a value is the text of a JSON object"
        );
        self.begin_line(key);
        self.items += 1;
        self.body.extend_from_slice(b",\"");
        self.body.extend_from_slice(kind_word.as_bytes());
        self.body.extend_from_slice(b"\",");
        let Ok(offset) = u32::try_from(self.body.len()) else {
            unreachable!("a chunk is far below 4 GiB: no line begins beyond CHUNK_BYTES_MAX")
        };
        self.body.extend_from_slice(value);
        self.body.push(b']');
        offset
    }

    /// Adds the deletion of an item.
    pub fn delete(&mut self, key: &str) {
        self.begin_line(key);
        self.deletes += 1;
        self.body.push(b']');
    }

    fn begin_line(&mut self, key: &str) {
        assert!(
            self.body.len() < CHUNK_BYTES_MAX,
            "ask is_full_for before each item"
        );
        if !self.is_empty() {
            self.body.push(b',');
        }
        self.body.push(b'[');
        let Ok(()) = serde_json::to_writer(&mut self.body, key) else {
            unreachable!("memory takes every byte")
        };
    }

    /// Whether an item with so many bytes of key and value should go into the next chunk. Never
    /// of an empty chunk: it takes any one item.
    pub fn is_full_for(&self, item_bytes: usize) -> bool {
        !self.is_empty()
            && self.body.len() + item_bytes + LINE_FRAME_BYTES + END.len() > CHUNK_BYTES_TARGET
    }

    /// How long the chunk is by now, in bytes.
    pub const fn bytes(&self) -> usize {
        self.body.len()
    }

    /// Whether it has no line yet.
    pub const fn is_empty(&self) -> bool {
        self.items + self.deletes == 0
    }

    /// The event whose data this chunk is.
    pub fn finish(mut self) -> ItemsStaged {
        let head = format!(
            "{DATASET}{dataset}{ITEMS}{items:COUNT_BYTES$}{DELETES}{deletes:COUNT_BYTES$}{LINES}",
            dataset = self.dataset,
            items = self.items,
            deletes = self.deletes,
        );
        self.body[..HEAD_BYTES].copy_from_slice(head.as_bytes());
        self.body.extend_from_slice(END.as_bytes());
        ItemsStaged {
            dataset: self.dataset,
            items: self.items,
            deletes: self.deletes,
            body: self.body.into(),
        }
    }
}

/// A body that is none: what is wrong with it, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the staged items are malformed at byte {offset}: {message}")]
pub struct BodyFault {
    /// The byte of the body.
    pub offset: usize,
    /// What was expected there.
    pub message: String,
}

impl BodyFault {
    fn new(offset: usize, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { offset, message }
    }
}

/// The event whose data this is. Reads the head only: `lines` checks the rest.
pub(super) fn recorded(body: Arc<[u8]>) -> Result<ItemsStaged, BodyFault> {
    let head = Head::read(&body)?;
    Ok(ItemsStaged {
        dataset: head.dataset,
        items: head.items,
        deletes: head.deletes,
        body,
    })
}

struct Head {
    dataset: DatasetId,
    items: u64,
    deletes: u64,
}

impl Head {
    fn read(data: &[u8]) -> Result<Self, BodyFault> {
        let malformed = || BodyFault::new(0, "a head of dataset and counts");
        let head = data.get(..HEAD_BYTES).ok_or_else(malformed)?;
        let head = std::str::from_utf8(head).map_err(|_| malformed())?;
        let parse = || {
            let (dataset, rest) = head.strip_prefix(DATASET)?.split_at_checked(UUID_BYTES)?;
            let (items, rest) = rest.strip_prefix(ITEMS)?.split_at_checked(COUNT_BYTES)?;
            let (deletes, rest) = rest.strip_prefix(DELETES)?.split_at_checked(COUNT_BYTES)?;
            (rest == LINES).then_some(())?;
            Some(Self {
                dataset: dataset.parse().ok()?,
                items: count(items)?,
                deletes: count(deletes)?,
            })
        };
        parse().ok_or_else(malformed)
    }
}

fn count(padded: &str) -> Option<u64> {
    let digits = padded.trim_start_matches(' ');
    let number: u64 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}
