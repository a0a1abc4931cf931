//! Deletes a dataset: hides it and its snapshots and frees its name.
//!
//! The log keeps every version, and clones stay whole.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::{DatasetDeleted, DatasetUnlisted};
use crate::domain::refusal::Refusal;

/// Asks that a dataset be hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteDataset;

/// Refuses with `NOT_FOUND` or `OPERATION_RUNNING`. An import that still runs ends by being refused.
pub fn decide(dataset: &Dataset, _command: &DeleteDataset) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    dataset.must_be_idle()?;
    let unlisted = DatasetUnlisted {
        project: dataset.project,
        dataset: dataset.id,
    };
    let deleted = DatasetDeleted {
        dataset: dataset.id,
    };
    Ok(Decision {
        project: vec![unlisted.into()],
        dataset: vec![deleted.into()],
        ..Decision::default()
    })
}
