//! What a decision sees: the states of its streams, as after the last append sent.

use crate::domain::ids::{DatasetId, ProjectId, TaskId};
use crate::domain::{Access, Dataset, Project, Refusal, Task};

/// The streams that a decision looks at and writes to. `source` is only looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::ledger) struct Target {
    pub project: Option<ProjectId>,
    pub source: Option<DatasetId>,
    pub dataset: Option<DatasetId>,
    pub task: Option<TaskId>,
    /// Whether the access stream is one of them.
    pub access: bool,
}

/// The states of a target's streams.
pub(in crate::ledger) struct Seen<'a> {
    pub(super) project: Option<&'a Project>,
    pub(super) source: Option<&'a Dataset>,
    pub(super) dataset: Option<&'a Dataset>,
    pub(super) task: Option<&'a Task>,
    pub(super) access: Option<&'a Access>,
}

impl<'a> Seen<'a> {
    /// The project, which must exist.
    pub fn project(&self) -> Result<&'a Project, Refusal> {
        self.project.ok_or(Refusal::NotFound { what: "project" })
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
