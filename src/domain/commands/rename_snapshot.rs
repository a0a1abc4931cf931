//! Gives a snapshot another name, another description, or both. Its version stays.

use std::sync::Arc;

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::SnapshotRenamed;
use crate::domain::ids::SnapshotId;
use crate::domain::refusal::Refusal;
use crate::domain::values::{Name, check_description};

/// Asks for other words; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameSnapshot {
    /// Which.
    pub snapshot: SnapshotId,
    /// The new name.
    pub name: Option<Name>,
    /// The new description; may be empty.
    pub description: Option<Arc<str>>,
}

/// Refuses with `NOT_FOUND`, `NOTHING_TO_UPDATE`, `BAD_INPUT` (the description) or `NAME_TAKEN`.
/// The name it has now is free, in any case.
pub fn decide(dataset: &Dataset, command: &RenameSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    dataset.live_snapshot(command.snapshot)?;
    if command.name.is_none() && command.description.is_none() {
        return Err(Refusal::NothingToUpdate);
    }
    if let Some(description) = &command.description {
        check_description("description", description)?;
    }
    if let Some(name) = &command.name {
        dataset.must_be_free(name, command.snapshot)?;
    }
    let renamed = SnapshotRenamed {
        dataset: dataset.id,
        snapshot: command.snapshot,
        name: command.name.clone(),
        description: command.description.clone(),
    };
    Ok(Decision {
        dataset: vec![renamed.into()],
        ..Decision::default()
    })
}
