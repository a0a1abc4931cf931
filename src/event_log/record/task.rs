//! Stored shapes of the events about tasks.
//!
//! Version 1. Never change one: add a second and an upcast.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::shape::{Stored, Text, Time, shapes};
use super::values::{ChangeSummaryV1, CommitModeV1, TaskPhaseV1, VersionV1};
use crate::domain::event::{
    TaskCancelled, TaskClaimed, TaskCompleted, TaskFailed, TaskProgressed, TaskQueued, TaskWork,
};

shapes! {
    TaskQueuedV1 of TaskQueued {
        task: Uuid = "taskId",
        project: Uuid = "projectId",
        dataset: Uuid = "datasetId",
        work: TaskWorkV1 = "work",
    }
    TaskClaimedV1 of TaskClaimed {
        task: Uuid = "taskId",
        node: Text = "node",
        lease_until: Time = "leaseUntil",
    }
    TaskProgressedV1 of TaskProgressed {
        task: Uuid = "taskId",
        phase: TaskPhaseV1 = "phase",
        done: u64 = "done",
        total: Option<u64> = "total",
    }
    TaskCompletedV1 of TaskCompleted {
        task: Uuid = "taskId",
        summary: Option<ChangeSummaryV1> = "summary",
        steps: u64 = "steps",
        result: Option<u64> = "resultRevision",
    }
    TaskFailedV1 of TaskFailed {
        task: Uuid = "taskId",
        error: Text = "error",
    }
    TaskCancelledV1 of TaskCancelled {
        task: Uuid = "taskId",
    }
}

/// An object with one member, which is named after the kind of the work.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum TaskWorkV1 {
    #[serde(rename = "SNAPSHOT_RESTORE")]
    Restore {
        target: VersionV1,
        #[serde(rename = "snapshotId")]
        snapshot: Option<Uuid>,
    },
    #[serde(rename = "SNAPSHOT_CLONE")]
    Clone {
        #[serde(rename = "snapshotId")]
        snapshot: Option<Uuid>,
    },
    #[serde(rename = "IMPORT")]
    Import { mode: CommitModeV1 },
}

impl Stored<TaskWorkV1> for TaskWork {
    fn store(&self) -> TaskWorkV1 {
        match self {
            Self::Restore { target, snapshot } => TaskWorkV1::Restore {
                target: target.store(),
                snapshot: snapshot.store(),
            },
            Self::Clone { snapshot } => TaskWorkV1::Clone {
                snapshot: snapshot.store(),
            },
            Self::Import { mode } => TaskWorkV1::Import { mode: mode.store() },
        }
    }

    fn load(form: TaskWorkV1) -> Self {
        match form {
            TaskWorkV1::Restore { target, snapshot } => Self::Restore {
                target: Stored::load(target),
                snapshot: Stored::load(snapshot),
            },
            TaskWorkV1::Clone { snapshot } => Self::Clone {
                snapshot: Stored::load(snapshot),
            },
            TaskWorkV1::Import { mode } => Self::Import {
                mode: Stored::load(mode),
            },
        }
    }
}
