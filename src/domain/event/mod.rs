//! The facts: everything that can have happened, one enum, one struct an event.
//!
//! Pure values. How they are stored is said in `event_log/record`, which has shapes of its own.

mod dataset;
mod snapshot;
mod task;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use dataset::{
    DatasetCreated, DatasetDeleted, DatasetUpdated, ItemsCommitted, ItemsStaged, OperationBegun,
    OperationFinished,
};
pub use snapshot::{
    DatasetWords, GivenUp, RestoreBegun, RestoreGivenUp, SnapshotCloned, SnapshotCreated,
    SnapshotDeleted, SnapshotMoved, SnapshotRenamed, SnapshotRestored, SnapshotUndeleted,
    TrainedModel,
};
pub use task::{
    TaskCancelled, TaskClaimed, TaskCompleted, TaskFailed, TaskProgressed, TaskQueued, TaskWork,
};

use super::ids::{ApiKeyId, DatasetId, LedgerId, ProjectId};
use super::values::{Name, Role};

/// A fact.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each variant is named after its struct, which is documented"
)]
pub enum Event {
    LedgerFounded(LedgerFounded),
    ProjectCreated(ProjectCreated),
    ProjectUpdated(ProjectUpdated),
    ProjectDeleted(ProjectDeleted),
    ProjectListed(ProjectListed),
    ProjectUnlisted(ProjectUnlisted),
    DatasetListed(DatasetListed),
    DatasetUnlisted(DatasetUnlisted),
    DatasetCreated(DatasetCreated),
    DatasetUpdated(DatasetUpdated),
    DatasetDeleted(DatasetDeleted),
    ItemsStaged(ItemsStaged),
    ItemsCommitted(ItemsCommitted),
    OperationBegun(OperationBegun),
    OperationFinished(OperationFinished),
    SnapshotCreated(SnapshotCreated),
    SnapshotRenamed(SnapshotRenamed),
    SnapshotMoved(SnapshotMoved),
    RestoreBegun(RestoreBegun),
    SnapshotRestored(SnapshotRestored),
    RestoreGivenUp(RestoreGivenUp),
    SnapshotCloned(SnapshotCloned),
    SnapshotDeleted(SnapshotDeleted),
    SnapshotUndeleted(SnapshotUndeleted),
    TaskQueued(TaskQueued),
    TaskClaimed(TaskClaimed),
    TaskProgressed(TaskProgressed),
    TaskCompleted(TaskCompleted),
    TaskFailed(TaskFailed),
    TaskCancelled(TaskCancelled),
    ApiKeyIssued(ApiKeyIssued),
    ApiKeyRevoked(ApiKeyRevoked),
    ApiKeyUsed(ApiKeyUsed),
}

/// The first event of every log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFounded {
    /// The ledger.
    pub ledger: LedgerId,
    /// The log's format; 1.
    pub format: u32,
    /// The content tree's parameters in their text form: they are part of the format.
    pub tree: Arc<str>,
    /// The project that a call means when it names none.
    pub default_project: ProjectId,
}

/// A project exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectCreated {
    /// The project.
    pub project: ProjectId,
    /// Its name.
    pub name: Name,
    /// The id by which foreign paths find it.
    pub external_id: Option<Arc<str>>,
    /// What it is for; may be empty.
    pub description: Arc<str>,
}

/// A project has another name, external id or description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectUpdated {
    /// The project.
    pub project: ProjectId,
    /// Its new name, when that changed.
    pub name: Option<Name>,
    /// Its new external id, when that changed.
    pub external_id: Option<Arc<str>>,
    /// Its new description, when that changed.
    pub description: Option<Arc<str>>,
}

/// A project is closed for ever: nobody finds it, nor anything in it. The log keeps all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectDeleted {
    /// The project.
    pub project: ProjectId,
}

/// A project has this name and external id in the ledger from here on, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectListed {
    /// The project.
    pub project: ProjectId,
    /// The name.
    pub name: Name,
    /// The id by which foreign paths find it.
    pub external_id: Option<Arc<str>>,
}

/// A project's name and external id are free again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectUnlisted {
    /// The project.
    pub project: ProjectId,
}

/// A dataset has this name in its project from here on, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetListed {
    /// The project.
    pub project: ProjectId,
    /// The dataset.
    pub dataset: DatasetId,
    /// The name.
    pub name: Name,
}

/// A dataset's name is free again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetUnlisted {
    /// The project.
    pub project: ProjectId,
    /// The dataset.
    pub dataset: DatasetId,
}

/// An API key exists. Of its secret only the hash is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyIssued {
    /// The key.
    pub key: ApiKeyId,
    /// What people call it.
    pub name: Arc<str>,
    /// BLAKE3 of the secret.
    pub secret_hash: crate::digest::Digest,
    /// For a pair, whose secret only signs: its access key; none: the secret itself is sent.
    pub access_key: Option<Arc<str>>,
    /// What it may do.
    pub role: Role,
    /// The project it is for; none: every project.
    pub project: Option<ProjectId>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// An API key opens nothing any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRevoked {
    /// The key.
    pub key: ApiKeyId,
}

/// An API key was used; written at most once a day and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyUsed {
    /// The key.
    pub key: ApiKeyId,
}

macro_rules! into_event {
    ($($name:ident)+) => {$(
        impl From<$name> for Event {
            fn from(event: $name) -> Self {
                Self::$name(event)
            }
        }
    )+

        impl Event {
            /// The event's name, as it is stored and shown.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)+ }
            }

            /// The names of every event there is.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)+];
        }
    };
}

into_event! {
    LedgerFounded ProjectCreated ProjectUpdated ProjectDeleted ProjectListed ProjectUnlisted
    DatasetListed DatasetUnlisted DatasetCreated DatasetUpdated DatasetDeleted ItemsStaged
    ItemsCommitted OperationBegun OperationFinished SnapshotCreated SnapshotRenamed SnapshotMoved
    RestoreBegun SnapshotRestored RestoreGivenUp SnapshotCloned SnapshotDeleted SnapshotUndeleted
    TaskQueued TaskClaimed TaskProgressed TaskCompleted TaskFailed TaskCancelled ApiKeyIssued
    ApiKeyRevoked ApiKeyUsed
}
