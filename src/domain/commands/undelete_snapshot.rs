//! Brings a deleted snapshot back, with its number and version, under its old name or a new one.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::SnapshotUndeleted;
use crate::domain::ids::SnapshotId;
use crate::domain::refusal::Refusal;
use crate::domain::values::Name;

/// Asks that a snapshot come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndeleteSnapshot {
    /// Which.
    pub snapshot: SnapshotId,
    /// Its new name; none: the one it had, if it had one.
    pub name: Option<Name>,
}

/// Refuses with `NOT_FOUND` (also when it is not deleted) or `NAME_TAKEN`.
pub fn decide(dataset: &Dataset, command: &UndeleteSnapshot) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    let snapshot = dataset
        .snapshots
        .get(command.snapshot)
        .filter(|snapshot| snapshot.deleted)
        .ok_or(Refusal::NotFound {
            what: "deleted snapshot",
        })?;
    if let Some(name) = command.name.as_ref().or(snapshot.name.as_ref()) {
        dataset.must_be_free(name, command.snapshot)?;
    }
    let undeleted = SnapshotUndeleted {
        dataset: dataset.id,
        snapshot: command.snapshot,
        name: command.name.clone(),
    };
    Ok(Decision {
        dataset: vec![undeleted.into()],
        ..Decision::default()
    })
}
