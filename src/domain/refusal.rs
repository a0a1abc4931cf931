//! The expected "no": every reason for which a command is refused, with what its caller can act on.
//!
//! A refusal is never a fault: nothing is broken, nothing is logged, and asking again may succeed.

use chrono::{DateTime, Utc};

use super::ids::{Position, Revision};
use super::values::{DatasetStatus, OperationKind};

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What was given has the wrong form.
    #[error("{field}: {message}")]
    BadInput {
        /// The field of the input.
        field: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// What was named does not exist, is deleted, or is not the caller's.
    #[error("there is no such {what}")]
    NotFound {
        /// A word of the glossary.
        what: &'static str,
    },
    /// Another live one has this name.
    #[error("the name {name:?} is taken")]
    NameTaken {
        /// The name asked for.
        name: String,
    },
    /// The dataset has moved on since the version that the caller saw.
    #[error("the dataset has changed since that version")]
    VersionConflict {
        /// The version found, as an event of the dataset's stream.
        found: Revision,
    },
    /// An operation or a restore holds the dataset: nothing can be written.
    #[error("the dataset cannot be written to while {holder} runs")]
    DatasetLocked {
        /// What holds it.
        holder: &'static str,
    },
    /// The dataset's status does not allow this.
    #[error("the dataset is {status}, which does not allow this")]
    DatasetNotReady {
        /// Its status.
        status: DatasetStatus,
    },
    /// An operation or task runs that must end first.
    #[error("{running} runs on the dataset; this must wait until it ends")]
    OperationRunning {
        /// What runs.
        running: Running,
    },
    /// The dataset takes no snapshots.
    #[error("snapshots are not enabled for this dataset")]
    SnapshotsDisabled,
    /// The current snapshot cannot be deleted.
    #[error("this is the dataset's current snapshot")]
    SnapshotIsCurrent,
    /// No field to change was given.
    #[error("nothing to update: give at least one field")]
    NothingToUpdate,
    /// The API key was revoked before.
    #[error("this API key is revoked already")]
    ApiKeyRevoked,
    /// The task has ended, or is switching.
    #[error("the task has ended or can no longer be stopped")]
    TaskEnded,
    /// Another node works on the task; it may be asked again when the lease has run out.
    #[error("another node works on the task until {until}")]
    LeaseHeld {
        /// When the lease runs out.
        until: DateTime<Utc>,
    },
    /// The idempotency key came before with another input.
    #[error("this idempotency key was used with another input")]
    IdempotencyKeyReused,
    /// A value or request is over its limit.
    #[error("{what} is over the limit of {limit_bytes} bytes")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit.
        limit_bytes: u64,
    },
    /// An xact id beyond the head of the log.
    #[error("this xact id lies beyond the head of the log")]
    BeyondHead {
        /// The head.
        head: Position,
    },
}

/// What keeps a dataset busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Running {
    /// An outside worker's operation.
    Operation(OperationKind),
    /// A restore.
    Restore,
    /// An import.
    Import,
}

impl std::fmt::Display for Running {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Operation(kind) => write!(formatter, "an operation ({kind})"),
            Self::Restore => formatter.write_str("a restore"),
            Self::Import => formatter.write_str("an import"),
        }
    }
}

/// Every refusal there is, for the tables that must have a line for each.
#[cfg(test)]
pub mod every {
    use chrono::DateTime;

    use super::{Refusal, Running};
    use crate::domain::ids::{Position, Revision};
    use crate::domain::values::{DatasetStatus, OperationKind};

    /// The code under which a table knows it: a new variant must be given one here, and an example
    /// in [`refusals`].
    pub const fn code(refusal: &Refusal) -> &'static str {
        match refusal {
            Refusal::BadInput { .. } => "BAD_INPUT",
            Refusal::NotFound { .. } => "NOT_FOUND",
            Refusal::NameTaken { .. } => "NAME_TAKEN",
            Refusal::VersionConflict { .. } => "VERSION_CONFLICT",
            Refusal::DatasetLocked { .. } => "DATASET_LOCKED",
            Refusal::DatasetNotReady { .. } => "DATASET_NOT_READY",
            Refusal::OperationRunning { .. } => "OPERATION_RUNNING",
            Refusal::SnapshotsDisabled => "SNAPSHOTS_DISABLED",
            Refusal::SnapshotIsCurrent => "SNAPSHOT_IS_CURRENT",
            Refusal::NothingToUpdate => "NOTHING_TO_UPDATE",
            Refusal::TaskEnded => "TASK_ENDED",
            Refusal::ApiKeyRevoked => "API_KEY_REVOKED",
            Refusal::LeaseHeld { .. } => "LEASE_HELD",
            Refusal::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Refusal::TooLarge { .. } => "TOO_LARGE",
            Refusal::BeyondHead { .. } => "BEYOND_HEAD",
        }
    }

    /// An example of each, under its code.
    pub fn refusals() -> Vec<(&'static str, Refusal)> {
        let examples = [
            Refusal::BadInput {
                field: "name",
                message: "a name has 1 to 255 characters".to_owned(),
            },
            Refusal::NotFound { what: "dataset" },
            Refusal::NameTaken {
                name: "penguins".to_owned(),
            },
            Refusal::VersionConflict { found: Revision(3) },
            Refusal::DatasetLocked {
                holder: "a restore",
            },
            Refusal::DatasetNotReady {
                status: DatasetStatus::Draft,
            },
            Refusal::OperationRunning {
                running: Running::Operation(OperationKind::Reindex),
            },
            Refusal::SnapshotsDisabled,
            Refusal::SnapshotIsCurrent,
            Refusal::NothingToUpdate,
            Refusal::TaskEnded,
            Refusal::ApiKeyRevoked,
            Refusal::LeaseHeld {
                until: DateTime::UNIX_EPOCH,
            },
            Refusal::IdempotencyKeyReused,
            Refusal::TooLarge {
                what: "a value",
                limit_bytes: 1,
            },
            Refusal::BeyondHead { head: Position(7) },
        ];
        examples.map(|refusal| (code(&refusal), refusal)).to_vec()
    }
}
