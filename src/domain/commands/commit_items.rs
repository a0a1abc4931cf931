//! Commits items: names staged chunks, and with them the content is another version.
//!
//! Whether it may is asked twice: before the tree is computed, so that no work is done for a
//! refusal, and when it is decided.

use std::sync::Arc;

use super::Decision;
use crate::digest::Digest;
use crate::domain::Dataset;
use crate::domain::dataset::Lock;
use crate::domain::event::{Event, ItemsCommitted, SnapshotCreated};
use crate::domain::ids::{OperationId, Revision, SnapshotId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{
    ChangeSummary, ChunkRange, CommitMode, Counts, SnapshotReason, Version, check_message,
};

/// Asks that staged chunks become the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitItems {
    /// The chunks, in the order in which they apply.
    pub chunks: Vec<ChunkRange>,
    /// Whether unnamed items stay.
    pub mode: CommitMode,
    /// The content root that they give, computed over the head of the very state decided on.
    pub root: Digest,
    /// What the content holds then.
    pub counts: Counts,
    /// What that changes.
    pub summary: ChangeSummary,
    /// Why, in the caller's words; at most 10,000 characters.
    pub message: Option<Arc<str>>,
    /// The operation inside which it is made.
    pub operation: Option<OperationId>,
    /// The revision of the version that the caller saw, when it must still be the current one.
    pub if_version: Option<Revision>,
    /// The id of an AUTO snapshot that shall name the version made, if one is wanted.
    pub auto_snapshot: Option<SnapshotId>,
}

impl CommitItems {
    /// The place of the commit's event in the dataset's stream: what is staged there stands before
    /// it in the same append.
    fn place_after(&self, last: Revision) -> Revision {
        let here = self.chunks.iter().filter(|chunk| chunk.task.is_none());
        let staged: u64 = here.map(|chunk| chunk.count).sum();
        Revision(last.0 + staged + 1)
    }
}

/// Whether items may be committed now. Refuses, in this order, with `NOT_FOUND` (the dataset),
/// `DATASET_LOCKED`, `NOT_FOUND` (an operation that is named but does not run),
/// `DATASET_NOT_READY`, `VERSION_CONFLICT`.
pub fn allow(
    dataset: &Dataset,
    if_version: Option<Revision>,
    operation: Option<OperationId>,
) -> Result<(), Refusal> {
    dataset.must_live()?;
    let holds = match dataset.lock() {
        Some(Lock::Restore) => return Err(locked("a restore")),
        Some(Lock::Operation(holder)) if operation != Some(holder) => {
            return Err(locked("an operation"));
        }
        Some(Lock::Operation(_)) => true,
        None => false,
    };
    let running = dataset.operation.map(|running| running.id);
    if operation.is_some() && operation != running {
        return Err(Refusal::NotFound { what: "operation" });
    }
    // Who holds the dataset writes whatever its status says to the others.
    if !holds {
        dataset.must_stand()?;
    }
    dataset.must_be_at(if_version)
}

/// Refuses as [`allow`] does, then with `BAD_INPUT` (the message).
pub fn decide(dataset: &Dataset, command: &CommitItems) -> Result<Decision, Refusal> {
    allow(dataset, command.if_version, command.operation)?;
    if let Some(message) = &command.message {
        check_message("message", message)?;
    }
    let committed = ItemsCommitted {
        dataset: dataset.id,
        chunks: command.chunks.clone(),
        mode: command.mode,
        root_before: dataset.head.root,
        root: command.root,
        counts: command.counts,
        summary: command.summary,
        message: command.message.clone(),
        operation: command.operation,
    };
    let mut events: Vec<Event> = vec![committed.into()];
    if let Some(id) = command.auto_snapshot {
        let version = Version {
            revision: command.place_after(dataset.revision),
            root: command.root,
            counts: command.counts,
        };
        let created = SnapshotCreated {
            version,
            ..dataset.snapshot_of_head(id, SnapshotReason::Auto)
        };
        events.push(created.into());
    }
    Ok(Decision {
        dataset: events,
        ..Decision::default()
    })
}

