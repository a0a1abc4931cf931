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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, PROJECT, created_in, listed, name, name_taken, root, snapshot, snapshot_of,
        version,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::SnapshotCreated;

    fn command() -> CreateDataset {
        let created = created_in(DatasetStatus::Ready);
        CreateDataset {
            dataset: DATASET,
            name: created.name,
            description: created.description,
            metadata: created.metadata,
            draft: false,
            snapshots_enabled: true,
            first_snapshot: snapshot(1),
            empty_root: root(0),
        }
    }

    fn listing() -> DatasetListed {
        DatasetListed {
            project: PROJECT,
            dataset: DATASET,
            name: name("Penguins"),
        }
    }

    #[test]
    fn a_dataset_is_ready_and_its_first_snapshot_is_current() {
        let after = given([]).when(|it| decide(it.project(), &command())).then([
            listing().into(),
            created_in(DatasetStatus::Ready).into(),
            SnapshotCreated {
                reason: SnapshotReason::Creation,
                ..snapshot_of(1, version(0, 0))
            }
            .into(),
        ]);
        assert_eq!(after.dataset().current, Some(snapshot(1)));
        assert_eq!(
            after.project().dataset_named(&name("PENGUINS")),
            Some(DATASET)
        );
    }

    #[test]
    fn a_draft_has_no_snapshot_yet() {
        let command = CreateDataset {
            draft: true,
            ..command()
        };
        given([])
            .when(|it| decide(it.project(), &command))
            .then([listing().into(), created_in(DatasetStatus::Draft).into()]);
    }

    #[test]
    fn the_first_snapshot_is_made_also_where_none_can_be_asked_for() {
        let command = CreateDataset {
            snapshots_enabled: false,
            ..command()
        };
        let decision = decide(given([]).project(), &command).expect("a dataset");
        assert_eq!(decision.dataset.len(), 2);
    }

    #[test]
    fn a_name_is_taken_whatever_its_case() {
        given([listed(1, "PENGUINS")])
            .when(|it| decide(it.project(), &command()))
            .refuses(name_taken("Penguins"));
    }

    #[test]
    fn a_description_over_its_limit_is_refused() {
        let command = CreateDataset {
            description: Arc::from("x".repeat(10_001)),
            ..command()
        };
        given([])
            .when(|it| decide(it.project(), &command))
            .refuses_field("description");
    }
}
