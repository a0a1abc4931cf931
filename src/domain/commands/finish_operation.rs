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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        OPERATION, committed, deleted, enriching, in_status, not_found, operation_begun,
        operation_finished, ready, snapshot, snapshot_of, version,
    };
    use crate::domain::commands::given::{Given, given};
    use crate::domain::event::SnapshotCreated;
    use DatasetStatus::{Draft, Error, Indexing, PartialIndex, ReadOnly, Ready};
    use OperationOutcome::{Failed, Succeeded};

    fn finish(
        outcome: OperationOutcome,
        status: Option<DatasetStatus>,
    ) -> impl FnOnce(&Given) -> Result<Decision, Refusal> {
        move |it| {
            let command = FinishOperation {
                operation: OPERATION,
                outcome,
                status,
                first_snapshot: snapshot(1),
            };
            decide(it.dataset(), &command)
        }
    }

    #[test]
    fn the_outcome_says_the_status_unless_it_is_given() {
        let check = |outcome, given_status, expected| {
            let after = given([in_status(PartialIndex), enriching()])
                .when(finish(outcome, given_status))
                .then([operation_finished(outcome, expected)]);
            assert_eq!(
                (after.dataset().status, after.dataset().running()),
                (expected, None)
            );
        };
        check(Succeeded, None, Ready);
        check(Succeeded, Some(Ready), Ready);
        check(Succeeded, Some(PartialIndex), PartialIndex);
        check(Succeeded, Some(Error), Error);
        check(Failed, None, Error);
        check(Failed, Some(Error), Error);
    }

    #[test]
    fn a_training_leaves_the_status_as_it_was() {
        let check = |before, outcome, given_status, expected| {
            given([
                in_status(before),
                operation_begun(OperationKind::Training, before),
            ])
            .when(finish(outcome, given_status))
            .then([operation_finished(outcome, expected)]);
        };
        for before in [Ready, PartialIndex, Error] {
            check(before, Succeeded, None, before);
            check(before, Failed, None, before);
            check(before, Failed, Some(PartialIndex), PartialIndex);
        }
    }

    #[test]
    fn a_creation_that_succeeds_makes_the_first_snapshot_of_what_it_filled_in() {
        let first = SnapshotCreated {
            reason: SnapshotReason::Creation,
            ..snapshot_of(1, version(2, 3))
        };
        let after = given([
            in_status(Draft),
            operation_begun(OperationKind::Creation, Indexing),
            committed(0, 3).into(),
        ])
        .when(finish(Succeeded, None))
        .then([operation_finished(Succeeded, Ready), first.into()]);
        assert_eq!(after.dataset().current, Some(snapshot(1)));
        assert_eq!(after.dataset().next_number, 2);
    }

    #[test]
    fn a_creation_that_fails_makes_none() {
        given([
            in_status(Draft),
            operation_begun(OperationKind::Creation, Indexing),
        ])
        .when(finish(Failed, None))
        .then([operation_finished(Failed, Error)]);
    }

    #[test]
    fn a_status_that_cannot_follow_is_refused() {
        let check = |outcome, status| {
            given([ready(), enriching()])
                .when(finish(outcome, Some(status)))
                .refuses_field("status");
        };
        for status in [Draft, Indexing, ReadOnly] {
            check(Succeeded, status);
            check(Failed, status);
        }
        check(Failed, Ready);
        check(Failed, PartialIndex);
    }

    #[test]
    fn only_the_operation_that_runs_can_be_finished() {
        given([ready()])
            .when(finish(Succeeded, None))
            .refuses(not_found("operation"));
        given([ready(), enriching()])
            .when(|it| {
                let command = FinishOperation {
                    operation: OperationId(uuid::Uuid::from_u128(99)),
                    outcome: Succeeded,
                    status: None,
                    first_snapshot: snapshot(1),
                };
                decide(it.dataset(), &command)
            })
            .refuses(not_found("operation"));
        given([ready(), deleted()])
            .when(finish(Succeeded, None))
            .refuses(not_found("dataset"));
    }
}
