//! Switches a dataset to the version that its restore has verified: the whole content changes at
//! one event, and the restore has ended well.
//!
//! Meets a cancel at one revision of the dataset's stream, where only one of them can win.

use std::sync::Arc;

use super::Decision;
use crate::domain::dataset::RunningRestore;
use crate::domain::event::{
    DatasetListed, DatasetUpdated, DatasetWords, Event, SnapshotCreated, SnapshotRestored,
    TaskCompleted,
};
use crate::domain::ids::{Revision, SnapshotId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{ChangeSummary, DatasetStatus, SnapshotReason, Version};
use crate::domain::{Dataset, Project};

/// Asks that the restore of a task take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwitchRestore {
    /// The task.
    pub task: TaskId,
    /// What it changes.
    pub summary: ChangeSummary,
    /// The steps it took.
    pub steps: u64,
}

/// Refuses with `TASK_ENDED` when the restore that runs is not this task's.
///
/// A restore that gives words back needs the dataset's project: the old name is taken up again
/// only where it is free, since a content that cannot come back for a name would be worse.
pub fn decide(
    project: Option<&Project>,
    dataset: &Dataset,
    command: &SwitchRestore,
) -> Result<Decision, Refusal> {
    let restore = dataset.restore_of(command.task)?;
    let mut events: Vec<Event> = Vec::with_capacity(4);
    let mut result = dataset.revision.next();
    if let Some(safety) = restore.safety_snapshot {
        events.push(safety_snapshot(dataset, restore, safety).into());
        result = result.next();
    }
    let restored = SnapshotRestored {
        dataset: dataset.id,
        task: command.task,
        target: restore.target,
        snapshot: restore.snapshot,
        root_before: dataset.head.root,
        summary: command.summary,
        current: current_after(dataset, restore),
        status: DatasetStatus::Ready,
    };
    events.push(restored.into());
    let words = words_after(project, dataset, restore);
    let listed = project.and_then(|project| listed(project, dataset, &words));
    if words.is_new_to(dataset) {
        events.push(words.clone().told_of(dataset).into());
    }
    if let Some(id) = restore.result_snapshot {
        events.push(result_snapshot(dataset, restore, (id, result), words).into());
    }
    let completed = TaskCompleted {
        task: command.task,
        summary: Some(command.summary),
        steps: command.steps,
        result: Some(result),
    };
    Ok(Decision {
        project: listed.into_iter().map(Into::into).collect(),
        dataset: events,
        task: vec![completed.into()],
        ..Decision::default()
    })
}

/// The words that the dataset has from the switch on: those that it shall have again, but for a
/// name that another has by now.
fn words_after(
    project: Option<&Project>,
    dataset: &Dataset,
    restore: &RunningRestore,
) -> DatasetWords {
    let Some(words) = &restore.words else {
        return DatasetWords {
            name: dataset.name.clone(),
            description: dataset.description.clone(),
        };
    };
    let is_free =
        project.is_some_and(|project| project.must_be_free(&words.name, dataset.id).is_ok());
    let name = if is_free { &words.name } else { &dataset.name };
    DatasetWords {
        name: name.clone(),
        ..words.clone()
    }
}

fn listed(project: &Project, dataset: &Dataset, words: &DatasetWords) -> Option<DatasetListed> {
    (words.name != dataset.name).then(|| DatasetListed {
        project: project.id,
        dataset: dataset.id,
        name: words.name.clone(),
    })
}

impl DatasetWords {
    fn is_new_to(&self, dataset: &Dataset) -> bool {
        self.name != dataset.name || self.description != dataset.description
    }

    fn told_of(self, dataset: &Dataset) -> DatasetUpdated {
        DatasetUpdated {
            dataset: dataset.id,
            name: (self.name != dataset.name).then_some(self.name),
            description: (self.description != dataset.description).then_some(self.description),
            metadata: None,
            snapshots_enabled: None,
        }
    }
}

/// The named snapshot if it is still there, else the newest live one of that content. The safety
/// snapshot is newer than all, and counts when the restore changes nothing.
fn current_after(dataset: &Dataset, restore: &RunningRestore) -> Option<SnapshotId> {
    let named = restore.snapshot.and_then(|id| dataset.snapshots.live(id));
    if let Some(named) = named {
        return Some(named.id);
    }
    if dataset.head.root == restore.target.root && restore.safety_snapshot.is_some() {
        return restore.safety_snapshot;
    }
    let newest = dataset.snapshots.newest_live_of(restore.target);
    newest.map(|snapshot| snapshot.id)
}

fn safety_snapshot(
    dataset: &Dataset,
    restore: &RunningRestore,
    safety: SnapshotId,
) -> SnapshotCreated {
    let target = restore.snapshot.and_then(|id| dataset.snapshots.get(id));
    let description = match target {
        Some(target) => format!("The state before the restore of snapshot {}", target.number),
        None => "The state before the restore of an older version".to_owned(),
    };
    SnapshotCreated {
        description: Arc::from(description),
        ..dataset.snapshot_of_head(safety, SnapshotReason::Restore)
    }
}

/// Names the version that the switch makes; the current snapshot from here on.
fn result_snapshot(
    dataset: &Dataset,
    restore: &RunningRestore,
    (id, result): (SnapshotId, Revision),
    words: DatasetWords,
) -> SnapshotCreated {
    let before = dataset.snapshot_of_head(id, SnapshotReason::Restore);
    let target = restore.snapshot.and_then(|id| dataset.snapshots.get(id));
    let description = match target {
        Some(target) => format!("The state after the restore of snapshot {}", target.number),
        None => "The state after the restore of an older version".to_owned(),
    };
    SnapshotCreated {
        // The one that names the state before is numbered first.
        number: before.number + u32::from(restore.safety_snapshot.is_some()),
        description: Arc::from(description),
        version: Version {
            revision: result,
            ..restore.target
        },
        dataset_name: words.name,
        dataset_description: words.description,
        restored_from: restore.snapshot,
        ..before
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_words;
