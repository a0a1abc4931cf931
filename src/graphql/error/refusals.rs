//! The table of refusals: each with its code and what to do next.

use super::{Code, Problem};
use crate::domain::Refusal;
use crate::domain::values::DatasetStatus;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (code, hint) = advice(&refusal);
        let told = Self::new(code, refusal.to_string(), hint);
        let told = if passes_by_itself(&refusal) {
            told.retryable()
        } else {
            told
        };
        match refusal {
            Refusal::BadInput { field, .. } => told.of_field(field),
            Refusal::NameTaken { .. } => told.of_field("name"),
            Refusal::IdempotencyKeyReused => told.of_field("idempotencyKey"),
            Refusal::BeyondHead { head } => told.of_field("xactId").with_current(Some(head.xact())),
            Refusal::NotFound { .. }
            | Refusal::VersionConflict { .. }
            | Refusal::DatasetLocked { .. }
            | Refusal::DatasetNotReady { .. }
            | Refusal::OperationRunning { .. }
            | Refusal::SnapshotsDisabled
            | Refusal::SnapshotIsCurrent
            | Refusal::NothingToUpdate
            | Refusal::ApiKeyRevoked
            | Refusal::TaskEnded
            | Refusal::LeaseHeld { .. }
            | Refusal::TooLarge { .. } => told,
        }
    }
}

/// What to do next.
const fn advice(refusal: &Refusal) -> (Code, &'static str) {
    match refusal {
        Refusal::BadInput { .. } => (
            Code::BadInput,
            "Correct the field that is named and send the request again.",
        ),
        Refusal::NotFound { .. } => (
            Code::NotFound,
            "Check the id; what is deleted or not yours cannot be told from what never was.",
        ),
        Refusal::NameTaken { .. } => (Code::NameTaken, "Choose another name."),
        Refusal::VersionConflict { .. } => (
            Code::VersionConflict,
            "Read the current version, apply your change to it, and send that as ifVersion.",
        ),
        Refusal::DatasetLocked { .. } => (
            Code::DatasetLocked,
            "Wait until what holds the dataset ends: watch datasetChanged, then try again.",
        ),
        Refusal::DatasetNotReady { status } => (Code::DatasetNotReady, way_to_ready(*status)),
        Refusal::OperationRunning { .. } => (
            Code::OperationRunning,
            "Wait until it ends: watch datasetChanged, or cancel the task, then try again.",
        ),
        Refusal::SnapshotsDisabled => (
            Code::SnapshotsDisabled,
            "Enable them with updateDataset(snapshotsEnabled: true).",
        ),
        Refusal::SnapshotIsCurrent => (
            Code::SnapshotIsCurrent,
            "Create or restore another snapshot first, or give evenIfCurrent: true.",
        ),
        Refusal::NothingToUpdate => (Code::NothingToUpdate, "Give at least one field to change."),
        Refusal::ApiKeyRevoked => (
            Code::NothingToUpdate,
            "Nothing is left to do: the key opens nothing any more.",
        ),
        Refusal::TaskEnded => (Code::TaskEnded, "Read the task to see how it ended."),
        Refusal::LeaseHeld { .. } => (
            Code::LeaseLost,
            "Wait until the lease has run out, then claim the task again.",
        ),
        Refusal::IdempotencyKeyReused => (
            Code::IdempotencyKeyReused,
            "Use a new idempotencyKey for another input.",
        ),
        Refusal::TooLarge { .. } => (
            Code::TooLarge,
            "Make it smaller, or send it in parts; bulk items go to /v1/datasets/{id}/items.",
        ),
        Refusal::BeyondHead { .. } => (
            Code::BadInput,
            "Use an xact id that this ledger has given; currentXactId is the newest.",
        ),
    }
}

const fn way_to_ready(status: DatasetStatus) -> &'static str {
    match status {
        DatasetStatus::Indexing | DatasetStatus::ReadOnly => {
            "Wait until the dataset is READY again: watch datasetChanged, then try again."
        }
        DatasetStatus::Draft => {
            "Fill the dataset inside a CREATION operation and finish that first."
        }
        DatasetStatus::Ready | DatasetStatus::PartialIndex | DatasetStatus::Error => {
            "Bring the dataset to READY first, by an operation that succeeds."
        }
    }
}

/// Whether the same request may succeed later, without anybody changing it.
const fn passes_by_itself(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::DatasetLocked { .. }
        | Refusal::OperationRunning { .. }
        | Refusal::LeaseHeld { .. } => true,
        Refusal::DatasetNotReady { status } => {
            matches!(status, DatasetStatus::Indexing | DatasetStatus::ReadOnly)
        }
        Refusal::BadInput { .. }
        | Refusal::NotFound { .. }
        | Refusal::NameTaken { .. }
        | Refusal::VersionConflict { .. }
        | Refusal::SnapshotsDisabled
        | Refusal::SnapshotIsCurrent
        | Refusal::NothingToUpdate
        | Refusal::ApiKeyRevoked
        | Refusal::TaskEnded
        | Refusal::IdempotencyKeyReused
        | Refusal::TooLarge { .. }
        | Refusal::BeyondHead { .. } => false,
    }
}
