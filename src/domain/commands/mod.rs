//! One file a verb, named as a user would say it. List this folder to know all that can happen.
//!
//! Each has its command, a struct with every value the decision needs, and `decide(state,
//! command)`, which answers events or a refusal and changes nothing. Ids, times and names are
//! given and have been checked; versions have been looked up. What a decision reads that is not
//! in its states (a name among all projects) is an argument.

pub mod begin_operation;
pub mod begin_restore;
pub mod cancel_task;
pub mod claim_task;
pub mod clone_dataset;
pub mod commit_items;
pub mod complete_import;
pub mod create_dataset;
pub mod create_project;
pub mod create_snapshot;
pub mod create_snapshot_once;
pub mod delete_dataset;
pub mod delete_project;
pub mod delete_snapshot;
pub mod fail_task;
pub mod finish_operation;
pub mod give_up_restore;
pub mod issue_api_key;
pub mod move_snapshot;
pub mod note_api_key_use;
pub mod progress_task;
pub mod put_snapshot;
pub mod queue_import;
pub mod rename_snapshot;
pub mod revoke_api_key;
pub mod switch_restore;
pub mod undelete_snapshot;
pub mod update_dataset;
pub mod update_project;

#[cfg(test)]
mod asks;
#[cfg(test)]
pub(in crate::domain) mod facts;
#[cfg(test)]
pub(in crate::domain) mod given;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod key_asks;
#[cfg(test)]
mod project_asks;
#[cfg(test)]
mod walk;

pub use begin_operation::BeginOperation;
pub use begin_restore::BeginRestore;
pub use cancel_task::CancelTask;
pub use claim_task::ClaimTask;
pub use clone_dataset::CloneDataset;
pub use commit_items::CommitItems;
pub use complete_import::CompleteImport;
pub use create_dataset::CreateDataset;
pub use create_project::CreateProject;
pub use create_snapshot::CreateSnapshot;
pub use create_snapshot_once::CreateSnapshotOnce;
pub use delete_dataset::DeleteDataset;
pub use delete_project::DeleteProject;
pub use delete_snapshot::DeleteSnapshot;
pub use fail_task::FailTask;
pub use finish_operation::FinishOperation;
pub use give_up_restore::GiveUpRestore;
pub use issue_api_key::IssueApiKey;
pub use move_snapshot::MoveSnapshot;
pub use note_api_key_use::NoteApiKeyUse;
pub use progress_task::ProgressTask;
pub use put_snapshot::PutSnapshot;
pub use queue_import::QueueImport;
pub use rename_snapshot::RenameSnapshot;
pub use revoke_api_key::RevokeApiKey;
pub use switch_restore::SwitchRestore;
pub use undelete_snapshot::UndeleteSnapshot;
pub use update_dataset::UpdateDataset;
pub use update_project::UpdateProject;

use super::event::Event;

/// What a command makes true: the events of each stream, in order, appended together or not at
/// all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// For the project's stream.
    pub project: Vec<Event>,
    /// For the dataset's stream; of a clone, the new dataset's.
    pub dataset: Vec<Event>,
    /// For the task's stream.
    pub task: Vec<Event>,
    /// For the access stream.
    pub access: Vec<Event>,
    /// For the ledger's own stream: its directory of projects.
    pub ledger: Vec<Event>,
}

/// What a command is about that may have met what it asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once<Id> {
    /// There was none: this one was made.
    Made(Id),
    /// This one was there.
    Found(Id),
}

impl<Id: Copy> Once<Id> {
    /// Which.
    pub const fn id(&self) -> Id {
        match self {
            Self::Made(id) | Self::Found(id) => *id,
        }
    }

    /// Whether it was there.
    pub const fn is_found(&self) -> bool {
        matches!(self, Self::Found(_))
    }
}
