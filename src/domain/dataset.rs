//! A dataset as decisions see it: the fold of its stream.
//!
//! Holds what a decision needs and nothing for show. `evolve` obeys every event; it never refuses.

use std::collections::HashMap;
use std::sync::Arc;

use super::event::Event;
use super::ids::{DatasetId, OperationId, ProjectId, Revision, SnapshotId, TaskId};
use super::refusal::{Refusal, Running};
use super::values::{
    DatasetStatus, Name, NameKey, OperationKind, RunningOperation, SnapshotReason, Version,
};

/// The state of one dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Which.
    pub id: DatasetId,
    /// Its project.
    pub project: ProjectId,
    /// The last event of its stream.
    pub revision: Revision,
    /// Its name.
    pub name: Name,
    /// Its description.
    pub description: Arc<str>,
    /// Its metadata, as canonical JSON text.
    pub metadata: Arc<str>,
    /// Its status.
    pub status: DatasetStatus,
    /// Whether snapshots can be asked for.
    pub snapshots_enabled: bool,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Its current version.
    pub head: Version,
    /// Its current snapshot.
    pub current: Option<SnapshotId>,
    /// The number the next snapshot gets.
    pub next_number: u32,
    /// Its snapshots, deleted ones too.
    pub snapshots: Snapshots,
    /// The operation that runs.
    pub operation: Option<RunningOperation>,
    /// The restore that runs.
    pub restore: Option<RunningRestore>,
}

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
    /// Whether it is deleted.
    pub deleted: bool,
}

