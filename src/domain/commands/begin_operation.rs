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
