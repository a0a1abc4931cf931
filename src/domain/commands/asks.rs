//! One random command of each verb, for the walks.

use std::sync::Arc;

use chrono::DateTime;

use super::facts::{added, counts, root};
use super::key_asks::{issue_api_key, note_api_key_use, revoke_api_key};
use super::project_asks::{create_project, delete_project, update_project};
use super::walk::Walker;
use super::*;
use crate::domain::Refusal;
use crate::domain::event::{DatasetWords, GivenUp};
use crate::domain::ids::{DatasetId, OperationId, Position, SnapshotId, TaskId};
use crate::domain::values::{
    CommitMode, DatasetStatus, OperationKind, OperationOutcome, SnapshotReason, TaskPhase,
};

/// Makes up a command and asks for it.
pub type Ask = fn(&mut Walker) -> Result<Decision, Refusal>;

/// Every verb, by its name.
pub const ASKS: &[(&str, Ask)] = &[
    ("begin_operation", begin_operation),
    ("finish_operation", finish_operation),
    ("commit_items", commit_items),
    ("create_dataset", create_dataset),
    ("create_project", create_project),
    ("update_project", update_project),
    ("delete_project", delete_project),
    ("update_dataset", update_dataset),
    ("delete_dataset", delete_dataset),
    ("create_snapshot", create_snapshot),
    ("rename_snapshot", rename_snapshot),
    ("move_snapshot", move_snapshot),
    ("delete_snapshot", delete_snapshot),
    ("undelete_snapshot", undelete_snapshot),
    ("begin_restore", begin_restore),
    ("switch_restore", switch_restore),
    ("give_up_restore", give_up_restore),
    ("clone_dataset", clone_dataset),
    ("queue_import", queue_import),
    ("complete_import", complete_import),
    ("fail_task", fail_task),
    ("cancel_task", cancel_task),
    ("claim_task", claim_task),
    ("progress_task", progress_task),
    ("issue_api_key", issue_api_key),
    ("revoke_api_key", revoke_api_key),
    ("note_api_key_use", note_api_key_use),
];

fn create_dataset(walker: &mut Walker) -> Result<Decision, Refusal> {
    let command = CreateDataset {
        dataset: DatasetId(walker.fresh()),
        name: walker.name(),
        description: Arc::from(""),
        metadata: Arc::from("{}"),
        draft: walker.once_in(3),
        snapshots_enabled: !walker.once_in(5),
        first_snapshot: SnapshotId(walker.fresh()),
        empty_root: root(0),
    };
    create_dataset::decide(walker.states.project(), &command)
}

fn update_dataset(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = UpdateDataset {
        name: walker.maybe(Walker::name),
        snapshots_enabled: walker.maybe(|walker| !walker.once_in(5)),
        auto_snapshot: walker.maybe(|walker| SnapshotId(walker.fresh())),
        ..UpdateDataset::default()
    };
    let states = &walker.states;
    update_dataset::decide(states.project(), states.dataset_of(dataset), &command)
}

fn delete_dataset(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.any_dataset();
    delete_dataset::decide(walker.states.dataset_of(dataset), &DeleteDataset)
}

fn begin_operation(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = BeginOperation {
        operation: OperationId(walker.fresh()),
        kind: walker.one_of(OperationKind::ALL),
    };
    begin_operation::decide(walker.states.dataset_of(dataset), &command)
}

fn finish_operation(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = FinishOperation {
        operation: walker.operation_for(dataset),
        outcome: walker.one_of(OperationOutcome::ALL),
        status: walker.maybe(|walker| walker.one_of(DatasetStatus::ALL)),
        first_snapshot: SnapshotId(walker.fresh()),
    };
    finish_operation::decide(walker.states.dataset_of(dataset), &command)
}

fn commit(walker: &mut Walker, dataset: DatasetId) -> CommitItems {
    let number = walker.one_of(&[0, 1, 2, 3]);
    CommitItems {
        chunks: Vec::new(),
        mode: walker.one_of(CommitMode::ALL),
        root: root(number),
        counts: counts(number),
        summary: added(1),
        message: None,
        operation: walker.maybe(|walker| walker.operation_for(dataset)),
        if_version: walker.if_version(dataset),
        auto_snapshot: walker.maybe(|walker| SnapshotId(walker.fresh())),
    }
}

fn commit_items(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = commit(walker, dataset);
    commit_items::decide(walker.states.dataset_of(dataset), &command)
}

fn create_snapshot(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = CreateSnapshot {
        snapshot: SnapshotId(walker.fresh()),
        name: walker.maybe(Walker::name),
        description: Arc::from(""),
        version: walker.version_asked(dataset),
        if_version: walker.if_version(dataset),
        trained_model: None,
        reason: walker.one_of(&[SnapshotReason::Manual, SnapshotReason::Auto]),
    };
    create_snapshot::decide(walker.states.dataset_of(dataset), &command)
}

