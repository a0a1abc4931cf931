//! Moves a snapshot to another version. Id, number and name stay.

use std::sync::Arc;

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::SnapshotMoved;
use crate::domain::ids::{Position, Revision, SnapshotId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{Version, check_description};

/// Asks that a snapshot name another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveSnapshot {
    /// Which.
    pub snapshot: SnapshotId,
    /// The version to name, with the position by which it was asked for; none: the head.
    pub version: Option<(Version, Position)>,
    /// The revision of the version that the caller saw, when it must still be the current one.
    pub if_version: Option<Revision>,
    /// The new description; none: it stays.
    pub description: Option<Arc<str>>,
}

/// Refuses with `NOT_FOUND`, `BAD_INPUT` (the description), `SNAPSHOTS_DISABLED`,
/// `OPERATION_RUNNING`, `DATASET_NOT_READY` or `VERSION_CONFLICT`.
pub fn decide(dataset: &Dataset, command: &MoveSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    dataset.live_snapshot(command.snapshot)?;
    if let Some(description) = &command.description {
        check_description("description", description)?;
    }
    dataset.must_take_snapshots()?;
    dataset.must_be_at(command.if_version)?;
    let version = command.version.map_or(dataset.head, |(version, _)| version);
    let moved = SnapshotMoved {
        dataset: dataset.id,
        snapshot: command.snapshot,
        version,
        asked: command.version.map(|(_, asked)| asked),
        becomes_current: version.revision == dataset.head.revision,
        description: command.description.clone(),
    };
    Ok(Decision {
        dataset: vec![moved.into()],
        ..Decision::default()
    })
}
