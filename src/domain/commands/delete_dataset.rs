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

/// Refuses with `NOT_FOUND` or `OPERATION_RUNNING`. An import that still runs keeps nothing
/// here; it is refused when it would complete.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, PROJECT, deleted, enriching, listed, name, not_found, ready, restoring, training,
    };
    use crate::domain::commands::given::given;
    use crate::domain::event::Event;
    use crate::domain::refusal::Running;
    use crate::domain::values::OperationKind;

    #[test]
    fn a_deleted_dataset_is_hidden_and_its_name_is_free() {
        let after = given([listed(0xD, "Penguins"), ready()])
            .when(|it| decide(it.dataset(), &DeleteDataset))
            .then([
                DatasetUnlisted {
                    project: PROJECT,
                    dataset: DATASET,
                }
                .into(),
                deleted(),
            ]);
        assert!(after.dataset().deleted);
        assert_eq!(after.project().dataset_named(&name("Penguins")), None);
    }

    #[test]
    fn what_runs_on_it_must_end_first() {
        let check = |event: Event, running| {
            given([ready(), event])
                .when(|it| decide(it.dataset(), &DeleteDataset))
                .refuses(Refusal::OperationRunning { running });
        };
        check(enriching(), Running::Operation(OperationKind::Enrichment));
        check(training(), Running::Operation(OperationKind::Training));
        check(restoring().into(), Running::Restore);
    }

    #[test]
    fn it_is_deleted_once() {
        given([ready(), deleted()])
            .when(|it| decide(it.dataset(), &DeleteDataset))
            .refuses(not_found("dataset"));
    }
}
