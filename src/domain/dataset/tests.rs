//! What a dataset is after its events, where the commands' own tests do not tell.

use super::*;
use crate::domain::commands::facts::{
    DATASET, OPERATION, PROJECT, TASK, committed, deleted, enriching, in_status, name,
    named_snapshot, operation_begun, operation_finished, ready, restoring, snapshot,
    snapshot_deleted, snapshot_of, training, version,
};
use crate::domain::commands::given::given;
use crate::domain::event::{
    Event, GivenUp, ItemsStaged, RestoreGivenUp, SnapshotCreated, TaskCancelled,
};
use crate::domain::values::{OperationKind, OperationOutcome, SnapshotReason};

#[test]
fn a_dataset_begins_with_its_creation_only() {
    assert_eq!(Dataset::begin(&committed(0, 1).into()), None);
    let dataset = Dataset::begin(&ready()).expect("a dataset begins created");
    assert_eq!((dataset.id, dataset.project), (DATASET, PROJECT));
    assert_eq!(dataset.head, version(0, 0));
    assert_eq!((dataset.current, dataset.next_number), (None, 1));
    assert_eq!((dataset.running(), dataset.lock()), (None, None));
}

#[test]
fn every_event_is_a_revision_and_only_content_is_a_version() {
    let staged = ItemsStaged {
        dataset: DATASET,
        items: 1,
        deletes: 0,
        body: Arc::from(*b"{}"),
    };
    let given = given([ready(), staged.into(), committed(0, 1).into(), enriching()]);
    assert_eq!(given.dataset().revision, Revision(3));
    assert_eq!(given.dataset().head, version(2, 1));
}

#[test]
fn an_event_of_another_stream_changes_nothing_but_the_revision() {
    let mut dataset = Dataset::begin(&ready()).expect("a dataset begins created");
    let before = dataset.clone();
    dataset.evolve(&TaskCancelled { task: TASK }.into());
    assert_eq!(dataset.revision, Revision(1));
    dataset.revision = before.revision;
    assert_eq!(dataset, before);
}

#[test]
fn all_but_a_training_lock_the_dataset() {
    for kind in OperationKind::ALL {
        let status = DatasetStatus::ReadOnly;
        let given = given([ready(), operation_begun(*kind, status)]);
        let expected = match kind {
            OperationKind::Training => None,
            OperationKind::Creation
            | OperationKind::Enrichment
            | OperationKind::MediaAddition
            | OperationKind::Reindex
            | OperationKind::LabelPropagation
            | OperationKind::MetadataImport => Some(Lock::Operation(OPERATION)),
        };
        assert_eq!(given.dataset().lock(), expected, "{kind}");
    }
    let given = given([ready(), restoring().into()]);
    assert_eq!(given.dataset().lock(), Some(Lock::Restore));
}

#[test]
fn what_runs_knows_the_status_before_it() {
    let partial = || in_status(DatasetStatus::PartialIndex);
    let during = given([partial(), training()]);
    let operation = during.dataset().operation.expect("an operation");
    assert_eq!(operation.status_before, DatasetStatus::PartialIndex);
    let during = given([partial(), restoring().into()]);
    let restore = during.dataset().restore.as_ref().expect("a restore");
    assert_eq!(restore.status_before, DatasetStatus::PartialIndex);
    assert_eq!(restore.target, version(0, 0));
}

#[test]
fn what_ended_runs_no_more() {
    let check = |begun: Event, ended: Event| {
        let dataset = given([ready(), begun, ended]).dataset().clone();
        assert_eq!((dataset.operation, dataset.restore), (None, None));
        assert_eq!(dataset.status, DatasetStatus::Error);
    };
    let finished = operation_finished(OperationOutcome::Failed, DatasetStatus::Error);
    check(enriching(), finished);
    let given_up = RestoreGivenUp {
        dataset: DATASET,
        task: TASK,
        why: GivenUp::Cancelled,
        status: DatasetStatus::Error,
    };
    check(restoring().into(), given_up.into());
}

#[test]
fn numbers_go_on_after_the_highest() {
    let seventh = SnapshotCreated {
        number: 7,
        ..snapshot_of(1, version(0, 0))
    };
    let given = given([ready(), seventh.into(), snapshot_deleted(1)]);
    assert_eq!(given.dataset().next_number, 8);
    assert_eq!(given.dataset().current, None);
}

#[test]
fn a_snapshot_is_found_while_it_lives_and_known_for_ever() {
    let first = named_snapshot(1, version(0, 0), "Baseline");
    let given = given([ready(), first.into(), snapshot_deleted(1)]);
    let snapshots = &given.dataset().snapshots;
    assert!(snapshots.live(snapshot(1)).is_none());
    assert!(snapshots.named(&name("Baseline")).is_none());
    let known = snapshots.get(snapshot(1)).expect("the snapshot");
    assert_eq!(
        (known.deleted, known.reason),
        (true, SnapshotReason::Manual)
    );
}

#[test]
fn a_dataset_that_is_deleted_says_so() {
    let given = given([ready(), deleted()]);
    assert!(given.dataset().deleted);
    assert!(given.dataset().must_live().is_err());
}
