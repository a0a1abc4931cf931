//! What a decision sees: the states of its streams, as after the last append sent.

use crate::domain::ids::{DatasetId, ProjectId, TaskId};
use crate::domain::{Access, Dataset, Directory, Project, Refusal, Task};

/// The streams that a decision looks at and writes to. `source` is only looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::ledger) struct Target {
    pub project: Option<ProjectId>,
    pub source: Option<DatasetId>,
    pub dataset: Option<DatasetId>,
    pub task: Option<TaskId>,
    /// Whether the access stream is one of them.
    pub access: bool,
    /// Whether the ledger's own is one of them, with its directory of projects.
    pub directory: bool,
    /// Which of them the call begins: their ids were made for it, so there is nothing to read.
    pub begins: Begins,
}

/// Streams that a call begins.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::ledger) struct Begins {
    pub project: bool,
    pub dataset: bool,
    pub task: bool,
}

impl Target {
    /// A project that the call begins.
    pub fn new_project(id: ProjectId) -> Self {
        let mut target = Self::default().and_project(id);
        target.begins.project = true;
        target
    }

    /// A dataset that the call begins.
    pub fn new_dataset(id: DatasetId) -> Self {
        let mut target = Self::dataset(id);
        target.begins.dataset = true;
        target
    }

    /// A dataset that is there.
    pub fn dataset(id: DatasetId) -> Self {
        Self {
            dataset: Some(id),
            ..Self::default()
        }
    }

    /// A task that is there.
    pub fn task(id: TaskId) -> Self {
        Self {
            task: Some(id),
            ..Self::default()
        }
    }

    /// The access stream.
    pub fn access() -> Self {
        Self {
            access: true,
            ..Self::default()
        }
    }

    /// The same, and the directory of projects.
    pub const fn and_directory(mut self) -> Self {
        self.directory = true;
        self
    }

    /// The same, and a project that is there.
    pub const fn and_project(mut self, id: ProjectId) -> Self {
        self.project = Some(id);
        self
    }

    /// The same, and a dataset that is only looked at.
    pub const fn and_source(mut self, id: DatasetId) -> Self {
        self.source = Some(id);
        self
    }

    /// The same, and a task that is there.
    pub const fn and_task(mut self, id: TaskId) -> Self {
        self.task = Some(id);
        self
    }

    /// The same, and a task that the call begins.
    pub const fn and_new_task(mut self, id: TaskId) -> Self {
        self.begins.task = true;
        self.and_task(id)
    }
}

/// The states of a target's streams.
pub(in crate::ledger) struct Seen<'a> {
    pub(super) project: Option<&'a Project>,
    pub(super) source: Option<&'a Dataset>,
    pub(super) dataset: Option<&'a Dataset>,
    pub(super) task: Option<&'a Task>,
    pub(super) access: Option<&'a Access>,
    pub(super) directory: Option<&'a Directory>,
}

impl<'a> Seen<'a> {
    /// The project, which must exist and not be deleted.
    pub fn project(&self) -> Result<&'a Project, Refusal> {
        let project = self.project.ok_or(Refusal::NotFound { what: "project" })?;
        project.must_live().map(|()| project)
    }

    /// The directory of projects; there is always one.
    pub fn directory(&self) -> Result<&'a Directory, Refusal> {
        self.directory.ok_or(Refusal::NotFound { what: "project" })
    }

    /// The dataset looked at only, which must be live.
    pub fn source(&self) -> Result<&'a Dataset, Refusal> {
        live(self.source)
    }

    /// The dataset, which must be live.
    pub fn dataset(&self) -> Result<&'a Dataset, Refusal> {
        live(self.dataset)
    }

    /// The dataset, live or not.
    pub fn dataset_even_deleted(&self) -> Result<&'a Dataset, Refusal> {
        self.dataset.ok_or(Refusal::NotFound { what: "dataset" })
    }

    /// Who has access; there is always someone.
    pub fn access(&self) -> Result<&'a Access, Refusal> {
        self.access.ok_or(Refusal::NotFound { what: "API key" })
    }

    /// The task, which must exist.
    pub fn task(&self) -> Result<&'a Task, Refusal> {
        self.task.ok_or(Refusal::NotFound { what: "task" })
    }
}

/// The dataset, which must exist and not be deleted.
pub(super) fn live(dataset: Option<&Dataset>) -> Result<&Dataset, Refusal> {
    let dataset = dataset.ok_or(Refusal::NotFound { what: "dataset" })?;
    dataset.must_live().map(|()| dataset)
}
