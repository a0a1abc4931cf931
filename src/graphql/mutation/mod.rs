//! Mutations: each one verb of the ledger, one family a file.
//!
//! A mutation translates its input, calls, and answers with the object as the views have it then:
//! the ledger has waited for them. Rules are not here.

mod clones;
mod datasets;
mod items;
mod keys;
mod operations;
mod projects;
mod snapshots;
mod tasks;

use async_graphql::MergedObject;

use super::error::Problem;
use super::types::{Dataset, Snapshot, Task};
use crate::domain::ids::{DatasetId, SnapshotId, TaskId};
use crate::ledger::Reads;

/// Everything that can be changed. Every input takes an `idempotencyKey`: the same key and input
/// again answer as the first time did, for at least 24 hours, and change nothing.
#[derive(Default, MergedObject)]
pub struct Mutation(
    snapshots::SnapshotMutations,
    items::ItemMutations,
    datasets::DatasetMutations,
    clones::CloneMutations,
    operations::OperationMutations,
    tasks::TaskMutations,
    projects::ProjectMutations,
    keys::KeyMutations,
);

/// A dataset just changed, also if it was deleted.
fn changed_dataset(reads: &Reads, id: DatasetId) -> Result<Dataset, Problem> {
    let row = reads.dataset_even_deleted(id)?;
    row.map(Dataset)
        .ok_or_else(|| Problem::not_found("dataset"))
}

/// A snapshot just changed, also if it was deleted.
fn changed_snapshot(reads: &Reads, id: SnapshotId) -> Result<Snapshot, Problem> {
    let row = reads.snapshot_even_deleted(id)?;
    row.map(Snapshot)
        .ok_or_else(|| Problem::not_found("snapshot"))
}

/// A task just begun or changed.
fn changed_task(reads: &Reads, id: TaskId) -> Result<Task, Problem> {
    let row = reads.task(id)?.ok_or_else(|| Problem::not_found("task"))?;
    Ok(Task::now(reads, row))
}
