//! Items at a version: which there are, from the tree; what they hold, from the log.
//!
//! Every value is hashed as it is read. Where bytes are not what the tree names, the content is
//! rebuilt from the log and read again.

use serde_json::Value;

use super::Reads;
use crate::content::{Entry, Take, Window, count, get, range, value, walk};
use crate::digest::Digest;
use crate::domain::ids::{DatasetId, Position};
use crate::ledger::content_words::ItemKind;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::{Ledger, Media};
use crate::views::VersionRow;

/// An item as it is at a version.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its key.
    pub key: String,
    /// Its kind.
    pub kind: ItemKind,
    /// BLAKE3 of its canonical value.
    pub digest: Digest,
    /// Its data: a JSON object.
    pub data: Value,
    /// Its media, if any.
    pub media: Option<Media>,
}

/// A page of a version's items, in byte order of keys.
#[derive(Debug, Clone, Default)]
pub struct ItemWindow {
    /// Only keys that begin so.
    pub prefix: Option<String>,
    /// Only this kind.
    pub kind: Option<ItemKind>,
    /// Only keys after this one.
    pub after: Option<String>,
    /// Only keys before this one.
    pub before: Option<String>,
    /// Items to pass over first.
    pub offset: u64,
    /// Items at most; from the end when `backward`.
    pub limit: usize,
    /// Whether the last items are wanted instead of the first.
    pub backward: bool,
}

/// Items, and whether there are more.
#[derive(Debug, Clone)]
pub struct ItemSlice {
    /// In byte order of keys.
    pub items: Vec<Item>,
    /// Whether more come after the last.
    pub has_next: bool,
    /// Whether more come before the first.
    pub has_previous: bool,
}

impl Reads {
    /// A page of a version's items. The version must be one that these eyes were given.
    pub fn items(&self, version: &VersionRow, wanted: &ItemWindow) -> Outcome<ItemSlice> {
        let more = wanted.limit + 1;
        let window = Window {
            prefix: wanted.prefix.clone(),
            kind: wanted.kind,
            after: wanted.after.clone(),
            before: wanted.before.clone(),
            offset: wanted.offset,
            take: if wanted.backward {
                Take::Last(more)
            } else {
                Take::First(more)
            },
        };
        let content = &self.ledger.inner.content;
        let mut entries = content.read(version.dataset, |nodes| {
            range(nodes, version.at.version.root, &window)
        })?;
        let has_more = entries.len() > wanted.limit;
        if has_more && wanted.backward {
            entries.remove(0);
        }
        entries.truncate(wanted.limit);
        let items = entries.iter().map(|entry| self.ledger.item(version, entry));
        let (has_next, has_previous) = if wanted.backward {
            (wanted.before.is_some(), has_more)
        } else {
            (has_more, wanted.after.is_some() || wanted.offset > 0)
        };
        Ok(ItemSlice {
            items: items.collect::<Outcome<_>>()?,
            has_next,
            has_previous,
        })
    }

    /// How many items of a version have a key that begins so, and are of this kind; counted
    /// without walking them.
    pub fn item_count(
        &self,
        version: &VersionRow,
        prefix: &str,
        kind: Option<ItemKind>,
    ) -> Outcome<u64> {
        let content = &self.ledger.inner.content;
        content.read(version.dataset, |nodes| {
            count(nodes, version.at.version.root, Some(prefix), kind)
        })
    }

    /// One item of a version; none when it has no such key.
    pub fn item(&self, version: &VersionRow, key: &str) -> Outcome<Option<Item>> {
        let content = &self.ledger.inner.content;
        let entry = content.read(version.dataset, |nodes| {
            get(nodes, version.at.version.root, key)
        })?;
        entry
            .map(|entry| self.ledger.item(version, &entry))
            .transpose()
    }

    /// The items after a key with their values as canonical JSON text, for streaming a version
    /// out.
    pub fn values_after(
        &self,
        version: &VersionRow,
        after: Option<&str>,
        limit: usize,
    ) -> Outcome<Vec<(String, ItemKind, Vec<u8>)>> {
        let content = &self.ledger.inner.content;
        let entries = content.read(version.dataset, |nodes| {
            walk(nodes, version.at.version.root, after)
                .take(limit)
                .collect::<Result<Vec<_>, _>>()
        })?;
        let valued = entries.into_iter().map(|entry| {
            let value =
                self.ledger
                    .sound_value(version.dataset, version.at.version.root, &entry)?;
            Ok((entry.key.to_string(), entry.kind, value))
        });
        valued.collect()
    }
}

impl Ledger {
    /// An entry with what it holds.
    pub(in crate::ledger) fn item(&self, version: &VersionRow, entry: &Entry) -> Outcome<Item> {
        let bytes = self.sound_value(version.dataset, version.at.version.root, entry)?;
        let (data, media) =
            value::parse(&bytes).map_err(|fault| LedgerError::Fault(fault.to_string()))?;
        let Entry {
            key,
            kind,
            value: digest,
            ..
        } = entry.clone();
        Ok(Item {
            key: key.to_string(),
            kind,
            digest,
            data,
            media,
        })
    }

    /// The bytes of an entry's value. Where they lie is kept beside the node, outside its hash:
    /// when it is wrong, the log tells it anew.
    pub(in crate::ledger) fn sound_value(
        &self,
        dataset: DatasetId,
        root: Digest,
        entry: &Entry,
    ) -> Outcome<Vec<u8>> {
        let fault = match self.value_of(entry) {
            Ok(bytes) => return Ok(bytes),
            Err(fault) => fault,
        };
        let content = &self.inner.content;
        let again = || content.read(dataset, |nodes| get(nodes, root, &entry.key));
        content.repair(dataset, &fault, || {
            again().is_ok_and(|entry| entry.is_some_and(|entry| self.value_of(&entry).is_ok()))
        })?;
        let entry = again()?.ok_or_else(|| {
            LedgerError::Fault(format!("item {:?} is not in root {root}", entry.key))
        })?;
        self.value_of(&entry)
    }

    fn value_of(&self, entry: &Entry) -> Outcome<Vec<u8>> {
        let place = entry.place;
        let bytes = self
            .inner
            .log
            .read_data(Position(place.chunk), place.offset, entry.length)?;
        match bytes {
            Some(bytes) if Digest::of(&bytes) == entry.value => Ok(bytes),
            Some(_) | None => Err(LedgerError::Fault(format!(
                "the value of {:?} is not at offset {} of event {}",
                entry.key, place.offset, place.chunk
            ))),
        }
    }
}
