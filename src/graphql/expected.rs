//! Rows that a list will be asked for: read together, in line, when the first of them is.
//!
//! The parent of a list says which; nothing is read unless a nested field is selected. Cheaper
//! than a data loader, which goes by way of another task. What was read is forgotten when the
//! views move on, so that nobody is told less than the views know.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::Problem;
use crate::domain::ids::Position;

/// The most rows kept; beyond that they are forgotten, and read as any others.
const ROWS_MAX: usize = 5_000;

/// Rows by id, expected and not read yet, or read.
pub struct Expected<Id, Row> {
    rows: Mutex<Rows<Id, Row>>,
}

struct Rows<Id, Row> {
    slots: HashMap<Id, Slot<Row>>,
    /// Where the views stood at the first read.
    read_at: Option<Position>,
}

enum Slot<Row> {
    Unread,
    Read(Option<Row>),
}

impl<Id, Row> Default for Expected<Id, Row> {
    fn default() -> Self {
        Self {
            rows: Mutex::new(Rows {
                slots: HashMap::new(),
                read_at: None,
            }),
        }
    }
}

impl<Id: Copy + Eq + Hash, Row: Clone> Expected<Id, Row> {
    /// A list begins: the rows of these ids are to be read when the first is asked for.
    pub fn announce(&self, ids: impl Iterator<Item = Id>) {
        let mut rows = self.rows();
        if rows.slots.len() > ROWS_MAX {
            rows.slots.clear();
        }
        rows.slots.extend(ids.map(|id| (id, Slot::Unread)));
    }

    /// The row of an id, if it was expected and the views still stand where they stood; `read`
    /// reads those that are unread.
    pub fn get(
        &self,
        id: Id,
        now: Position,
        read: impl FnOnce(&[Id]) -> Result<HashMap<Id, Row>, Problem>,
    ) -> Result<Option<Option<Row>>, Problem> {
        let mut rows = self.rows();
        if rows.read_at.is_some_and(|read_at| read_at != now) {
            rows.slots.clear();
            rows.read_at = None;
        }
        match rows.slots.get(&id) {
            None => return Ok(None),
            Some(Slot::Read(row)) => return Ok(Some(row.clone())),
            Some(Slot::Unread) => {}
        }
        let unread = rows.slots.iter();
        let unread = unread.filter(|(_, slot)| matches!(slot, Slot::Unread));
        let unread: Vec<Id> = unread.map(|(id, _)| *id).collect();
        let mut found = read(&unread)?;
        let row = found.get(&id).cloned();
        for id in unread {
            rows.slots.insert(id, Slot::Read(found.remove(&id)));
        }
        rows.read_at = Some(now);
        Ok(Some(row))
    }

    fn rows(&self) -> MutexGuard<'_, Rows<Id, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Position = Position(3);

    fn read(ids: &[u32]) -> HashMap<u32, String> {
        let known = ids.iter().filter(|id| **id < 10);
        known.map(|id| (*id, format!("row {id}"))).collect()
    }

    #[test]
    fn the_first_that_is_asked_for_reads_all_that_are_expected() {
        let expected: Expected<u32, String> = Expected::default();
        expected.announce([1, 2, 70].into_iter());
        let first = expected.get(1, NOW, |ids| {
            assert_eq!(ids.len(), 3);
            Ok(read(ids))
        });
        assert_eq!(first.expect("read"), Some(Some("row 1".to_owned())));
        let again = |id| {
            let row = expected.get(id, NOW, |_| unreachable!("read already"));
            row.expect("known")
        };
        assert_eq!(again(2), Some(Some("row 2".to_owned())));
        assert_eq!(again(70), Some(None));
        assert_eq!(again(3), None);
    }

    #[test]
    fn what_was_read_is_forgotten_when_the_views_move_on() {
        let expected: Expected<u32, String> = Expected::default();
        expected.announce([1, 2].into_iter());
        expected.get(1, NOW, |ids| Ok(read(ids))).expect("read");
        let later = expected.get(2, NOW.next(), |_| unreachable!("not expected any more"));
        assert_eq!(later.expect("known"), None);
    }
}
