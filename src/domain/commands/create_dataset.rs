//! Creates a dataset: ready and empty with its first snapshot, or a draft that an operation of
//! kind CREATION fills.

use std::sync::Arc;

use super::Decision;
use crate::digest::Digest;
use crate::domain::Dataset;
use crate::domain::Project;
use crate::domain::event::{DatasetCreated, DatasetListed};
use crate::domain::ids::{DatasetId, SnapshotId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{Counts, DatasetStatus, Name, SnapshotReason, check_description};

/// Asks for a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateDataset {
    /// Its id.
    pub dataset: DatasetId,
    /// Its name.
    pub name: Name,
    /// Its description; may be empty.
    pub description: Arc<str>,
    /// A JSON object in canonical text.
    pub metadata: Arc<str>,
    /// Whether it begins as a draft, without a snapshot.
    pub draft: bool,
    /// Whether snapshots can be asked for.
    pub snapshots_enabled: bool,
    /// The id of its CREATION snapshot; a draft gets that later, under another id.
    pub first_snapshot: SnapshotId,
    /// The content root of no items.
    pub empty_root: Digest,
}

/// Refuses with `BAD_INPUT` (the description) or `NAME_TAKEN`.
pub fn decide(project: &Project, command: &CreateDataset) -> Result<Decision, Refusal> {
    check_description("description", &command.description)?;
    project.must_be_free(&command.name, command.dataset)?;
    let listed = DatasetListed {
        project: project.id,
        dataset: command.dataset,
        name: command.name.clone(),
    };
    let created = DatasetCreated {
        dataset: command.dataset,
        project: project.id,
        name: command.name.clone(),
        description: command.description.clone(),
        metadata: command.metadata.clone(),
        status: if command.draft {
            DatasetStatus::Draft
        } else {
            DatasetStatus::Ready
        },
        snapshots_enabled: command.snapshots_enabled,
        root: command.empty_root,
        counts: Counts::default(),
        origin: None,
    };
    let first = (!command.draft).then(|| {
        Dataset::created(&created)
            .snapshot_of_head(command.first_snapshot, SnapshotReason::Creation)
            .into()
    });
    Ok(Decision {
        project: vec![listed.into()],
        dataset: std::iter::once(created.into()).chain(first).collect(),
        ..Decision::default()
    })
}
