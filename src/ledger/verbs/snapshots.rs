//! Snapshots: made, renamed, described, deleted, brought back.

use std::sync::Arc;

use uuid::Uuid;

use super::Changed;
use crate::auth::Action;
use crate::domain::commands::create_snapshot::{self, CreateSnapshot};
use crate::domain::commands::delete_snapshot::{self, DeleteSnapshot};
use crate::domain::commands::rename_snapshot::{self, RenameSnapshot};
use crate::domain::commands::undelete_snapshot::{self, UndeleteSnapshot};
use crate::domain::event::TrainedModel;
use crate::domain::ids::{DatasetId, Position, SnapshotId, XactId};
use crate::domain::values::{Name, SnapshotReason};
use crate::ledger::caller::Call;
use crate::ledger::error::Outcome;
use crate::ledger::hall::{Seen, Target};
use crate::ledger::{Caller, Ledger};
use crate::views::PlacedVersion;

/// A snapshot to be made.
#[derive(Debug, Clone, Default)]
pub struct NewSnapshot {
    /// Its name; none: a name made from the dataset's and the id is shown.
    pub name: Option<String>,
    /// Its description; may be empty.
    pub description: String,
    /// The version to name; none: the current one.
    pub xact: Option<XactId>,
    /// The id of the model trained on it.
    pub trained_model_id: Option<Uuid>,
    /// The name of the model trained on it.
    pub trained_model_name: Option<String>,
    /// The version the caller saw; another one is a conflict.
    pub if_version: Option<XactId>,
}

/// What is to change of a snapshot; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct SnapshotChanges {
    /// Its new name.
    pub name: Option<String>,
    /// Its new description.
    pub description: Option<String>,
}

impl Ledger {
    /// Names a version of a dataset.
    pub async fn create_snapshot(
        &self,
        caller: &Caller,
        dataset: DatasetId,
        new: NewSnapshot,
    ) -> Outcome<Changed<SnapshotId>> {
        let project = self
            .enter_project_of(caller, Action::Write, dataset)
            .await?;
        let call = self.call(caller, Some(project));
        let (command, _) = self.asked_snapshot(&call, dataset, new).await?;
        let decide = |seen: &Seen<'_>| create_snapshot::decide(seen.dataset()?, &command);
        let target = Target::dataset(dataset);
        self.change(&call, command.snapshot, target, decide).await
    }

    /// A snapshot as asked for, with its version looked up, and where in the log that was made.
    pub(super) async fn asked_snapshot(
        &self,
        call: &Call,
        dataset: DatasetId,
        new: NewSnapshot,
    ) -> Outcome<(CreateSnapshot, Option<Position>)> {
        let id = new.trained_model_id;
        let name: Option<Arc<str>> = new.trained_model_name.map(Arc::from);
        let asked = self.asked_version(dataset, new.xact).await?;
        let command = CreateSnapshot {
            snapshot: call.new_snapshot(),
            name: new.name.map(|name| Name::new("name", &name)).transpose()?,
            description: new.description.into(),
            version: asked.map(|(placed, asked)| (placed.version, asked)),
            if_version: self.seen_version(dataset, new.if_version).await?,
            trained_model: (id.is_some() || name.is_some()).then_some(TrainedModel { id, name }),
            reason: SnapshotReason::Manual,
        };
        Ok((command, asked.map(|(placed, _)| placed.position)))
    }

    /// Changes a snapshot's name or description.
    pub async fn rename_snapshot(
        &self,
        caller: &Caller,
        snapshot: SnapshotId,
        changes: SnapshotChanges,
    ) -> Outcome<Changed<SnapshotId>> {
        let row = self.enter_snapshot(caller, Action::Write, snapshot).await?;
        let call = self.call(caller, Some(row.project));
        let name = changes
            .name
            .map(|name| Name::new("name", &name))
            .transpose()?;
        let description = changes.description.map(Arc::from);
        let command = RenameSnapshot {
            snapshot,
            name,
            description,
        };
        let decide = |seen: &Seen<'_>| rename_snapshot::decide(seen.dataset()?, &command);
        let target = Target::dataset(row.dataset);
        self.change(&call, snapshot, target, decide).await
    }

    /// Hides a snapshot; its version stays readable.
    pub async fn delete_snapshot(
        &self,
        caller: &Caller,
        snapshot: SnapshotId,
        even_if_current: bool,
    ) -> Outcome<Changed<SnapshotId>> {
        let row = self.enter_snapshot(caller, Action::Write, snapshot).await?;
        let call = self.call(caller, Some(row.project));
        let command = DeleteSnapshot {
            snapshot,
            even_if_current,
        };
        let decide = |seen: &Seen<'_>| delete_snapshot::decide(seen.dataset()?, &command);
        let target = Target::dataset(row.dataset);
        self.change(&call, snapshot, target, decide).await
    }

    /// Brings a deleted snapshot back.
    pub async fn undelete_snapshot(
        &self,
        caller: &Caller,
        snapshot: SnapshotId,
        name: Option<String>,
    ) -> Outcome<Changed<SnapshotId>> {
        let row = self.enter_snapshot(caller, Action::Write, snapshot).await?;
        let call = self.call(caller, Some(row.project));
        let name = name.map(|name| Name::new("name", &name)).transpose()?;
        let command = UndeleteSnapshot { snapshot, name };
        let decide = |seen: &Seen<'_>| undelete_snapshot::decide(seen.dataset()?, &command);
        let target = Target::dataset(row.dataset);
        self.change(&call, snapshot, target, decide).await
    }

    /// The version in force at an xact id, with the position by which it was asked for.
    pub(super) async fn asked_version(
        &self,
        dataset: DatasetId,
        xact: Option<XactId>,
    ) -> Outcome<Option<(PlacedVersion, Position)>> {
        let Some(xact) = xact else { return Ok(None) };
        let asked = self.reached(xact).await?;
        let version = self.inner.views.version_at(dataset, asked)?;
        let version = version.ok_or_else(|| super::door::not_found("version"))?;
        Ok(Some((version.at, asked)))
    }
}