fn rename_snapshot(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = RenameSnapshot {
        snapshot: walker.snapshot(dataset),
        name: walker.maybe(Walker::name),
        description: walker.maybe(|_| Arc::from("")),
    };
    rename_snapshot::decide(walker.states.dataset_of(dataset), &command)
}

fn move_snapshot(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = MoveSnapshot {
        snapshot: walker.snapshot(dataset),
        version: walker.version_asked(dataset),
        if_version: walker.if_version(dataset),
        description: None,
    };
    move_snapshot::decide(walker.states.dataset_of(dataset), &command)
}

fn delete_snapshot(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = DeleteSnapshot {
        snapshot: walker.snapshot(dataset),
        even_if_current: walker.once_in(2),
    };
    delete_snapshot::decide(walker.states.dataset_of(dataset), &command)
}

fn undelete_snapshot(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = UndeleteSnapshot {
        snapshot: walker.snapshot(dataset),
        name: walker.maybe(Walker::name),
    };
    undelete_snapshot::decide(walker.states.dataset_of(dataset), &command)
}

fn begin_restore(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let (target, snapshot) = walker.target(dataset);
    let command = BeginRestore {
        task: TaskId(walker.fresh()),
        target,
        snapshot,
        safety_snapshot: walker.maybe(|walker| SnapshotId(walker.fresh())),
        result_snapshot: walker.maybe(|walker| SnapshotId(walker.fresh())),
        words: walker.maybe(|walker| DatasetWords {
            name: walker.name(),
            description: Arc::from("As they were"),
        }),
        if_version: walker.if_version(dataset),
    };
    begin_restore::decide(walker.states.dataset_of(dataset), &command)
}

fn switch_restore(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = SwitchRestore {
        task: walker.task_for(dataset),
        summary: added(1),
        steps: 1,
    };
    let states = &walker.states;
    switch_restore::decide(Some(states.project()), states.dataset_of(dataset), &command)
}

fn give_up_restore(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = GiveUpRestore {
        task: walker.task_for(dataset),
        why: match walker.once_in(2) {
            true => GivenUp::Cancelled,
            false => GivenUp::Failed(Arc::from("no")),
        },
    };
    give_up_restore::decide(walker.states.dataset_of(dataset), &command)
}

fn clone_dataset(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let (version, snapshot) = walker.target(dataset);
    let command = CloneDataset {
        dataset: DatasetId(walker.fresh()),
        task: TaskId(walker.fresh()),
        first_snapshot: SnapshotId(walker.fresh()),
        name: walker.maybe(Walker::name),
        version,
        position: Position(1),
        snapshot,
    };
    let states = &walker.states;
    clone_dataset::decide(states.dataset_of(dataset), states.project(), &command)
}

fn queue_import(walker: &mut Walker) -> Result<Decision, Refusal> {
    let dataset = walker.dataset();
    let command = QueueImport {
        task: TaskId(walker.fresh()),
        mode: walker.one_of(CommitMode::ALL),
        message: None,
        if_version: None,
    };
    queue_import::decide(walker.states.dataset_of(dataset), &command)
}

fn complete_import(walker: &mut Walker) -> Result<Decision, Refusal> {
    let task = walker.task();
    let dataset = walker.states.task_of(task).dataset;
    let command = CompleteImport {
        commit: commit(walker, dataset),
        steps: 1,
    };
    let states = &walker.states;
    complete_import::decide(states.dataset_of(dataset), states.task_of(task), &command)
}

fn fail_task(walker: &mut Walker) -> Result<Decision, Refusal> {
    let task = walker.task();
    let error = Arc::from("no");
    fail_task::decide(walker.states.task_of(task), &FailTask { error })
}

fn cancel_task(walker: &mut Walker) -> Result<Decision, Refusal> {
    let task = walker.task();
    cancel_task::decide(walker.states.task_of(task), &CancelTask)
}

fn claim_task(walker: &mut Walker) -> Result<Decision, Refusal> {
    let task = walker.task();
    let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(walker.one_of(&[0, 10, 20]));
    let command = ClaimTask {
        node: Arc::from(walker.one_of(&["one", "two"])),
        lease_until: now + chrono::TimeDelta::seconds(10),
        now,
    };
    claim_task::decide(walker.states.task_of(task), &command)
}

fn progress_task(walker: &mut Walker) -> Result<Decision, Refusal> {
    let task = walker.task();
    let command = ProgressTask {
        phase: walker.one_of(TaskPhase::ALL),
        done: 1,
        total: None,
    };
    progress_task::decide(walker.states.task_of(task), &command)
}
