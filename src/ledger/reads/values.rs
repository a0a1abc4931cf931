//! The values of entries, read from the log where the tree says they lie, many at a time.
//!
//! Every value is hashed as it is read. Where its bytes lie is kept beside a node, outside its
//! hash: when it is wrong, the content is rebuilt from the log, and the log tells it anew.

use super::items::Item;
use crate::content::{Entry, get, value};
use crate::digest::Digest;
use crate::domain::ids::{DatasetId, Position};
use crate::event_log::DataSlice;
use crate::ledger::Ledger;
use crate::ledger::error::{LedgerError, Outcome};

impl Ledger {
    /// Entries of a root with what they hold.
    pub(in crate::ledger) fn items_of(
        &self,
        dataset: DatasetId,
        root: Digest,
        entries: Vec<Entry>,
    ) -> Outcome<Vec<Item>> {
        let values = self.sound_values(dataset, root, &entries)?;
        let valued = entries.into_iter().zip(values).map(|(entry, bytes)| {
            let (data, media) =
                value::parse(&bytes).map_err(|fault| LedgerError::Fault(fault.to_string()))?;
            let (key, kind, digest) = (entry.key.to_string(), entry.kind, entry.value);
            Ok(Item {
                key,
                kind,
                digest,
                data,
                media,
            })
        });
        valued.collect()
    }

    /// The items of these keys at a root, in their order; none where a key is not there.
    pub(in crate::ledger) fn items_by_keys(
        &self,
        dataset: DatasetId,
        root: Digest,
        keys: &[String],
    ) -> Outcome<Vec<Option<Item>>> {
        let found = self.inner.content.read(dataset, |nodes| {
            let found = keys.iter().map(|key| get(nodes, root, key));
            found.collect::<Result<Vec<_>, _>>()
        })?;
        let entries = found.iter().flatten().cloned().collect();
        let mut items = self.items_of(dataset, root, entries)?.into_iter();
        let placed = found
            .into_iter()
            .map(|entry| entry.and_then(|_| items.next()));
        Ok(placed.collect())
    }

    /// The bytes of the values of these entries of a root.
    pub(in crate::ledger) fn sound_values(
        &self,
        dataset: DatasetId,
        root: Digest,
        entries: &[Entry],
    ) -> Outcome<Vec<Vec<u8>>> {
        let read = self.values_of(entries)?;
        let sound = entries.iter().zip(read).map(|(entry, bytes)| match bytes {
            Some(bytes) => Ok(bytes),
            None => self.mended_value(dataset, root, entry),
        });
        sound.collect()
    }

    /// The bytes of each value; none where they are not what the entry names.
    fn values_of(&self, entries: &[Entry]) -> Outcome<Vec<Option<Vec<u8>>>> {
        let slice = |entry: &Entry| DataSlice {
            position: Position(entry.place.chunk),
            offset: entry.place.offset,
            length: entry.length,
        };
        let slices: Vec<DataSlice> = entries.iter().map(slice).collect();
        let read = self.inner.log.read_slices(&slices)?;
        let checked = entries
            .iter()
            .zip(read)
            .map(|(entry, bytes)| bytes.filter(|bytes| Digest::of(bytes) == entry.value));
        Ok(checked.collect())
    }

    /// A value whose place was wrong, after the content was rebuilt.
    fn mended_value(&self, dataset: DatasetId, root: Digest, entry: &Entry) -> Outcome<Vec<u8>> {
        let content = &self.inner.content;
        let (chunk, offset) = (entry.place.chunk, entry.place.offset);
        let fault = LedgerError::Fault(format!(
            "the value of {:?} in root {root} is not at offset {offset} of event {chunk}",
            entry.key
        ));
        let again = || -> Outcome<Option<Vec<u8>>> {
            let entry = content.read(dataset, |nodes| get(nodes, root, &entry.key))?;
            let entries: Vec<Entry> = entry.into_iter().collect();
            Ok(self.values_of(&entries)?.pop().flatten())
        };
        content.repair(dataset, &fault, || {
            again().is_ok_and(|value| value.is_some())
        })?;
        again()?.ok_or(fault)
    }
}
