//! What commands ask of a dataset before they change it: one question each, one refusal each.
//!
//! Changes nothing. Which questions a command asks, and in what order, its own file says.

use std::sync::Arc;

use super::{Dataset, Lock, RunningRestore, SnapshotState};
use crate::domain::event::SnapshotCreated;
use crate::domain::ids::{Revision, SnapshotId, TaskId};
use crate::domain::refusal::{Refusal, Running};
use crate::domain::values::{DatasetStatus, Name, OperationKind, SnapshotReason, Version};

impl Dataset {
    /// Whether nothing can be written: what holds the dataset, and the operation that may write.
    pub const fn lock(&self) -> Option<Lock> {
        match (&self.restore, &self.operation) {
            (Some(_), _) => Some(Lock::Restore),
            (None, Some(operation)) => match operation.kind {
                OperationKind::Training => None,
                OperationKind::Creation
                | OperationKind::Enrichment
                | OperationKind::MediaAddition
                | OperationKind::Reindex
                | OperationKind::LabelPropagation
                | OperationKind::MetadataImport => Some(Lock::Operation(operation.id)),
            },
            (None, None) => None,
        }
    }

    /// What runs on it, if anything.
    pub const fn running(&self) -> Option<Running> {
        match (&self.restore, &self.operation) {
            (Some(_), _) => Some(Running::Restore),
            (None, Some(operation)) => Some(Running::Operation(operation.kind)),
            (None, None) => None,
        }
    }

    /// Refuses when it is deleted.
    pub const fn must_live(&self) -> Result<(), Refusal> {
        if self.deleted {
            Err(Refusal::NotFound { what: "dataset" })
        } else {
            Ok(())
        }
    }

    /// Refuses while anything runs on it, a TRAINING too.
    pub fn must_be_idle(&self) -> Result<(), Refusal> {
        match self.running() {
            Some(running) => Err(Refusal::OperationRunning { running }),
            None => Ok(()),
        }
    }

    /// Refuses unless its content stands: `READY`, `PARTIAL_INDEX` or `ERROR`.
    pub fn must_stand(&self) -> Result<(), Refusal> {
        match self.status {
            DatasetStatus::Ready | DatasetStatus::PartialIndex | DatasetStatus::Error => Ok(()),
            DatasetStatus::Draft | DatasetStatus::Indexing | DatasetStatus::ReadOnly => {
                Err(self.not_ready())
            }
        }
    }

    /// Refuses unless a caller may ask for a snapshot now: snapshots are enabled, nothing runs
    /// but a TRAINING, and the status is `READY`.
    pub fn must_take_snapshots(&self) -> Result<(), Refusal> {
        if !self.snapshots_enabled {
            return Err(Refusal::SnapshotsDisabled);
        }
        if self.lock().is_some() {
            self.must_be_idle()?;
        }
        match self.status {
            DatasetStatus::Ready => Ok(()),
            DatasetStatus::Draft
            | DatasetStatus::Indexing
            | DatasetStatus::ReadOnly
            | DatasetStatus::PartialIndex
            | DatasetStatus::Error => Err(self.not_ready()),
        }
    }

    /// Refuses when the caller saw a version, and it is not the current one.
    pub fn must_be_at(&self, seen: Option<Revision>) -> Result<(), Refusal> {
        match seen {
            Some(seen) if seen != self.head.revision => Err(Refusal::VersionConflict {
                found: self.head.revision,
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses when another live snapshot than `own` was given this name.
    pub fn must_be_free(&self, name: &Name, own: SnapshotId) -> Result<(), Refusal> {
        match self.snapshots.named(name) {
            Some(other) if other.id != own => Err(Refusal::NameTaken {
                name: name.to_string(),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// The live snapshot of this id.
    pub fn live_snapshot(&self, id: SnapshotId) -> Result<&SnapshotState, Refusal> {
        self.snapshots
            .live(id)
            .ok_or(Refusal::NotFound { what: "snapshot" })
    }

    /// Refuses unless this snapshot is live and names this version; it may have been moved since
    /// the caller looked.
    pub fn must_name(&self, snapshot: SnapshotId, version: Version) -> Result<(), Refusal> {
        let found = self.live_snapshot(snapshot)?.version.revision;
        if found == version.revision {
            Ok(())
        } else {
            Err(Refusal::VersionConflict { found })
        }
    }

    /// The restore that runs, when this task does it.
    pub fn restore_of(&self, task: TaskId) -> Result<&RunningRestore, Refusal> {
        self.restore
            .as_ref()
            .filter(|restore| restore.task == task)
            .ok_or(Refusal::TaskEnded)
    }

    /// The fact that a new snapshot, nameless as yet, names the current version; it becomes the
    /// current snapshot.
    pub fn snapshot_of_head(&self, id: SnapshotId, reason: SnapshotReason) -> SnapshotCreated {
        SnapshotCreated {
            dataset: self.id,
            snapshot: id,
            number: self.next_number,
            name: None,
            description: Arc::from(""),
            reason,
            version: self.head,
            asked: None,
            becomes_current: true,
            dataset_name: self.name.clone(),
            dataset_description: self.description.clone(),
            trained_model: None,
            restored_from: None,
        }
    }

    const fn not_ready(&self) -> Refusal {
        Refusal::DatasetNotReady {
            status: self.status,
        }
    }
}