const fn locked(holder: &'static str) -> Refusal {
    Refusal::DatasetLocked { holder }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{
        DATASET, OPERATION, TASK, added, committed, conflict, counts, deleted, enriching,
        in_status, not_found, not_ready, ready, restoring, root, snapshot, snapshot_of, training,
        version,
    };
    use crate::domain::commands::given::given;
    use crate::domain::values::DatasetStatus;

    const OTHER: OperationId = OperationId(uuid::Uuid::from_u128(99));

    fn command() -> CommitItems {
        CommitItems {
            chunks: vec![ChunkRange {
                task: None,
                first: Revision(1),
                count: 2,
            }],
            mode: CommitMode::Replace,
            root: root(1),
            counts: counts(1),
            summary: added(1),
            message: Some(Arc::from("the first season")),
            operation: None,
            if_version: None,
            auto_snapshot: None,
        }
    }

    fn inside(operation: OperationId) -> CommitItems {
        CommitItems {
            operation: Some(operation),
            ..command()
        }
    }

    fn event(command: &CommitItems) -> Event {
        ItemsCommitted {
            dataset: DATASET,
            chunks: command.chunks.clone(),
            mode: command.mode,
            root_before: root(0),
            message: command.message.clone(),
            operation: command.operation,
            ..committed(0, 1)
        }
        .into()
    }

    #[test]
    fn an_automatic_snapshot_names_the_version_that_the_commit_makes() {
        let auto = |chunks| CommitItems {
            chunks,
            auto_snapshot: Some(snapshot(1)),
            ..command()
        };
        let check = |command: &CommitItems, revision| {
            let created = SnapshotCreated {
                reason: SnapshotReason::Auto,
                ..snapshot_of(1, version(revision, 1))
            };
            let given = given([in_status(DatasetStatus::PartialIndex)]);
            given
                .when(|it| decide(it.dataset(), command))
                .then([event(command), created.into()])
        };
        let elsewhere = ChunkRange {
            task: Some(TASK),
            first: Revision(1),
            count: 8,
        };
        let after = check(&auto(vec![elsewhere]), 1);
        assert_eq!(after.dataset().current, Some(snapshot(1)));
        assert_eq!(after.dataset().head, version(1, 1));
        // Two chunks of its own stand before it in its append.
        check(&auto(command().chunks), 3);
    }

    #[test]
    fn a_commit_is_the_new_head_in_every_status_that_stands() {
        for status in [
            DatasetStatus::Ready,
            DatasetStatus::PartialIndex,
            DatasetStatus::Error,
        ] {
            let after = given([in_status(status)])
                .when(|it| decide(it.dataset(), &command()))
                .then([event(&command())]);
            assert_eq!(after.dataset().head, version(1, 1));
            assert_eq!(after.dataset().status, status);
        }
    }

    #[test]
    fn the_operation_that_holds_the_dataset_writes_and_a_training_lets_all_write() {
        let check = |running: Event, command: CommitItems| {
            given([ready(), running])
                .when(|it| decide(it.dataset(), &command))
                .then([event(&command)]);
        };
        check(enriching(), inside(OPERATION));
        check(training(), command());
        check(training(), inside(OPERATION));
    }

    #[test]
    fn what_holds_the_dataset_keeps_others_from_writing() {
        let check = |running: Event, command: CommitItems, holder| {
            given([ready(), running])
                .when(|it| decide(it.dataset(), &command))
                .refuses(Refusal::DatasetLocked { holder });
        };
        check(enriching(), command(), "an operation");
        check(enriching(), inside(OTHER), "an operation");
        check(restoring().into(), command(), "a restore");
        check(restoring().into(), inside(OPERATION), "a restore");
    }

    #[test]
    fn an_operation_that_does_not_run_is_not_found() {
        given([ready()])
            .when(|it| decide(it.dataset(), &inside(OTHER)))
            .refuses(not_found("operation"));
        given([ready(), training()])
            .when(|it| decide(it.dataset(), &inside(OTHER)))
            .refuses(not_found("operation"));
    }

    #[test]
    fn a_draft_is_filled_by_its_operation_only() {
        given([in_status(DatasetStatus::Draft)])
            .when(|it| decide(it.dataset(), &command()))
            .refuses(not_ready(DatasetStatus::Draft));
    }

    #[test]
    fn a_version_that_is_not_the_head_any_more_conflicts() {
        let seen = |revision| CommitItems {
            if_version: Some(Revision(revision)),
            ..command()
        };
        given([ready()])
            .when(|it| decide(it.dataset(), &seen(0)))
            .then([event(&command())])
            .when(|it| decide(it.dataset(), &seen(0)))
            .refuses(conflict(1));
    }

    #[test]
    fn of_several_reasons_the_first_counts() {
        let check = |events: [Event; 2], operation, expected| {
            let found = allow(given(events).dataset(), Some(Revision(9)), operation);
            assert_eq!(found, Err(expected));
        };
        let holder = "an operation";
        check([ready(), deleted()], Some(OTHER), not_found("dataset"));
        check(
            [ready(), enriching()],
            Some(OTHER),
            Refusal::DatasetLocked { holder },
        );
        check([ready(), training()], Some(OTHER), not_found("operation"));
        check([ready(), training()], None, conflict(0));
    }

    #[test]
    fn a_message_over_its_limit_is_refused() {
        let command = CommitItems {
            message: Some(Arc::from("x".repeat(10_001))),
            ..command()
        };
        given([ready()])
            .when(|it| decide(it.dataset(), &command))
            .refuses_field("message");
    }
}
