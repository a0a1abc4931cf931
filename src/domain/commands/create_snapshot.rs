//! Creates a snapshot: a numbered name for the current version, or for an older one.
//!
//! Costs one event, however large the dataset is.

use std::sync::Arc;

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::{SnapshotCreated, TrainedModel};
use crate::domain::ids::{Position, Revision, SnapshotId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{NAME_CHARS_MAX, Name, SnapshotReason, Version, check_description};

/// Asks for a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateSnapshot {
    /// Its id.
    pub snapshot: SnapshotId,
    /// Its name; none: one made from the dataset's and the id is shown, and need not be unique.
    pub name: Option<Name>,
    /// Its description; may be empty.
    pub description: Arc<str>,
    /// The version to name, with the position by which it was asked for; none: the head.
    pub version: Option<(Version, Position)>,
    /// The revision of the version that the caller saw, when it must still be the current one.
    pub if_version: Option<Revision>,
    /// The model trained on it; its name has 1 to 255 characters.
    pub trained_model: Option<TrainedModel>,
    /// MANUAL when a caller asks. The others are made by a change, in its own append: those ask
    /// for no status, no lock, and not whether snapshots are enabled.
    pub reason: SnapshotReason,
}

/// Refuses with `NOT_FOUND`, `BAD_INPUT` (description, trained model), `SNAPSHOTS_DISABLED`,
/// `OPERATION_RUNNING`, `DATASET_NOT_READY`, `NAME_TAKEN` or `VERSION_CONFLICT`.
pub fn decide(dataset: &Dataset, command: &CreateSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    check_description("description", &command.description)?;
    if let Some(model) = &command.trained_model {
        check_model(model)?;
    }
    match command.reason {
        SnapshotReason::Manual => dataset.must_take_snapshots()?,
        SnapshotReason::Creation
        | SnapshotReason::Clone
        | SnapshotReason::Restore
        | SnapshotReason::Auto => {}
    }
    if let Some(name) = &command.name {
        dataset.must_be_free(name, command.snapshot)?;
    }
    dataset.must_be_at(command.if_version)?;
    let version = command.version.map_or(dataset.head, |(version, _)| version);
    let created = SnapshotCreated {
        name: command.name.clone(),
        description: command.description.clone(),
        version,
        asked: command.version.map(|(_, asked)| asked),
        becomes_current: version.revision == dataset.head.revision,
        trained_model: command.trained_model.clone(),
        ..dataset.snapshot_of_head(command.snapshot, command.reason)
    };
    Ok(Decision {
        dataset: vec![created.into()],
        ..Decision::default()
    })
}

fn check_model(model: &TrainedModel) -> Result<(), Refusal> {
    let message = match &model.name {
        None if model.id.is_some() => return Ok(()),
        None => "give the model's id, its name, or both".to_owned(),
        Some(name) if (1..=NAME_CHARS_MAX).contains(&name.chars().count()) => return Ok(()),
        Some(_) => format!("a model's name has 1 to {NAME_CHARS_MAX} characters"),
    };
    Err(Refusal::BadInput {
        field: "trainingModelName",
        message,
    })
}
