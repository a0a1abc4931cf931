//! Clones: a new dataset that begins at a version of another.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::{changed_dataset, changed_task};
use crate::graphql::call::caller;
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Xact, read_id, read_optional_id};
use crate::graphql::types::version_ref::DatasetVersionRef;
use crate::graphql::types::{Dataset, Task};
use crate::graphql::visit::visit;
use crate::ledger::{CloneSource, NewClone};

/// A clone to be made, of a snapshot or of a version: give one of the two.
#[derive(InputObject)]
pub struct CloneSnapshotInput {
    /// The snapshot to be cloned.
    snapshot_id: Option<ID>,
    /// The version to be cloned.
    version: Option<DatasetVersionRef>,
    /// The new dataset's name; default: the source's with `(cloned)`.
    name: Option<String>,
    /// The project it goes into; default: the source's.
    project_id: Option<ID>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The clone that was made.
#[derive(SimpleObject)]
pub struct CloneSnapshotPayload {
    /// The task that records it.
    task: Task,
    /// The new dataset.
    dataset: Dataset,
    /// The last event of what was done.
    xact_id: Xact,
}

/// Making clones.
#[derive(Default)]
pub struct CloneMutations;

/// Making clones.
#[Object]
impl CloneMutations {
    /// Starts a dataset at a version of another, without copying an item. Never blocks the source,
    /// and stays whole when that is deleted.
    async fn clone_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The clone to be made.")] input: CloneSnapshotInput,
    ) -> Result<CloneSnapshotPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "cloneSnapshot", input.idempotency_key.as_deref())?;
        let source = match (&input.snapshot_id, &input.version) {
            (Some(id), None) => CloneSource::Snapshot(read_id("snapshotId", id)?),
            (None, Some(version)) => version.clone_source()?,
            (None, None) | (Some(_), Some(_)) => {
                let message = "give snapshotId or version, one of the two";
                return Err(Problem::bad_input("snapshotId", message));
            }
        };
        let new = NewClone {
            source,
            name: input.name,
            project: read_optional_id("projectId", input.project_id.as_ref())?,
        };
        let made = visit.ledger().clone_snapshot(&caller, new).await?;
        Ok(CloneSnapshotPayload {
            task: changed_task(&visit.reads, made.task)?,
            dataset: changed_dataset(&visit.reads, made.dataset)?,
            xact_id: made.xact.into(),
        })
    }
}
