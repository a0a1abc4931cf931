//! The words that are the same everywhere, as enums of the graph.

use async_graphql::Enum;

/// What may be done with a dataset now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::values::DatasetStatus")]
pub enum DatasetStatus {
    /// Being set up; a CREATION operation fills it.
    Draft,
    /// An operation builds it anew; reads go on.
    Indexing,
    /// Ready for everything.
    Ready,
    /// An operation or a restore runs; reads go on.
    ReadOnly,
    /// Usable, but part of it is not indexed yet.
    PartialIndex,
    /// The last operation failed.
    Error,
}

/// Why a snapshot was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::values::SnapshotReason")]
pub enum SnapshotReason {
    /// With the dataset.
    Creation,
    /// Somebody asked for it.
    Manual,
    /// As the first of a clone.
    Clone,
    /// Before or after a restore.
    Restore,
    /// By a change.
    Auto,
}

/// The long jobs of outside workers, which lock the dataset they work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::values::OperationKind")]
pub enum OperationKind {
    /// Fills a new dataset.
    Creation,
    /// Enriches items.
    Enrichment,
    /// Adds media.
    MediaAddition,
    /// Indexes anew.
    Reindex,
    /// Spreads labels.
    LabelPropagation,
    /// Imports metadata.
    MetadataImport,
    /// Trains a model on the dataset; forbids restores only.
    Training,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::values::OperationOutcome")]
pub enum OperationOutcome {
    /// It did what it should.
    Succeeded,
    /// It did not.
    Failed,
}

/// The ledger's own kinds of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::values::TaskKind")]
pub enum TaskType {
    /// Moves a dataset to one of its versions.
    SnapshotRestore,
    /// Starts a dataset at a version of another.
    SnapshotClone,
    /// Streams items into a dataset.
    Import,
}

/// Where a task is in its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::values::TaskPhase")]
pub enum TaskPhase {
    /// Waiting to be taken up.
    Queued,
    /// The items of an import arrive.
    Staging,
    /// A restore reads and checks what it will bring back.
    Verifying,
    /// Outside executors follow.
    Applying,
    /// The one step that changes the content.
    Switching,
    /// Done.
    Completed,
    /// Ended without effect.
    Failed,
    /// Called off.
    Cancelled,
}

/// What a task's phase amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::values::TaskStatus")]
pub enum TaskStatus {
    /// Waiting.
    Queued,
    /// At work.
    Running,
    /// Done.
    Completed,
    /// Ended without effect.
    Failed,
    /// Called off.
    Cancelled,
}

/// What somebody may do in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::values::Role")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads, writes, makes snapshots, restores and clones.
    Editor,
    /// All of it, and manages keys.
    Admin,
}

/// What of an API key is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ApiKeyKind {
    /// The key itself, as `Authorization: Bearer`.
    Bearer,
    /// An access key, and what the secret key signs: requests, or tokens that the client makes.
    AkSk,
}

/// What made a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::views::VersionKind")]
pub enum VersionKind {
    /// The creation of the dataset.
    Created,
    /// A commit of items, also one that changed nothing.
    Committed,
    /// A restore.
    Restored,
}

/// How an item differs between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::ledger::ChangeKind")]
pub enum ChangeKind {
    /// It is in the second only.
    Added,
    /// It is in the first only.
    Removed,
    /// It is in both, with another kind, data or media.
    Modified,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::ledger::ItemKind")]
pub enum ItemKind {
    /// A record of data.
    Record,
    /// An image; its media says where.
    Image,
    /// A video; its media says where.
    Video,
}

/// What happened to a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::ledger::SnapshotChangeKind")]
pub enum SnapshotChangeKind {
    /// It was made.
    Created,
    /// It has another name or description.
    Renamed,
    /// It names another version.
    Moved,
    /// It was deleted.
    Deleted,
    /// It is back.
    Undeleted,
    /// Its dataset was restored to it.
    Restored,
}

/// Which way an order runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest, first or oldest at the beginning.
    Asc,
    /// Largest, last or newest at the beginning.
    Desc,
}

impl From<OrderDirection> for crate::views::Direction {
    fn from(direction: OrderDirection) -> Self {
        match direction {
            OrderDirection::Asc => Self::Ascending,
            OrderDirection::Desc => Self::Descending,
        }
    }
}

/// What datasets can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::views::DatasetOrderField")]
pub enum DatasetOrderField {
    /// The name, ignoring case.
    Name,
    /// The creation.
    CreatedAt,
    /// The last change.
    UpdatedAt,
    /// The number of items.
    ItemCount,
}

/// What snapshots can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::views::SnapshotOrderField")]
pub enum SnapshotOrderField {
    /// The number in the dataset.
    Number,
    /// The name shown, ignoring case.
    Name,
    /// The creation.
    CreatedAt,
    /// The last change.
    UpdatedAt,
    /// The number of items in the version named.
    ItemCount,
}
