//! Finishes the operation that runs, well or badly, and frees the dataset.
//!
//! A CREATION that went well also makes the CREATION snapshot of what it filled in.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::{Event, OperationFinished};
use crate::domain::ids::{OperationId, SnapshotId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{
    DatasetStatus, OperationKind, OperationOutcome, RunningOperation, SnapshotReason,
};

/// Asks that an operation be finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinishOperation {
    /// Which.
    pub operation: OperationId,
    /// How it ended.
    pub outcome: OperationOutcome,
    /// The dataset's status from here on, when it is not the usual one: `READY`, `PARTIAL_INDEX`
    /// or `ERROR`.
    pub status: Option<DatasetStatus>,
    /// The id of the CREATION snapshot, should one be made.
    pub first_snapshot: SnapshotId,
}

/// Refuses with `NOT_FOUND` (the dataset; the operation, when it does not run) or `BAD_INPUT` (a
/// status that cannot be given).
pub fn decide(dataset: &Dataset, command: &FinishOperation) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    let operation = dataset
        .operation
        .filter(|running| running.id == command.operation)
        .ok_or(Refusal::NotFound { what: "operation" })?;
    let finished = OperationFinished {
        dataset: dataset.id,
        operation: command.operation,
        outcome: command.outcome,
        status: status_after(operation, command)?,
    };
    let mut events: Vec<Event> = vec![finished.into()];
    if (operation.kind, command.outcome) == (OperationKind::Creation, OperationOutcome::Succeeded) {
        let first = dataset.snapshot_of_head(command.first_snapshot, SnapshotReason::Creation);
        events.push(first.into());
    }
    Ok(Decision {
        dataset: events,
        ..Decision::default()
    })
}

/// A TRAINING changes nothing of the dataset, so however it ends the status stays. Any other that
/// fails leaves `ERROR`, and no caller can call that well.
fn status_after(
    operation: RunningOperation,
    command: &FinishOperation,
) -> Result<DatasetStatus, Refusal> {
    if let Some(status) = command.status {
        check_given(status)?;
    }
    let is_training = operation.kind == OperationKind::Training;
    match (command.outcome, command.status) {
        (_, None) if is_training => Ok(operation.status_before),
        (_, Some(given)) if is_training => Ok(given),
        (OperationOutcome::Succeeded, given) => Ok(given.unwrap_or(DatasetStatus::Ready)),
        (OperationOutcome::Failed, None | Some(DatasetStatus::Error)) => Ok(DatasetStatus::Error),
        (OperationOutcome::Failed, Some(given)) => Err(bad_status(format!(
            "a failed operation leaves the dataset ERROR, not {given}"
        ))),
    }
}

fn check_given(status: DatasetStatus) -> Result<(), Refusal> {
    match status {
        DatasetStatus::Ready | DatasetStatus::PartialIndex | DatasetStatus::Error => Ok(()),
        DatasetStatus::Draft | DatasetStatus::Indexing | DatasetStatus::ReadOnly => Err(
            bad_status("give READY, PARTIAL_INDEX, ERROR, or nothing".to_owned()),
        ),
    }
}

const fn bad_status(message: String) -> Refusal {
    Refusal::BadInput {
        field: "status",
        message,
    }
}
