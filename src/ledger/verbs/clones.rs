//! Clones: a new dataset that begins at a version of another, in one append.

use chrono::{DateTime, Utc};

use super::door::not_found;
use crate::auth::Action;
use crate::domain::commands::clone_dataset::{self, CloneDataset};
use crate::domain::ids::{DatasetId, Position, ProjectId, SnapshotId, TaskId, XactId};
use crate::domain::values::{Name, Version};
use crate::ledger::error::Outcome;
use crate::ledger::hall::Target;
use crate::ledger::{Caller, Ledger};

/// What is cloned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloneSource {
    /// A snapshot.
    Snapshot(SnapshotId),
    /// The current version of a dataset.
    Head(DatasetId),
    /// The version of a dataset in force at an xact id.
    Xact(DatasetId, XactId),
    /// The version of a dataset in force at a time.
    At(DatasetId, DateTime<Utc>),
}

/// A clone to be made.
#[derive(Debug, Clone)]
pub struct NewClone {
    /// What is cloned.
    pub source: CloneSource,
    /// The new dataset's name; none: one made from the source's.
    pub name: Option<String>,
    /// The project it goes into; none: the source's.
    pub project: Option<ProjectId>,
}

/// A clone that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cloned {
    /// The new dataset.
    pub dataset: DatasetId,
    /// The task that records it.
    pub task: TaskId,
    /// The last event of the append.
    pub xact: Position,
}

/// A source made out: its dataset and project, the version and its position, the snapshot.
struct Source {
    dataset: DatasetId,
    project: ProjectId,
    version: Version,
    position: Position,
    snapshot: Option<SnapshotId>,
}

impl Ledger {
    /// Starts a dataset at a version of another. Never blocks the source.
    pub async fn clone_snapshot(&self, caller: &Caller, new: NewClone) -> Outcome<Cloned> {
        let source = self.clone_source(caller, new.source).await?;
        let project = new.project.unwrap_or(source.project);
        let project = self
            .enter_project(caller, Action::Write, Some(project))
            .await?;
        let call = self.call(caller, Some(project));
        let command = CloneDataset {
            dataset: DatasetId(call.new_id()),
            task: TaskId(call.new_id()),
            first_snapshot: call.new_snapshot(),
            name: new.name.map(|name| Name::new("name", &name)).transpose()?,
            version: source.version,
            position: source.position,
            snapshot: source.snapshot,
        };
        let target = Target::new_dataset(command.dataset)
            .and_project(project)
            .and_source(source.dataset)
            .and_new_task(command.task);
        let done = self
            .inner
            .hall
            .run(&call, target, |seen| {
                clone_dataset::decide(seen.source()?, seen.project()?, &command)
            })
            .await?;
        Ok(Cloned {
            dataset: command.dataset,
            task: command.task,
            xact: done.last,
        })
    }

    async fn clone_source(&self, caller: &Caller, source: CloneSource) -> Outcome<Source> {
        let views = &self.inner.views;
        let (dataset, position) = match source {
            CloneSource::Snapshot(snapshot) => {
                let row = self.enter_snapshot(caller, Action::Read, snapshot).await?;
                return Ok(Source {
                    dataset: row.dataset,
                    project: row.project,
                    version: row.version.version,
                    position: row.version.position,
                    snapshot: Some(snapshot),
                });
            }
            CloneSource::Head(dataset) => {
                self.catch_up().await?;
                (dataset, views.position())
            }
            CloneSource::Xact(dataset, xact) => (dataset, self.reached(xact).await?),
            CloneSource::At(dataset, time) => {
                self.catch_up().await?;
                (dataset, self.inner.log.position_at(time)?)
            }
        };
        let row = self.enter_dataset(caller, Action::Read, dataset).await?;
        views.wait_for(position).await?;
        let version = views
            .version_at(dataset, position)?
            .ok_or_else(|| not_found("version"))?;
        Ok(Source {
            dataset,
            project: row.project,
            version: version.at.version,
            position: version.at.position,
            snapshot: None,
        })
    }
}
