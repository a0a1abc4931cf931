//! The ledger's verbs: what a caller can ask for, one family a file.
//!
//! Each passes the door (may this principal?), resolves what was named, and lets the hall decide.
//! No rule stands here: rules are the domain's.

mod clones;
mod commits;
mod datasets;
mod door;
mod keys;
mod operations;
mod placed_snapshots;
mod projects;
mod restores;
mod revise_items;
mod snapshots;
mod tasks;

pub(in crate::ledger) use door::not_found;

pub use clones::{CloneSource, Cloned, NewClone};
pub use commits::{Committed, NewCommit, NewItem};
pub use datasets::{DatasetChanges, NewDataset};
pub use keys::{IssuedApiKey, KeyKind, KeySecret, NewApiKey};
pub use placed_snapshots::SnapshotMove;
pub use projects::{NewProject, ProjectChanges};
pub use restores::{NewRestore, RestoreTarget};
pub use revise_items::{NewRevision, RevisedItems, SeenItems};
pub use snapshots::{NewSnapshot, SnapshotChanges};

use super::Ledger;
use super::caller::Call;
use super::error::Outcome;
use super::hall::{Seen, Target};
use crate::domain::Refusal;
use crate::domain::commands::Decision;
use crate::domain::ids::Position;

/// Something made or changed: its id, and the position of the last event of the append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed<Id> {
    /// What was made or changed.
    pub id: Id,
    /// Its xact id is that of this position.
    pub xact: Position,
}

impl Ledger {
    /// Lets the hall decide a call that makes or changes one thing.
    async fn change<Id>(
        &self,
        call: &Call,
        id: Id,
        target: Target,
        decide: impl Fn(&Seen<'_>) -> Result<Decision, Refusal>,
    ) -> Outcome<Changed<Id>> {
        let done = self.inner.hall.run(call, target, decide).await?;
        Ok(Changed {
            id,
            xact: done.last,
        })
    }
}
