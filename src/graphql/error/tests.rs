//! Each refusal has its own code, a hint, and tells whether to try again.

use chrono::DateTime;

use super::*;
use crate::domain::ids::{Position, Revision};
use crate::domain::refusal::Running;
use crate::domain::values::DatasetStatus;

fn check(refusal: Refusal, code: &str, is_retryable: bool) {
    let problem = Problem::from(refusal.clone());
    assert_eq!(problem.code().word(), code, "{refusal:?}");
    assert_eq!(problem.message(), refusal.to_string());
    let extensions = problem.extensions();
    assert_eq!(extensions.get("code"), Some(&code.into()), "{refusal:?}");
    assert_eq!(
        extensions.get("retryable"),
        Some(&is_retryable.into()),
        "{refusal:?}"
    );
    assert!(problem.0.hint.ends_with('.'), "{refusal:?}");
}

#[test]
fn every_refusal_has_a_code_and_a_hint() {
    let until = DateTime::UNIX_EPOCH;
    let not_ready = |status| Refusal::DatasetNotReady { status };
    let message = "wrong".to_owned();
    let name = "penguins".to_owned();
    let what = "dataset";
    let holder = "a restore";
    let running = Running::Restore;
    let table = [
        (
            Refusal::BadInput {
                field: "name",
                message,
            },
            "BAD_INPUT",
            false,
        ),
        (Refusal::NotFound { what }, "NOT_FOUND", false),
        (Refusal::NameTaken { name }, "NAME_TAKEN", false),
        (
            Refusal::VersionConflict { found: Revision(3) },
            "VERSION_CONFLICT",
            false,
        ),
        (Refusal::DatasetLocked { holder }, "DATASET_LOCKED", true),
        (
            not_ready(DatasetStatus::Indexing),
            "DATASET_NOT_READY",
            true,
        ),
        (
            not_ready(DatasetStatus::ReadOnly),
            "DATASET_NOT_READY",
            true,
        ),
        (not_ready(DatasetStatus::Draft), "DATASET_NOT_READY", false),
        (not_ready(DatasetStatus::Error), "DATASET_NOT_READY", false),
        (
            Refusal::OperationRunning { running },
            "OPERATION_RUNNING",
            true,
        ),
        (Refusal::SnapshotsDisabled, "SNAPSHOTS_DISABLED", false),
        (Refusal::SnapshotIsCurrent, "SNAPSHOT_IS_CURRENT", false),
        (Refusal::NothingToUpdate, "NOTHING_TO_UPDATE", false),
        (Refusal::ApiKeyRevoked, "NOTHING_TO_UPDATE", false),
        (Refusal::TaskEnded, "TASK_ENDED", false),
        (Refusal::LeaseHeld { until }, "LEASE_LOST", true),
        (
            Refusal::IdempotencyKeyReused,
            "IDEMPOTENCY_KEY_REUSED",
            false,
        ),
        (
            Refusal::TooLarge {
                what,
                limit_bytes: 1,
            },
            "TOO_LARGE",
            false,
        ),
        (
            Refusal::BeyondHead { head: Position(7) },
            "BAD_INPUT",
            false,
        ),
    ];
    for (refusal, code, is_retryable) in table {
        check(refusal, code, is_retryable);
    }
}

#[test]
fn a_conflict_tells_the_version_found() {
    let refusal = Refusal::VersionConflict { found: Revision(3) };
    let current = Some(Position(9));
    let problem = Problem::from(LedgerError::Refused { refusal, current });
    let expected = Position(9).xact().to_string();
    assert_eq!(
        problem.extensions().get("currentXactId"),
        Some(&expected.into())
    );
}

#[test]
fn a_fault_tells_nothing_of_what_broke() {
    let error = Error::from(Problem::from(LedgerError::Fault(
        "disk 7 is on fire".to_owned(),
    )));
    assert_eq!(error.message, FAULT_MESSAGE);
    assert!(!format!("{error:?}").contains("disk 7"));
    assert!(error.source.is_some_and(|source| source.is::<Fault>()));
}
