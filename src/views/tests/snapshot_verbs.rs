//! What happens to snapshots, verb by verb, as one append each.
//!
//! Whoever writes a history keeps to the rules of the domain; here nothing is checked.

use super::history::{History, name};
use crate::domain::event::{
    SnapshotCreated, SnapshotDeleted, SnapshotMoved, SnapshotRenamed, SnapshotUndeleted,
};
use crate::domain::ids::{DatasetId, SnapshotId, Stream};
use crate::domain::values::{SnapshotReason, Version};

impl History {
    /// A snapshot of the head, asked for by a caller.
    pub(super) fn snapshot(&mut self, dataset: DatasetId, called: Option<&str>) -> SnapshotId {
        self.add_snapshot(dataset, called, SnapshotReason::Manual, None)
    }

    /// A snapshot of an older version.
    pub(super) fn snapshot_of(&mut self, dataset: DatasetId, version: Version) -> SnapshotId {
        self.add_snapshot(dataset, None, SnapshotReason::Manual, Some(version))
    }

    pub(super) fn add_snapshot(
        &mut self,
        dataset: DatasetId,
        called: Option<&str>,
        reason: SnapshotReason,
        version: Option<Version>,
    ) -> SnapshotId {
        let snapshot = self.id(SnapshotId);
        let state = &self.datasets[&dataset];
        let version = version.unwrap_or(state.head);
        let created = SnapshotCreated {
            dataset,
            snapshot,
            number: state.next_number,
            name: called.map(name),
            description: "as it is".into(),
            reason,
            version,
            asked: (version != state.head).then(|| self.head()),
            becomes_current: version.revision == state.head.revision,
            dataset_name: state.name.clone(),
            dataset_description: state.description.clone(),
            trained_model: None,
            restored_from: None,
        };
        self.add(Stream::Dataset(dataset), created);
        snapshot
    }

    pub(super) fn rename_snapshot(
        &mut self,
        dataset: DatasetId,
        snapshot: SnapshotId,
        called: &str,
    ) {
        let renamed = SnapshotRenamed {
            dataset,
            snapshot,
            name: Some(name(called)),
            description: Some("renamed".into()),
        };
        self.add(Stream::Dataset(dataset), renamed);
    }

    pub(super) fn move_snapshot(
        &mut self,
        dataset: DatasetId,
        snapshot: SnapshotId,
        version: Version,
    ) {
        let becomes_current = version.revision == self.datasets[&dataset].head.revision;
        let moved = SnapshotMoved {
            dataset,
            snapshot,
            version,
            asked: None,
            becomes_current,
            description: None,
        };
        self.add(Stream::Dataset(dataset), moved);
    }

    pub(super) fn delete_snapshot(&mut self, dataset: DatasetId, snapshot: SnapshotId) {
        let deleted = SnapshotDeleted { dataset, snapshot };
        self.add(Stream::Dataset(dataset), deleted);
    }

    pub(super) fn undelete_snapshot(&mut self, dataset: DatasetId, snapshot: SnapshotId) {
        let undeleted = SnapshotUndeleted {
            dataset,
            snapshot,
            name: None,
        };
        self.add(Stream::Dataset(dataset), undeleted);
    }
}
