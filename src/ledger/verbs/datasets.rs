//! Datasets: made, renamed, described, deleted.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Changed;
use crate::auth::Action;
use crate::content::value;
use crate::domain::Refusal;
use crate::domain::commands::create_dataset::{self, CreateDataset};
use crate::domain::commands::delete_dataset::{self, DeleteDataset};
use crate::domain::commands::update_dataset::{self, UpdateDataset};
use crate::domain::ids::{DatasetId, ProjectId};
use crate::domain::refusal::Running;
use crate::domain::values::{Name, TaskKind};
use crate::ledger::caller::Call;
use crate::ledger::content_cache::no_items;
use crate::ledger::error::Outcome;
use crate::ledger::hall::{Seen, Target};
use crate::ledger::{Caller, Ledger};

/// The largest metadata, in bytes of canonical JSON.
const METADATA_BYTES_MAX: usize = 64 << 10;

/// A dataset to be made.
#[derive(Debug, Clone)]
pub struct NewDataset {
    /// Its project; none: the default one.
    pub project: Option<ProjectId>,
    /// Its name, unique in the project.
    pub name: String,
    /// Its description; may be empty.
    pub description: String,
    /// A JSON object; none: an empty one.
    pub metadata: Option<Value>,
    /// Whether a CREATION operation will fill it.
    pub draft: bool,
    /// Whether snapshots can be asked for.
    pub snapshots_enabled: bool,
}

/// What is to change of a dataset; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct DatasetChanges {
    /// Its new name.
    pub name: Option<String>,
    /// Its new description.
    pub description: Option<String>,
    /// Its new metadata: a JSON object.
    pub metadata: Option<Value>,
    /// Whether snapshots can be asked for from here on.
    pub snapshots_enabled: Option<bool>,
    /// Whether a snapshot of reason AUTO shall record the dataset with its new words, in the same
    /// append.
    pub auto_snapshot: bool,
}

impl Ledger {
    /// Makes a dataset.
    pub async fn create_dataset(
        &self,
        caller: &Caller,
        new: NewDataset,
    ) -> Outcome<Changed<DatasetId>> {
        let project = self
            .enter_project(caller, Action::Write, new.project)
            .await?;
        let call = self.call(caller, Some(project));
        let command = CreateDataset {
            dataset: DatasetId(call.new_id()),
            name: Name::new("name", &new.name)?,
            description: new.description.into(),
            metadata: metadata_text(new.metadata.as_ref())?,
            draft: new.draft,
            snapshots_enabled: new.snapshots_enabled,
            first_snapshot: call.new_snapshot(),
            empty_root: no_items(),
        };
        let id = command.dataset;
        let target = Target::new_dataset(id).and_project(project);
        let decide = |seen: &Seen<'_>| create_dataset::decide(seen.project()?, &command);
        self.change(&call, id, target, decide).await
    }

    /// Changes a dataset's name, description, metadata or settings.
    pub async fn update_dataset(
        &self,
        caller: &Caller,
        id: DatasetId,
        changes: DatasetChanges,
    ) -> Outcome<Changed<DatasetId>> {
        let project = self.enter_project_of(caller, Action::Write, id).await?;
        let call = self.call(caller, Some(project));
        let command = update_of(&call, changes)?;
        let target = Target::dataset(id).and_project(project);
        let decide =
            |seen: &Seen<'_>| update_dataset::decide(seen.project()?, seen.dataset()?, &command);
        self.change(&call, id, target, decide).await
    }

    /// Changes a dataset as [`Ledger::update_dataset`] does, its metadata by a rule: of what they
    /// are when it is decided, so that no other's change is lost. The rule may be asked several
    /// times.
    pub async fn revise_dataset(
        &self,
        caller: &Caller,
        id: DatasetId,
        changes: DatasetChanges,
        metadata: impl Fn(Map<String, Value>) -> Value,
    ) -> Outcome<Changed<DatasetId>> {
        let project = self.enter_dataset(caller, Action::Write, id).await?.project;
        let call = self.call(caller, Some(project));
        let command = update_of(&call, changes)?;
        let target = Target::dataset(id).and_project(project);
        let decide = |seen: &Seen<'_>| {
            let (project, dataset) = (seen.project()?, seen.dataset()?);
            let before = serde_json::from_str(&dataset.metadata).unwrap_or_default();
            let after = metadata_text(Some(&metadata(before)))?;
            let command = UpdateDataset {
                metadata: Some(after),
                ..command.clone()
            };
            update_dataset::decide(project, dataset, &command)
        };
        self.change(&call, id, target, decide).await
    }

    /// Hides a dataset and its snapshots, and frees its name.
    pub async fn delete_dataset(
        &self,
        caller: &Caller,
        id: DatasetId,
    ) -> Outcome<Changed<DatasetId>> {
        let row = self.enter_dataset(caller, Action::Write, id).await?;
        let call = self.call(caller, Some(row.project));
        self.catch_up().await?;
        // An import is not on the dataset's stream. One that begins at this moment finds the
        // dataset gone when it would commit.
        let task = self.inner.views.active_task(id)?;
        if task.is_some_and(|task| task.kind == TaskKind::Import) {
            let running = Running::Import;
            return Err(Refusal::OperationRunning { running }.into());
        }
        let target = Target::dataset(id).and_project(row.project);
        let decide = |seen: &Seen<'_>| delete_dataset::decide(seen.dataset()?, &DeleteDataset);
        self.change(&call, id, target, decide).await
    }
}

fn update_of(call: &Call, changes: DatasetChanges) -> Result<UpdateDataset, Refusal> {
    let name = changes.name.map(|name| Name::new("name", &name));
    let metadata = changes.metadata.as_ref();
    let metadata = metadata.map(|metadata| metadata_text(Some(metadata)));
    Ok(UpdateDataset {
        name: name.transpose()?,
        description: changes.description.map(Arc::from),
        metadata: metadata.transpose()?,
        snapshots_enabled: changes.snapshots_enabled,
        auto_snapshot: changes.auto_snapshot.then(|| call.new_snapshot()),
    })
}

fn metadata_text(metadata: Option<&Value>) -> Result<Arc<str>, Refusal> {
    let Some(metadata) = metadata else {
        return Ok("{}".into());
    };
    let bad = |message: String| Refusal::BadInput {
        field: "metadata",
        message,
    };
    if !metadata.is_object() {
        return Err(bad("metadata is a JSON object".to_owned()));
    }
    let text = value::canonical_json(metadata).map_err(|fault| bad(fault.to_string()))?;
    if text.len() > METADATA_BYTES_MAX {
        let limit_bytes = METADATA_BYTES_MAX as u64;
        return Err(Refusal::TooLarge {
            what: "metadata",
            limit_bytes,
        });
    }
    Ok(text.into())
}
