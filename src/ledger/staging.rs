//! Staging: checked items on their way into chunks, and the edits that they come to.
//!
//! Where a chunk will stand in the log is not known yet: places count chunks, and are settled when
//! their positions are known.

use serde_json::Value;
use uuid::Uuid;

use super::content_words::{ItemKind, kind_word};
use crate::content::value::{self, Media, ValueFault};
use crate::content::{Edit, Entry, Place, key, media};
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::domain::event::ItemsStaged;
use crate::domain::ids::DatasetId;
use crate::event_log::staged::StagedWriter;

/// An item to be put.
#[derive(Debug, Clone, PartialEq)]
pub struct NewItem {
    /// Its key; none: a fresh UUID.
    pub key: Option<String>,
    /// Its kind.
    pub kind: ItemKind,
    /// Its data: a JSON object.
    pub data: Value,
    /// Its media, if any.
    pub media: Option<Media>,
}

/// Items on their way into chunks.
pub(super) struct Staging {
    dataset: DatasetId,
    writer: StagedWriter,
    full: Vec<ItemsStaged>,
    chunks: u64,
    edits: Vec<Edit>,
    /// Bytes of the chunks before the one that is written.
    closed_bytes: u64,
}

impl Staging {
    pub fn new(dataset: DatasetId) -> Self {
        Self {
            dataset,
            writer: StagedWriter::new(dataset),
            full: Vec::new(),
            chunks: 0,
            edits: Vec::new(),
            closed_bytes: 0,
        }
    }

    /// Checks an item and puts it; `fresh` makes the key of one that has none.
    pub fn put(&mut self, item: NewItem, fresh: impl FnOnce() -> Uuid) -> Result<(), Refusal> {
        let key = match item.key {
            Some(key) => {
                checked_key("key", &key)?;
                key
            }
            None => fresh().to_string(),
        };
        if let Some(media) = &item.media {
            checked_media(media)?;
        }
        let value = value::canonical(&item.data, item.media.as_ref()).map_err(refused_value)?;
        self.make_room(key.len() + value.len());
        let offset = self.writer.put(&key, kind_word(item.kind), &value);
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        self.edits.push(Edit::Put(Entry {
            key: key.as_str().into(),
            kind: item.kind,
            length,
            value: Digest::of(&value),
            place: Place::staged(self.chunks, offset),
        }));
        Ok(())
    }

    /// Deletes a key, which has been checked.
    pub fn delete(&mut self, key: &str) {
        self.make_room(key.len());
        self.writer.delete(key);
        self.edits.push(Edit::Delete(key.into()));
    }

    /// Bytes of all chunks so far, each at most a few longer when it is closed.
    pub const fn bytes(&self) -> u64 {
        self.closed_bytes + self.writer.bytes() as u64
    }

    /// Takes the chunks that are full.
    pub fn take_full(&mut self) -> Vec<ItemsStaged> {
        std::mem::take(&mut self.full)
    }

    /// The chunks not taken yet, and all edits.
    pub fn finish(mut self) -> (Vec<ItemsStaged>, Vec<Edit>) {
        if !self.writer.is_empty() {
            self.close_chunk();
        }
        (self.full, self.edits)
    }

    fn make_room(&mut self, length: usize) {
        if self.writer.is_full_for(length) {
            self.close_chunk();
        }
    }

    fn close_chunk(&mut self) {
        let writer = std::mem::replace(&mut self.writer, StagedWriter::new(self.dataset));
        let chunk = writer.finish();
        self.closed_bytes += chunk.body.len() as u64;
        self.full.push(chunk);
        self.chunks += 1;
    }
}

/// Checks a key; `field` is what a refusal points at.
pub(super) fn checked_key<'a>(field: &'static str, text: &'a str) -> Result<&'a str, Refusal> {
    match key::check(text) {
        Ok(()) => Ok(text),
        Err(fault) => Err(Refusal::BadInput {
            field,
            message: fault.to_string(),
        }),
    }
}

fn checked_media(item: &Media) -> Result<(), Refusal> {
    media::check(item).map_err(|fault| Refusal::BadInput {
        field: fault.field,
        message: fault.message.to_owned(),
    })
}

fn refused_value(fault: ValueFault) -> Refusal {
    match fault {
        ValueFault::TooLarge => Refusal::TooLarge {
            what: "an item's value",
            limit_bytes: value::VALUE_BYTES_MAX as u64,
        },
        ValueFault::NotAnObject
        | ValueFault::TooDeep
        | ValueFault::NotANumber
        | ValueFault::NotAValue => Refusal::BadInput {
            field: "data",
            message: fault.to_string(),
        },
    }
}
