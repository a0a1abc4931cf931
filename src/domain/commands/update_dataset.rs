//! Changes a dataset's name, description, metadata, or whether snapshots can be asked for.
//!
//! Touches no content and makes no version, so that it is allowed whatever runs.

use std::sync::Arc;

use super::Decision;
use crate::domain::event::{DatasetListed, DatasetUpdated, Event, SnapshotCreated};
use crate::domain::ids::SnapshotId;
use crate::domain::refusal::Refusal;
use crate::domain::values::{Name, SnapshotReason, check_description};
use crate::domain::{Dataset, Project};

/// Asks for other words or settings; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpdateDataset {
    /// The new name.
    pub name: Option<Name>,
    /// The new description; may be empty.
    pub description: Option<Arc<str>>,
    /// The new metadata: a JSON object in canonical text.
    pub metadata: Option<Arc<str>>,
    /// Whether snapshots can be asked for from here on.
    pub snapshots_enabled: Option<bool>,
    /// The id of an AUTO snapshot that shall record the new words, if one is wanted.
    pub auto_snapshot: Option<SnapshotId>,
}

impl UpdateDataset {
    const fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.description.is_none()
            && self.metadata.is_none()
            && self.snapshots_enabled.is_none()
    }
}

/// Refuses with `NOT_FOUND`, `NOTHING_TO_UPDATE`, `BAD_INPUT` (the description) or `NAME_TAKEN`.
/// The name it has now is free, in any case. `project` is the dataset's own.
pub fn decide(
    project: &Project,
    dataset: &Dataset,
    command: &UpdateDataset,
) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    if command.is_empty() {
        return Err(Refusal::NothingToUpdate);
    }
    if let Some(description) = &command.description {
        check_description("description", description)?;
    }
    let mut listed = None;
    if let Some(name) = &command.name {
        project.must_be_free(name, dataset.id)?;
        // The same name, letter for letter, leaves the project's list as it is.
        listed = (*name != dataset.name).then(|| DatasetListed {
            project: project.id,
            dataset: dataset.id,
            name: name.clone(),
        });
    }
    let updated = DatasetUpdated {
        dataset: dataset.id,
        name: command.name.clone(),
        description: command.description.clone(),
        metadata: command.metadata.clone(),
        snapshots_enabled: command.snapshots_enabled,
    };
    let mut events: Vec<Event> = vec![updated.into()];
    if let Some(id) = command.auto_snapshot {
        events.push(snapshot_of_the_new_words(dataset, command, id).into());
    }
    Ok(Decision {
        project: listed.into_iter().map(Into::into).collect(),
        dataset: events,
        ..Decision::default()
    })
}

fn snapshot_of_the_new_words(
    dataset: &Dataset,
    command: &UpdateDataset,
    id: SnapshotId,
) -> SnapshotCreated {
    let before = dataset.snapshot_of_head(id, SnapshotReason::Auto);
    SnapshotCreated {
        dataset_name: command.name.clone().unwrap_or(before.dataset_name),
        dataset_description: command
            .description
            .clone()
            .unwrap_or(before.dataset_description),
        ..before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, PROJECT, deleted, listed, name, name_taken, not_found, ready, restoring, snapshot,
        snapshot_of, version,
    };
    use crate::domain::commands::given::given;

    fn rename(text: &str) -> UpdateDataset {
        UpdateDataset {
            name: Some(name(text)),
            ..UpdateDataset::default()
        }
    }

    fn updated(command: &UpdateDataset) -> DatasetUpdated {
        DatasetUpdated {
            dataset: DATASET,
            name: command.name.clone(),
            description: command.description.clone(),
            metadata: command.metadata.clone(),
            snapshots_enabled: command.snapshots_enabled,
        }
    }

    #[test]
    fn an_automatic_snapshot_records_the_new_words() {
        let command = UpdateDataset {
            description: Some(Arc::from("Weighed too")),
            auto_snapshot: Some(snapshot(1)),
            ..UpdateDataset::default()
        };
        let created = SnapshotCreated {
            reason: SnapshotReason::Auto,
            dataset_description: Arc::from("Weighed too"),
            ..snapshot_of(1, version(0, 0))
        };
        let after = given([ready()])
            .when(|it| decide(it.project(), it.dataset(), &command))
            .then([updated(&command).into(), created.into()]);
        assert_eq!(after.dataset().current, Some(snapshot(1)));
        // Beside nothing that changes there is nothing to record.
        let empty = UpdateDataset {
            auto_snapshot: Some(snapshot(1)),
            ..UpdateDataset::default()
        };
        given([ready()])
            .when(|it| decide(it.project(), it.dataset(), &empty))
            .refuses(Refusal::NothingToUpdate);
    }

    #[test]
    fn a_new_name_is_listed_and_frees_the_old_one() {
        let command = rename("Gentoos");
        let listing = DatasetListed {
            project: PROJECT,
            dataset: DATASET,
            name: name("Gentoos"),
        };
        let after = given([listed(0xD, "Penguins"), ready()])
            .when(|it| decide(it.project(), it.dataset(), &command))
            .then([listing.into(), updated(&command).into()]);
        assert_eq!(after.dataset().name, name("Gentoos"));
        assert_eq!(after.project().dataset_named(&name("Penguins")), None);
        assert_eq!(
            after.project().dataset_named(&name("gentoos")),
            Some(DATASET)
        );
    }

    #[test]
    fn its_own_name_is_free_in_another_case_and_as_it_is() {
        let command = rename("PENGUINS");
        given([listed(0xD, "Penguins"), ready()])
            .when(|it| decide(it.project(), it.dataset(), &command))
            .then([listed(0xD, "PENGUINS"), updated(&command).into()]);
        let command = rename("Penguins");
        given([listed(0xD, "Penguins"), ready()])
            .when(|it| decide(it.project(), it.dataset(), &command))
            .then([updated(&command).into()]);
    }

    #[test]
    fn the_name_of_another_is_taken() {
        given([listed(0xD, "Penguins"), listed(1, "Gentoos"), ready()])
            .when(|it| decide(it.project(), it.dataset(), &rename("gentoos")))
            .refuses(name_taken("gentoos"));
    }

    #[test]
    fn settings_change_also_while_a_restore_runs() {
        let command = UpdateDataset {
            description: Some(Arc::from("")),
            metadata: Some(Arc::from("{}")),
            snapshots_enabled: Some(false),
            ..UpdateDataset::default()
        };
        let after = given([ready(), restoring().into()])
            .when(|it| decide(it.project(), it.dataset(), &command))
            .then([updated(&command).into()]);
        let dataset = after.dataset();
        assert_eq!((&*dataset.description, &*dataset.metadata), ("", "{}"));
        assert!(!dataset.snapshots_enabled);
        assert_eq!(dataset.name, name("Penguins"));
    }

    #[test]
    fn an_update_of_nothing_or_of_too_much_is_refused() {
        given([ready()])
            .when(|it| decide(it.project(), it.dataset(), &UpdateDataset::default()))
            .refuses(Refusal::NothingToUpdate);
        let command = UpdateDataset {
            description: Some(Arc::from("x".repeat(10_001))),
            ..UpdateDataset::default()
        };
        given([ready()])
            .when(|it| decide(it.project(), it.dataset(), &command))
            .refuses_field("description");
    }

    #[test]
    fn a_deleted_dataset_is_not_found() {
        given([ready(), deleted()])
            .when(|it| decide(it.project(), it.dataset(), &rename("Gentoos")))
            .refuses(not_found("dataset"));
    }
}
