//! Deletes a snapshot: hides it and frees its name. Its version stays readable.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::SnapshotDeleted;
use crate::domain::ids::SnapshotId;
use crate::domain::refusal::Refusal;

/// Asks that a snapshot be hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteSnapshot {
    /// Which.
    pub snapshot: SnapshotId,
    /// Whether also the current one may go; the dataset has none then until the next.
    pub even_if_current: bool,
}

/// Refuses with `NOT_FOUND` or `SNAPSHOT_IS_CURRENT`.
pub fn decide(dataset: &Dataset, command: &DeleteSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    dataset.live_snapshot(command.snapshot)?;
    if dataset.current == Some(command.snapshot) && !command.even_if_current {
        return Err(Refusal::SnapshotIsCurrent);
    }
    let deleted = SnapshotDeleted {
        dataset: dataset.id,
        snapshot: command.snapshot,
    };
    Ok(Decision {
        dataset: vec![deleted.into()],
        ..Decision::default()
    })
}
