//! Restores: a task is begun at once; the switch comes when it has verified what it brings back.

use chrono::{DateTime, Utc};

use super::Changed;
use super::door::not_found;
use crate::auth::Action;
use crate::domain::Dataset;
use crate::domain::commands::begin_restore::{self, BeginRestore};
use crate::domain::event::DatasetWords;
use crate::domain::ids::{DatasetId, SnapshotId, TaskId, XactId};
use crate::domain::values::Version;
use crate::ledger::error::Outcome;
use crate::ledger::hall::{Seen, Target};
use crate::ledger::{Caller, Ledger};

/// The version to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreTarget {
    /// A snapshot of the dataset.
    Snapshot(SnapshotId),
    /// The version in force at an xact id.
    Xact(XactId),
    /// The version in force at a time.
    At(DateTime<Utc>),
    /// The current snapshot.
    Current,
}

/// A restore to be begun.
#[derive(Debug, Clone, Copy)]
pub struct NewRestore {
    /// The dataset.
    pub dataset: DatasetId,
    /// Where to.
    pub target: RestoreTarget,
    /// Whether a snapshot shall name the state before.
    pub safety_snapshot: bool,
    /// Whether a snapshot of reason RESTORE shall name the version restored, made by the switch.
    pub result_snapshot: bool,
    /// Whether the switch shall also give the dataset back the name (where it is free) and the
    /// description that the snapshot recorded; of a target that is no snapshot: nothing.
    pub words_too: bool,
    /// The version the caller saw; another one is a conflict.
    pub if_version: Option<XactId>,
}

impl Ledger {
    /// Refuses while anything runs on a dataset that would refuse a restore: for whoever begins
    /// none, since it would change nothing.
    pub async fn must_be_idle(&self, caller: &Caller, dataset: DatasetId) -> Outcome<()> {
        self.enter_dataset(caller, Action::Write, dataset).await?;
        let look = |dataset: &Dataset| dataset.must_be_idle();
        self.inner.hall.look(dataset, look).await
    }

    /// Begins a restore. From here until the task's end the dataset is read only.
    pub async fn restore_snapshot(
        &self,
        caller: &Caller,
        new: NewRestore,
    ) -> Outcome<Changed<TaskId>> {
        let row = self
            .enter_dataset(caller, Action::Write, new.dataset)
            .await?;
        let call = self.call(caller, Some(row.project));
        let task = TaskId(call.new_id());
        if let Some(done) = self.inner.hall.answered(&call).await? {
            return Ok(Changed {
                id: task,
                xact: done.last,
            });
        }
        let (target, snapshot) = self.restore_target(new.dataset, new.target).await?;
        let safety_snapshot = new.safety_snapshot.then(|| call.new_snapshot());
        let result_snapshot = new.result_snapshot.then(|| call.new_snapshot());
        let words = self.recorded_words(snapshot.filter(|_| new.words_too))?;
        let if_version = self.seen_version(new.dataset, new.if_version).await?;
        let command = BeginRestore {
            task,
            target,
            snapshot,
            safety_snapshot,
            result_snapshot,
            words,
            if_version,
        };
        let target = Target::dataset(new.dataset).and_new_task(task);
        let decide = |seen: &Seen<'_>| begin_restore::decide(seen.dataset()?, &command);
        let begun = self.change(&call, task, target, decide).await?;
        self.inner.jobs.offer(task);
        Ok(begun)
    }

    /// Resolves a target to a version of the dataset, and the snapshot by which it was named. What
    /// is not named by an id or a position is looked for among all that the log has.
    pub(in crate::ledger) async fn restore_target(
        &self,
        dataset: DatasetId,
        target: RestoreTarget,
    ) -> Outcome<(Version, Option<SnapshotId>)> {
        let views = &self.inner.views;
        let position = match target {
            RestoreTarget::Snapshot(snapshot) => {
                return self.version_of(dataset, snapshot).await;
            }
            RestoreTarget::Current => {
                self.catch_up().await?;
                let row = views
                    .dataset(dataset)?
                    .ok_or_else(|| not_found("dataset"))?;
                let current = row.current_snapshot.ok_or_else(|| not_found("snapshot"))?;
                return self.version_of(dataset, current).await;
            }
            RestoreTarget::Xact(xact) => self.reached(xact).await?,
            RestoreTarget::At(time) => {
                self.catch_up().await?;
                let position = self.inner.log.position_at(time)?;
                views.wait_for(position).await?;
                position
            }
        };
        let version = views
            .version_at(dataset, position)?
            .ok_or_else(|| not_found("version"))?;
        Ok((version.at.version, None))
    }

    /// The words of its dataset that a snapshot recorded.
    fn recorded_words(&self, snapshot: Option<SnapshotId>) -> Outcome<Option<DatasetWords>> {
        let Some(snapshot) = snapshot else {
            return Ok(None);
        };
        let row = self.inner.views.snapshot(snapshot)?;
        Ok(row.map(|row| DatasetWords {
            name: row.dataset_name,
            description: row.dataset_description,
        }))
    }

    async fn version_of(
        &self,
        dataset: DatasetId,
        snapshot: SnapshotId,
    ) -> Outcome<(Version, Option<SnapshotId>)> {
        let row = self.sought(|views| views.snapshot(snapshot)).await?;
        let row = row.filter(|row| row.dataset == dataset);
        let row = row.ok_or_else(|| not_found("snapshot"))?;
        Ok((row.version.version, Some(snapshot)))
    }
}
