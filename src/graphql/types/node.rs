//! Nodes: whatever has a global id.

use async_graphql::{ID, Interface};
use uuid::Uuid;

use super::{ApiKey, Dataset, LedgerEvent, Operation, Project, Snapshot, Task};
use crate::domain::ids::{
    ApiKeyId, DatasetId, EventId, OperationId, ProjectId, SnapshotId, TaskId,
};
use crate::graphql::error::Problem;
use crate::ledger::Reads;

/// Whatever has a global id, a UUID.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id, a UUID."))]
#[allow(
    clippy::large_enum_variant,
    reason = "nodes are made one at a time and moved once"
)]
pub enum Node {
    /// A project.
    Project(Project),
    /// A dataset.
    Dataset(Dataset),
    /// A snapshot.
    Snapshot(Snapshot),
    /// An operation.
    Operation(Operation),
    /// A task.
    Task(Task),
    /// An API key.
    ApiKey(ApiKey),
    /// An event.
    LedgerEvent(LedgerEvent),
}

/// What has this id; none when it is unknown, deleted, or not this principal's.
pub fn found(reads: &Reads, id: Uuid) -> Result<Option<Node>, Problem> {
    if let Some(row) = reads.snapshot(SnapshotId(id))? {
        return Ok(Some(Snapshot(row).into()));
    }
    if let Some(row) = reads.dataset(DatasetId(id))? {
        return Ok(Some(Dataset(row).into()));
    }
    if let Some(row) = reads.task(TaskId(id))? {
        return Ok(Some(Task::now(reads, row).into()));
    }
    if let Some(row) = reads.operation(OperationId(id))? {
        return Ok(Some(Operation(row).into()));
    }
    if let Some(row) = reads.api_key(ApiKeyId(id))? {
        return Ok(Some(ApiKey(row).into()));
    }
    if let Some(row) = reads.project(ProjectId(id))? {
        return Ok(Some(Project(row).into()));
    }
    let event = reads.event_by_id(EventId(id))?;
    Ok(event.map(|row| LedgerEvent(row).into()))
}
