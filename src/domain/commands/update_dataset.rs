//! Changes a dataset's name, description, metadata, or whether snapshots can be asked for.
//!
//! Touches no content and makes no version, so that it is allowed whatever runs.

use std::sync::Arc;

use super::Decision;
use crate::domain::event::{DatasetListed, DatasetUpdated};
use crate::domain::refusal::Refusal;
use crate::domain::values::{Name, check_description};
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
    Ok(Decision {
        project: listed.into_iter().map(Into::into).collect(),
        dataset: vec![updated.into()],
        ..Decision::default()
    })
}
