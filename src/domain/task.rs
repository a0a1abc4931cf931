//! A task as decisions see it: whether it has ended, and who works on it.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::event::{Event, TaskWork};
use super::ids::{DatasetId, ProjectId, Revision, TaskId};
use super::refusal::Refusal;
use super::values::TaskPhase;

/// The state of one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Which.
    pub id: TaskId,
    /// The project of its dataset.
    pub project: ProjectId,
    /// The dataset it works on.
    pub dataset: DatasetId,
    /// The last event of its stream.
    pub revision: Revision,
    /// What it does.
    pub work: TaskWork,
    /// Where it is, as far as the log tells.
    pub phase: TaskPhase,
    /// Who works on it, until when.
    pub lease: Option<Lease>,
}

/// A node's claim to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The node.
    pub node: Arc<str>,
    /// When another may take over.
    pub until: DateTime<Utc>,
}

impl Task {
    /// Refuses when it has ended.
    pub const fn must_go_on(&self) -> Result<(), Refusal> {
        if self.phase.is_end() {
            Err(Refusal::TaskEnded)
        } else {
            Ok(())
        }
    }

    /// Refuses unless it is an import: the end of any other is decided on its dataset's stream.
    pub const fn must_be_import(&self) -> Result<(), Refusal> {
        match self.work {
            TaskWork::Import { .. } => Ok(()),
            TaskWork::Restore { .. } | TaskWork::Clone { .. } => {
                Err(Refusal::NotFound { what: "import" })
            }
        }
    }

    /// The state after the first event of its stream; none when that is not a TaskQueued.
    pub fn begin(event: &Event) -> Option<Self> {
        let Event::TaskQueued(queued) = event else {
            return None;
        };
        Some(Self {
            id: queued.task,
            project: queued.project,
            dataset: queued.dataset,
            revision: Revision::FIRST,
            work: queued.work.clone(),
            phase: TaskPhase::Queued,
            lease: None,
        })
    }

    /// The state after this event of its stream, which must be the next one.
    pub fn evolve(&mut self, event: &Event) {
        self.revision = self.revision.next();
        if let Event::TaskClaimed(claimed) = event {
            self.lease = Some(Lease {
                node: claimed.node.clone(),
                until: claimed.lease_until,
            });
        }
        if let Event::TaskProgressed(progressed) = event {
            self.phase = progressed.phase;
        }
        if let Event::TaskCompleted(_) = event {
            self.phase = TaskPhase::Completed;
        }
        if let Event::TaskFailed(_) = event {
            self.phase = TaskPhase::Failed;
        }
        if let Event::TaskCancelled(_) = event {
            self.phase = TaskPhase::Cancelled;
        }
    }
}

#[cfg(test)]
mod tests;
