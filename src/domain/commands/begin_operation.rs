//! Begins a long job of an outside worker. Until it is finished it holds the dataset: only what
//! names it can write. A TRAINING holds nothing and only keeps restores and other jobs away.

use super::Decision;
use crate::domain::Dataset;
use crate::domain::event::OperationBegun;
use crate::domain::ids::OperationId;
use crate::domain::refusal::Refusal;
use crate::domain::values::{DatasetStatus, OperationKind};

/// Asks that an operation begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeginOperation {
    /// Its id.
    pub operation: OperationId,
    /// What it does.
    pub kind: OperationKind,
}

/// Refuses with `NOT_FOUND`, `OPERATION_RUNNING` or `DATASET_NOT_READY`.
pub fn decide(dataset: &Dataset, command: &BeginOperation) -> Result<Decision, Refusal> {
    dataset.must_live()?;
    dataset.must_be_idle()?;
    let status = match command.kind {
        OperationKind::Creation => {
            if dataset.status != DatasetStatus::Draft {
                return Err(Refusal::DatasetNotReady {
                    status: dataset.status,
                });
            }
            DatasetStatus::Indexing
        }
        OperationKind::Reindex => {
            dataset.must_stand()?;
            DatasetStatus::Indexing
        }
        OperationKind::Training => {
            dataset.must_stand()?;
            dataset.status
        }
        OperationKind::Enrichment
        | OperationKind::MediaAddition
        | OperationKind::LabelPropagation
        | OperationKind::MetadataImport => {
            dataset.must_stand()?;
            DatasetStatus::ReadOnly
        }
    };
    let begun = OperationBegun {
        dataset: dataset.id,
        operation: command.operation,
        kind: command.kind,
        status,
    };
    Ok(Decision {
        dataset: vec![begun.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        OPERATION, deleted, enriching, in_status, not_found, not_ready, operation_begun, ready,
        restoring, training,
    };
    use crate::domain::commands::given::{Given, given};
    use crate::domain::refusal::Running;
    use DatasetStatus::{Draft, Error, Indexing, PartialIndex, ReadOnly, Ready};
    use OperationKind::{
        Creation, Enrichment, LabelPropagation, MediaAddition, MetadataImport, Reindex, Training,
    };

    fn begin(kind: OperationKind) -> impl FnOnce(&Given) -> Result<Decision, Refusal> {
        move |it| {
            let operation = OPERATION;
            decide(it.dataset(), &BeginOperation { operation, kind })
        }
    }

    #[test]
    fn each_kind_brings_its_status() {
        let check = |before, kind, during| {
            let after = given([in_status(before)])
                .when(begin(kind))
                .then([operation_begun(kind, during)]);
            assert_eq!(after.dataset().status, during);
            assert_eq!(after.dataset().running(), Some(Running::Operation(kind)));
        };
        check(Draft, Creation, Indexing);
        for before in [Ready, PartialIndex, Error] {
            check(before, Reindex, Indexing);
            for kind in [Enrichment, MediaAddition, LabelPropagation, MetadataImport] {
                check(before, kind, ReadOnly);
            }
            check(before, Training, before);
        }
    }

    #[test]
    fn a_draft_is_only_filled_and_nothing_else_is() {
        let check = |before, kind| {
            given([in_status(before)])
                .when(begin(kind))
                .refuses(not_ready(before));
        };
        for kind in OperationKind::ALL {
            match kind {
                Creation => [Ready, PartialIndex, Error].map(|status| check(status, *kind)),
                Enrichment | MediaAddition | Reindex | LabelPropagation | MetadataImport
                | Training => [Draft, Indexing, ReadOnly].map(|status| check(status, *kind)),
            };
        }
    }

    #[test]
    fn one_thing_runs_at_a_time() {
        let check = |event, running| {
            for kind in OperationKind::ALL {
                given([ready(), Clone::clone(&event)])
                    .when(begin(*kind))
                    .refuses(Refusal::OperationRunning { running });
            }
        };
        check(enriching(), Running::Operation(Enrichment));
        check(training(), Running::Operation(Training));
        check(restoring().into(), Running::Restore);
    }

    #[test]
    fn nothing_begins_on_a_deleted_dataset() {
        given([ready(), deleted()])
            .when(begin(Training))
            .refuses(not_found("dataset"));
    }
}