/// The restore that runs on a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningRestore {
    /// Its task.
    pub task: TaskId,
    /// The version to go back to.
    pub target: Version,
    /// The snapshot by which it was named, if any.
    pub snapshot: Option<SnapshotId>,
    /// The id of the snapshot that will name the state before, if one was asked for.
    pub safety_snapshot: Option<SnapshotId>,
    /// The dataset's status before it.
    pub status_before: DatasetStatus,
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

    fn release_name(&mut self, id: SnapshotId) {
        let Some(name) = self.by_id.get(&id).and_then(|known| known.name.as_ref()) else {
            return;
        };
        if self.live_names.get(&name.key()) == Some(&id) {
            self.live_names.remove(&name.key());
        }
    }

    fn change(&mut self, id: SnapshotId, change: impl FnOnce(&mut SnapshotState)) {
        let Some(mut snapshot) = self.by_id.get(&id).cloned() else {
            return;
        };
        change(&mut snapshot);
        self.put(snapshot);
    }
}

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

    /// The state after the first event of its stream; none when that is not a DatasetCreated.
    pub fn begin(event: &Event) -> Option<Self> {
        let Event::DatasetCreated(created) = event else {
            return None;
        };
        Some(Self {
            id: created.dataset,
            project: created.project,
            revision: Revision::FIRST,
            name: created.name.clone(),
            description: created.description.clone(),
            metadata: created.metadata.clone(),
            status: created.status,
            snapshots_enabled: created.snapshots_enabled,
            deleted: false,
            head: Version {
                revision: Revision::FIRST,
                root: created.root,
                counts: created.counts,
            },
            current: None,
            next_number: 1,
            snapshots: Snapshots::default(),
            operation: None,
            restore: None,
        })
    }

    /// The state after this event of its stream, which must be the next one.
    pub fn evolve(&mut self, event: &Event) {
        self.revision = self.revision.next();
        match event {
            Event::DatasetUpdated(updated) => {
                if let Some(name) = &updated.name {
                    self.name = name.clone();
                }
                if let Some(description) = &updated.description {
                    self.description = description.clone();
                }
                if let Some(metadata) = &updated.metadata {
                    self.metadata = metadata.clone();
                }
                self.snapshots_enabled =
                    updated.snapshots_enabled.unwrap_or(self.snapshots_enabled);
            }
            Event::DatasetDeleted(_) => self.deleted = true,
            Event::ItemsCommitted(committed) => {
                self.head = Version {
                    revision: self.revision,
                    root: committed.root,
                    counts: committed.counts,
                };
            }
            Event::OperationBegun(begun) => {
                self.operation = Some(RunningOperation {
                    id: begun.operation,
                    kind: begun.kind,
                    status_before: self.status,
                });
                self.status = begun.status;
            }
            Event::OperationFinished(finished) => {
                self.operation = None;
                self.status = finished.status;
            }
            Event::SnapshotCreated(_)
            | Event::SnapshotRenamed(_)
            | Event::SnapshotMoved(_)
            | Event::SnapshotDeleted(_)
            | Event::SnapshotUndeleted(_) => self.evolve_snapshots(event),
            Event::RestoreBegun(_) | Event::SnapshotRestored(_) | Event::RestoreGivenUp(_) => {
                self.evolve_restore(event);
            }
            // A DatasetCreated begins a stream; these two add nothing a decision needs.
            Event::DatasetCreated(_) | Event::ItemsStaged(_) | Event::SnapshotCloned(_) => {}
            // These stand on other streams.
            Event::LedgerFounded(_)
            | Event::ProjectCreated(_)
            | Event::ProjectUpdated(_)
            | Event::DatasetListed(_)
            | Event::DatasetUnlisted(_)
            | Event::TaskQueued(_)
            | Event::TaskClaimed(_)
            | Event::TaskProgressed(_)
            | Event::TaskCompleted(_)
            | Event::TaskFailed(_)
            | Event::TaskCancelled(_)
            | Event::ApiKeyIssued(_)
            | Event::ApiKeyRevoked(_)
            | Event::ApiKeyUsed(_) => {}
        }
    }

    fn evolve_snapshots(&mut self, event: &Event) {
        if let Event::SnapshotCreated(created) = event {
            self.next_number = self.next_number.max(created.number + 1);
            self.snapshots.put(SnapshotState {
                id: created.snapshot,
                number: created.number,
                name: created.name.clone(),
                reason: created.reason,
                version: created.version,
                deleted: false,
            });
            if created.becomes_current {
                self.current = Some(created.snapshot);
            }
        }
        if let Event::SnapshotRenamed(renamed) = event {
            self.snapshots.change(renamed.snapshot, |snapshot| {
                snapshot.name = renamed.name.clone().or_else(|| snapshot.name.clone());
            });
        }
        if let Event::SnapshotMoved(moved) = event {
            self.snapshots
                .change(moved.snapshot, |snapshot| snapshot.version = moved.version);
            if moved.becomes_current {
                self.current = Some(moved.snapshot);
            }
        }
        if let Event::SnapshotDeleted(deleted) = event {
            self.snapshots
                .change(deleted.snapshot, |snapshot| snapshot.deleted = true);
            self.current = self.current.filter(|current| *current != deleted.snapshot);
        }
        if let Event::SnapshotUndeleted(undeleted) = event {
            self.snapshots.change(undeleted.snapshot, |snapshot| {
                snapshot.deleted = false;
                snapshot.name = undeleted.name.clone().or_else(|| snapshot.name.clone());
            });
        }
    }

    fn evolve_restore(&mut self, event: &Event) {
        if let Event::RestoreBegun(begun) = event {
            self.restore = Some(RunningRestore {
                task: begun.task,
                target: begun.target,
                snapshot: begun.snapshot,
                safety_snapshot: begun.safety_snapshot,
                status_before: self.status,
            });
            self.status = DatasetStatus::ReadOnly;
        }
        if let Event::SnapshotRestored(restored) = event {
            self.restore = None;
            self.status = restored.status;
            self.current = restored.current;
            self.head = Version {
                revision: self.revision,
                ..restored.target
            };
        }
        if let Event::RestoreGivenUp(given_up) = event {
            self.restore = None;
            self.status = given_up.status;
        }
    }
}

/// What holds a dataset so that others cannot write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Only this operation may write.
    Operation(OperationId),
    /// Nobody may write.
    Restore,
}
