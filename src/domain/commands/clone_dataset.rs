//! Clones a version of a dataset: a new stream that begins at the same content root.
//!
//! Writes nothing to the source's stream, so it neither blocks the source nor waits for it.

use super::Decision;
use crate::domain::event::{
    DatasetCreated, DatasetListed, SnapshotCloned, TaskCompleted, TaskQueued, TaskWork,
};
use crate::domain::ids::{DatasetId, Position, Revision, SnapshotId, TaskId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{
    ChangeSummary, DatasetStatus, NAME_CHARS_MAX, Name, Origin, SnapshotReason, Version,
};
use crate::domain::{Dataset, Project};

/// Asks for a dataset that begins as a version of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloneDataset {
    /// The new dataset's id.
    pub dataset: DatasetId,
    /// The id of the task that records it.
    pub task: TaskId,
    /// The id of the new dataset's first snapshot.
    pub first_snapshot: SnapshotId,
    /// The new dataset's name; none: made from the source's.
    pub name: Option<Name>,
    /// The source's version.
    pub version: Version,
    /// That version's place in the log.
    pub position: Position,
    /// The source's snapshot that names this version, if it was given by one.
    pub snapshot: Option<SnapshotId>,
}

/// Refuses with `NOT_FOUND`, `DATASET_NOT_READY`, `VERSION_CONFLICT` (the snapshot has been moved
/// off the version) or `NAME_TAKEN` (a given name only). `target` is the project to clone into.
pub fn decide(
    source: &Dataset,
    target: &Project,
    command: &CloneDataset,
) -> Result<Decision, Refusal> {
    source.must_live()?;
    if let Some(snapshot) = command.snapshot {
        source.live_snapshot(snapshot)?;
    }
    source.must_stand()?;
    if let Some(snapshot) = command.snapshot {
        source.must_name(snapshot, command.version)?;
    }
    let name = match &command.name {
        Some(name) => {
            target.must_be_free(name, command.dataset)?;
            name.clone()
        }
        None => name_of_clone(target, &source.name),
    };
    let created = clone_of(source, target, command, name);
    let (dataset, task) = (command.dataset, command.task);
    let listed = DatasetListed {
        project: target.id,
        dataset,
        name: created.name.clone(),
    };
    let cloned = SnapshotCloned {
        dataset,
        origin: origin(source, command),
        task,
    };
    let first =
        Dataset::created(&created).snapshot_of_head(command.first_snapshot, SnapshotReason::Clone);
    let queued = TaskQueued {
        task,
        project: target.id,
        dataset,
        work: TaskWork::Clone {
            snapshot: command.snapshot,
        },
    };
    let completed = TaskCompleted {
        task,
        summary: Some(ChangeSummary {
            unchanged: command.version.counts.items,
            ..ChangeSummary::default()
        }),
        steps: 0,
        result: Some(Revision::FIRST),
    };
    Ok(Decision {
        project: vec![listed.into()],
        dataset: vec![created.into(), cloned.into(), first.into()],
        task: vec![queued.into(), completed.into()],
    })
}

fn clone_of(
    source: &Dataset,
    target: &Project,
    command: &CloneDataset,
    name: Name,
) -> DatasetCreated {
    DatasetCreated {
        dataset: command.dataset,
        project: target.id,
        name,
        description: source.description.clone(),
        metadata: source.metadata.clone(),
        status: DatasetStatus::Ready,
        snapshots_enabled: source.snapshots_enabled,
        root: command.version.root,
        counts: command.version.counts,
        origin: Some(origin(source, command)),
    }
}

const fn origin(source: &Dataset, command: &CloneDataset) -> Origin {
    Origin {
        dataset: source.id,
        snapshot: command.snapshot,
        revision: command.version.revision,
        position: command.position,
    }
}

/// `"{name} (cloned)"`, then `"{name} (cloned 2)"`…: the first that is free.
fn name_of_clone(target: &Project, source: &Name) -> Name {
    // No two of these are the same name, so one more than there are datasets must find a free one.
    for count in 1..=target.dataset_count() + 1 {
        let suffix = match count {
            1 => " (cloned)".to_owned(),
            _ => format!(" (cloned {count})"),
        };
        let name = with_suffix(source, &suffix);
        if target.dataset_named(&name).is_none() {
            return name;
        }
    }
    unreachable!("more names are taken than there are datasets to take them")
}

/// The name cut so far that it is a name still with the suffix, which is plain ASCII.
fn with_suffix(name: &Name, suffix: &str) -> Name {
    let kept: String = name
        .as_str()
        .chars()
        .take(NAME_CHARS_MAX - suffix.len())
        .collect();
    Name::recorded(&format!("{}{suffix}", kept.trim_end()))
}
