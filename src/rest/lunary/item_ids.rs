//! Ids of items: this API knows items by UUID, the ledger by any text.
//!
//! A key that is a UUID is the id. Any other key has a UUID v5 made of it, from which it cannot be
//! read back: ids that were shown are remembered up to a bound, and what is not remembered is
//! looked for among the version's keys. So nothing about ids is stored, and none can be stale.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use uuid::Uuid;

use crate::domain::ids::DatasetId;
use crate::ledger::{LedgerError, Outcome, Reads};
use crate::views::VersionRow;

/// Ids remembered at a time, each of about 150 bytes: those of some large listings.
const REMEMBERED_MAX: NonZeroUsize = NonZeroUsize::new(100_000).expect("more than none");
/// The version of the UUIDs that are made of keys.
const MADE_OF_KEY: usize = 5;

/// Keys by the ids that they are shown under.
type Shown = LruCache<(DatasetId, Uuid), Arc<str>>;

/// The ids that were shown lately, with their keys.
#[derive(Clone)]
pub(in crate::rest) struct ItemIds {
    shown: Arc<Mutex<Shown>>,
}

impl Default for ItemIds {
    fn default() -> Self {
        let shown = Arc::new(Mutex::new(LruCache::new(REMEMBERED_MAX)));
        Self { shown }
    }
}

impl ItemIds {
    /// The id that a key is shown under.
    pub fn show(&self, dataset: DatasetId, key: &str) -> Uuid {
        let id = id_of(dataset, key);
        if id.get_version_num() == MADE_OF_KEY && id.to_string() != key {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.get_or_insert((dataset, id), || key.into());
        }
        id
    }

    /// The key of an id at a version; none where no item has it. A key that is the id itself is
    /// answered without a look: whether it is there, the reading of the item tells.
    pub async fn key_of(
        &self,
        reads: &Reads,
        version: &VersionRow,
        id: Uuid,
    ) -> Outcome<Option<String>> {
        let (dataset, itself) = (version.dataset, id.to_string());
        if id.get_version_num() != MADE_OF_KEY {
            return Ok(Some(itself));
        }
        if let Some(key) = self.remembered(dataset, id) {
            return Ok(Some(key.to_string()));
        }
        let (reads, version) = (reads.clone(), version.clone());
        // Every key may have to be looked at.
        let look = move || reads.find_key(&version, |key| id_of(dataset, key) == id);
        let found = tokio::task::spawn_blocking(look).await;
        let found = found
            .map_err(|fault| LedgerError::Fault(format!("an id was not looked for: {fault}")))??;
        if let Some(key) = &found {
            self.show(dataset, key);
        }
        Ok(found)
    }

    fn remembered(&self, dataset: DatasetId, id: Uuid) -> Option<Arc<str>> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.get(&(dataset, id)).cloned()
    }
}

/// The id of a key: the key where it is a UUID as UUIDs are written, else one made of it and the
/// dataset.
fn id_of(dataset: DatasetId, key: &str) -> Uuid {
    match Uuid::try_parse(key) {
        Ok(id) if id.to_string() == key => id,
        Ok(_) | Err(_) => Uuid::new_v5(&dataset.0, key.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_its_own_id_and_any_other_key_has_one_of_its_dataset() {
        let (one, other) = (DatasetId(Uuid::from_u128(1)), DatasetId(Uuid::from_u128(2)));
        let key = "0198a1b2-0000-7000-8000-00000000000a";
        assert_eq!(id_of(one, key).to_string(), key);
        for text in ["row-1", &key.to_uppercase(), &key.replace('-', ""), "{}"] {
            let id = id_of(one, text);
            assert_eq!(id.get_version_num(), MADE_OF_KEY, "{text}");
            assert_eq!(id, id_of(one, text));
            assert_ne!(id, id_of(other, text));
            assert_ne!(id.to_string(), text);
        }
    }

    #[test]
    fn an_id_that_was_shown_is_remembered_in_its_dataset() {
        let (one, other) = (DatasetId(Uuid::from_u128(1)), DatasetId(Uuid::from_u128(2)));
        let ids = ItemIds::default();
        let id = ids.show(one, "row-1");
        assert_eq!(ids.remembered(one, id).as_deref(), Some("row-1"));
        assert_eq!(ids.remembered(other, id), None);
    }
}
