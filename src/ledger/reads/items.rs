//! Items at a version: which there are, from the tree; what they hold, from the log.
//!
//! `values.rs` reads and hashes them.

use serde_json::Value;

use super::Reads;
use super::long::VALUE_BYTES_IN_LINE_MAX;
use crate::content::{Entry, Take, Window, count, get, range, walk};
use crate::digest::Digest;
use crate::ledger::Media;
use crate::ledger::content_words::ItemKind;
use crate::ledger::error::Outcome;
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
    pub async fn items(&self, version: &VersionRow, wanted: &ItemWindow) -> Outcome<ItemSlice> {
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
        let items = self.valued(version, entries).await?;
        let (has_next, has_previous) = if wanted.backward {
            (wanted.before.is_some(), has_more)
        } else {
            (has_more, wanted.after.is_some() || wanted.offset > 0)
        };
        Ok(ItemSlice {
            items,
            has_next,
            has_previous,
        })
    }

    /// Entries with what they hold. A page of them is found at once; what takes long is to read
    /// large values.
    async fn valued(&self, version: &VersionRow, entries: Vec<Entry>) -> Outcome<Vec<Item>> {
        let lengths = entries.iter().map(|entry| u64::from(entry.length));
        let (dataset, root) = (version.dataset, version.at.version.root);
        if lengths.sum::<u64>() <= VALUE_BYTES_IN_LINE_MAX {
            return self.ledger.items_of(dataset, root, entries);
        }
        self.at_length(move |reads| reads.ledger.items_of(dataset, root, entries))
            .await
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
        let root = version.at.version.root;
        let entry = content.read(version.dataset, |nodes| get(nodes, root, key))?;
        let entries = entry.into_iter().collect();
        Ok(self.ledger.items_of(version.dataset, root, entries)?.pop())
    }

    /// The first key of a version, in byte order, for which this holds. Reads no values, but
    /// every key up to there.
    pub fn find_key(
        &self,
        version: &VersionRow,
        holds: impl Fn(&str) -> bool,
    ) -> Outcome<Option<String>> {
        let content = &self.ledger.inner.content;
        content.read(version.dataset, |nodes| {
            for entry in walk(nodes, version.at.version.root, None) {
                let entry = entry?;
                if holds(&entry.key) {
                    return Ok(Some(entry.key.to_string()));
                }
            }
            Ok(None)
        })
    }

    /// The items of these keys at a version, in their order; none where it has no such key.
    pub fn items_by_keys(
        &self,
        version: &VersionRow,
        keys: &[String],
    ) -> Outcome<Vec<Option<Item>>> {
        self.ledger
            .items_by_keys(version.dataset, version.at.version.root, keys)
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
        let root = version.at.version.root;
        let values = self.ledger.sound_values(version.dataset, root, &entries)?;
        let valued = entries.into_iter().zip(values);
        Ok(valued
            .map(|(entry, value)| (entry.key.to_string(), entry.kind, value))
            .collect())
    }
}
