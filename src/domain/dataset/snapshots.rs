//! The snapshots of a dataset as decisions see them: found by id, by given name, by content.
//!
//! Holds deleted ones too, so that they can come back; a deleted one's name is free.

use std::collections::HashMap;

use crate::domain::ids::{Position, SnapshotId};
use crate::domain::values::{Name, NameKey, SnapshotReason, Version};

/// A snapshot as decisions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotState {
    /// Which.
    pub id: SnapshotId,
    /// Its number.
    pub number: u32,
    /// The name a caller gave.
    pub name: Option<Name>,
    /// Why it was made.
    pub reason: SnapshotReason,
    /// The version it names.
    pub version: Version,
    /// The position by which that version was asked for, if any.
    pub asked: Option<Position>,
    /// Whether it is deleted.
    pub deleted: bool,
}

/// The snapshots of a dataset, found by id and by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshots {
    by_id: HashMap<SnapshotId, SnapshotState>,
    live_names: HashMap<NameKey, SnapshotId>,
}

impl Snapshots {
    /// Adds or replaces one; a live one's given name is taken from here on.
    pub fn put(&mut self, snapshot: SnapshotState) {
        self.release_name(snapshot.id);
        if let (Some(name), false) = (&snapshot.name, snapshot.deleted) {
            self.live_names.insert(name.key(), snapshot.id);
        }
        self.by_id.insert(snapshot.id, snapshot);
    }

    /// The snapshot of this id, also a deleted one.
    pub fn get(&self, id: SnapshotId) -> Option<&SnapshotState> {
        self.by_id.get(&id)
    }

    /// The live snapshot of this id.
    pub fn live(&self, id: SnapshotId) -> Option<&SnapshotState> {
        self.get(id).filter(|snapshot| !snapshot.deleted)
    }

    /// The live snapshot that was given this name.
    pub fn named(&self, name: &Name) -> Option<&SnapshotState> {
        self.live_names
            .get(&name.key())
            .and_then(|id| self.get(*id))
    }

    /// The live snapshot with the highest number whose root is this version's.
    pub fn newest_live_of(&self, version: Version) -> Option<&SnapshotState> {
        self.by_id
            .values()
            .filter(|snapshot| !snapshot.deleted && snapshot.version.root == version.root)
            .max_by_key(|snapshot| snapshot.number)
    }

    /// The oldest live snapshot that a caller asked for and that a condition holds for. Looks at
    /// every snapshot of the dataset.
    pub fn oldest_manual(&self, holds: impl Fn(&SnapshotState) -> bool) -> Option<&SnapshotState> {
        self.by_id
            .values()
            .filter(|snapshot| !snapshot.deleted && snapshot.reason == SnapshotReason::Manual)
            .filter(|snapshot| holds(snapshot))
            .min_by_key(|snapshot| snapshot.number)
    }

    fn release_name(&mut self, id: SnapshotId) {
        let Some(name) = self.by_id.get(&id).and_then(|known| known.name.as_ref()) else {
            return;
        };
        if self.live_names.get(&name.key()) == Some(&id) {
            self.live_names.remove(&name.key());
        }
    }

    /// Changes the snapshot of this id, if there is one; its name is freed or taken along.
    pub(super) fn change(&mut self, id: SnapshotId, change: impl FnOnce(&mut SnapshotState)) {
        let Some(mut snapshot) = self.by_id.get(&id).cloned() else {
            return;
        };
        change(&mut snapshot);
        self.put(snapshot);
    }
}
