//! What a dataset is after each event of its stream.
//!
//! Obeys every event; never refuses, never asks whether it could have happened.

use super::{Dataset, RunningRestore, SnapshotState, Snapshots};
use crate::domain::event::{DatasetCreated, Event};
use crate::domain::ids::Revision;
use crate::domain::values::{DatasetStatus, RunningOperation, Version};

impl Dataset {
    /// The state after the first event of its stream; none when that is not a DatasetCreated.
    pub fn begin(event: &Event) -> Option<Self> {
        let Event::DatasetCreated(created) = event else {
            return None;
        };
        Some(Self::created(created))
    }

    /// The state after its creation.
    pub fn created(created: &DatasetCreated) -> Self {
        Self {
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
        }
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
            | Event::ProjectDeleted(_)
            | Event::ProjectListed(_)
            | Event::ProjectUnlisted(_)
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
                asked: created.asked,
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
            self.snapshots.change(moved.snapshot, |snapshot| {
                snapshot.version = moved.version;
                snapshot.asked = moved.asked;
            });
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
                result_snapshot: begun.result_snapshot,
                words: begun.words.clone(),
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
