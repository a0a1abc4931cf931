//! Snapshots that may be there already: created once, put under a name, moved to another version.
//!
//! Whether one is there is decided with the state that decides everything else, so that of any
//! number of callers together one makes it and all the others are told of it.

use std::sync::{Mutex, PoisonError};

use super::{Changed, NewSnapshot};
use crate::auth::Action;
use crate::domain::Refusal;
use crate::domain::commands::create_snapshot_once::{self, CreateSnapshotOnce};
use crate::domain::commands::move_snapshot::{self, MoveSnapshot};
use crate::domain::commands::put_snapshot::{self, PutSnapshot};
use crate::domain::commands::{Decision, Once};
use crate::domain::ids::{DatasetId, SnapshotId, XactId};
use crate::ledger::caller::Call;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::{Seen, Target};
use crate::ledger::{Caller, Ledger};

/// How often a snapshot that was found but never came to show is looked for again.
const ATTEMPTS_MAX: usize = 8;

/// Where a snapshot is to go.
#[derive(Debug, Clone, Default)]
pub struct SnapshotMove {
    /// The version to name; none: the current one.
    pub xact: Option<XactId>,
    /// Its new description; none: it stays.
    pub description: Option<String>,
    /// The version the caller saw; another one is a conflict.
    pub if_version: Option<XactId>,
}

impl Ledger {
    /// Makes a snapshot, or finds the one that a caller asked for before under this name, or at
    /// this xact id; that one stays as it is. Two without a name are the same when their xact id
    /// is. With neither name nor xact id one is always made.
    pub async fn create_snapshot_once(
        &self,
        caller: &Caller,
        dataset: DatasetId,
        new: NewSnapshot,
    ) -> Outcome<Once<SnapshotId>> {
        let project = self
            .enter_project_of(caller, Action::Write, dataset)
            .await?;
        let call = self.call(caller, Some(project));
        let (create, made_at) = self.asked_snapshot(&call, dataset, new).await?;
        let asked = create.version.map(|(_, asked)| asked);
        let command = CreateSnapshotOnce {
            is_version_itself: asked.is_some() && asked == made_at,
            create,
        };
        let decide = |seen: &Seen<'_>| create_snapshot_once::decide(seen.dataset()?, &command);
        let fresh = Once::Made(command.create.snapshot);
        self.run_once(&call, dataset, fresh, decide).await
    }

    /// Makes a snapshot, or moves the one that a caller asked for before under this name to this
    /// version; then its description is replaced too, and its id and number stay. A name must be
    /// given to find one.
    pub async fn put_snapshot(
        &self,
        caller: &Caller,
        dataset: DatasetId,
        new: NewSnapshot,
    ) -> Outcome<Once<SnapshotId>> {
        let project = self
            .enter_project_of(caller, Action::Write, dataset)
            .await?;
        let call = self.call(caller, Some(project));
        let (create, _) = self.asked_snapshot(&call, dataset, new).await?;
        let command = PutSnapshot { create };
        let decide = |seen: &Seen<'_>| put_snapshot::decide(seen.dataset()?, &command);
        let fresh = Once::Made(command.create.snapshot);
        self.run_once(&call, dataset, fresh, decide).await
    }

    /// Moves a snapshot to another version. Its id, number and name stay.
    pub async fn move_snapshot(
        &self,
        caller: &Caller,
        snapshot: SnapshotId,
        to: SnapshotMove,
    ) -> Outcome<Changed<SnapshotId>> {
        let row = self.enter_snapshot(caller, Action::Write, snapshot).await?;
        let call = self.call(caller, Some(row.project));
        let asked = self.asked_version(row.dataset, to.xact).await?;
        let command = MoveSnapshot {
            snapshot,
            version: asked.map(|(placed, asked)| (placed.version, asked)),
            if_version: self.seen_version(row.dataset, to.if_version).await?,
            description: to.description.map(Into::into),
        };
        let decide = |seen: &Seen<'_>| move_snapshot::decide(seen.dataset()?, &command);
        let target = Target::dataset(row.dataset);
        self.change(&call, snapshot, target, decide).await
    }

    /// Runs a decision that tells which snapshot it is about. One that was found is the answer
    /// only when the views show it: what was seen may have been lost on its way into the log.
    async fn run_once(
        &self,
        call: &Call,
        dataset: DatasetId,
        fresh: Once<SnapshotId>,
        decide: impl Fn(&Seen<'_>) -> Result<(Once<SnapshotId>, Decision), Refusal>,
    ) -> Outcome<Once<SnapshotId>> {
        for _ in 0..ATTEMPTS_MAX {
            let told = Mutex::new(fresh);
            let telling = |seen: &Seen<'_>| {
                let (once, decision) = decide(seen)?;
                *told.lock().unwrap_or_else(PoisonError::into_inner) = once;
                Ok(decision)
            };
            let target = Target::dataset(dataset);
            self.inner.hall.run(call, target, telling).await?;
            let once = told.into_inner().unwrap_or_else(PoisonError::into_inner);
            let shows = self.inner.views.snapshot_even_deleted(once.id())?.is_some();
            if shows {
                return Ok(once);
            }
        }
        let message = "the snapshot that was found came to nothing; try again";
        Err(LedgerError::Unavailable(message.to_owned()))
    }
}
