//! Snapshots: made, renamed, restored, deleted, brought back.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::{changed_snapshot, changed_task};
use crate::graphql::call::caller;
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Xact, read_id};
use crate::graphql::types::version_ref::RestoreTarget;
use crate::graphql::types::{Snapshot, Task};
use crate::graphql::visit::visit;
use crate::ledger::{NewRestore, NewSnapshot, SnapshotChanges};

/// A snapshot to be made.
#[derive(InputObject)]
pub struct CreateSnapshotInput {
    /// The dataset.
    dataset_id: ID,
    /// Its name, unique among the dataset's live snapshots, ignoring case; none: one is shown
    /// that is made from the dataset's name and the snapshot's id.
    name: Option<String>,
    /// Its description, at most 10,000 characters.
    description: Option<String>,
    /// The version to name; default: the current one.
    xact_id: Option<Xact>,
    /// The id of the model that is trained on it.
    training_model_id: Option<ID>,
    /// The name of the model that is trained on it.
    training_model_name: Option<String>,
    /// The version you saw; if the dataset has moved on since, this is refused.
    if_version: Option<Xact>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The snapshot that was made.
#[derive(SimpleObject)]
pub struct CreateSnapshotPayload {
    /// The snapshot.
    snapshot: Snapshot,
    /// The event.
    xact_id: Xact,
}

/// What is to change of a snapshot; at least one field.
#[derive(InputObject)]
pub struct RenameSnapshotInput {
    /// The snapshot.
    snapshot_id: ID,
    /// Its new name.
    name: Option<String>,
    /// Its new description, at most 10,000 characters.
    description: Option<String>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The snapshot that was renamed or described.
#[derive(SimpleObject)]
pub struct RenameSnapshotPayload {
    /// The snapshot.
    snapshot: Snapshot,
    /// The event.
    xact_id: Xact,
}

/// A restore to be begun.
#[derive(InputObject)]
pub struct RestoreSnapshotInput {
    /// The dataset.
    dataset_id: ID,
    /// The version to go back to.
    target: RestoreTarget,
    /// Whether a snapshot shall name the state before.
    #[graphql(default_with = "Some(false)")]
    safety_snapshot: Option<bool>,
    /// The version you saw; if the dataset has moved on since, this is refused.
    if_version: Option<Xact>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The restore that was begun.
#[derive(SimpleObject)]
pub struct RestoreSnapshotPayload {
    /// The task that does it: watch it by `restoreProgress` or `taskProgress`.
    task: Task,
    /// The event by which it began; the dataset is READ_ONLY from there until the task's end.
    xact_id: Xact,
}

/// A snapshot to be deleted.
#[derive(InputObject)]
pub struct DeleteSnapshotInput {
    /// The snapshot.
    snapshot_id: ID,
    /// Whether to delete it even if it is the dataset's current one, which then has none.
    #[graphql(default_with = "Some(false)")]
    even_if_current: Option<bool>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The snapshot that was deleted.
#[derive(SimpleObject)]
pub struct DeleteSnapshotPayload {
    /// The snapshot, with its `deletedAt`.
    snapshot: Snapshot,
    /// The event.
    xact_id: Xact,
}

/// A deleted snapshot to be brought back.
#[derive(InputObject)]
pub struct UndeleteSnapshotInput {
    /// The snapshot.
    snapshot_id: ID,
    /// A new name, when its own is taken by now.
    name: Option<String>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The snapshot that was brought back.
#[derive(SimpleObject)]
pub struct UndeleteSnapshotPayload {
    /// The snapshot.
    snapshot: Snapshot,
    /// The event.
    xact_id: Xact,
}

/// Changes of snapshots.
#[derive(Default)]
pub struct SnapshotMutations;

/// Changes of snapshots.
#[Object]
impl SnapshotMutations {
    /// Names a version of a dataset.
    async fn create_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The snapshot to be made.")] input: CreateSnapshotInput,
    ) -> Result<CreateSnapshotPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "createSnapshot", input.idempotency_key.as_deref())?;
        let dataset = read_id("datasetId", &input.dataset_id)?;
        let model = input.training_model_id.map(|id| {
            let field = "trainingModelId";
            let read = Uuid::try_parse(&id);
            read.map_err(|_| Problem::bad_input(field, format!("{field}: an id is a UUID")))
        });
        let new = NewSnapshot {
            name: input.name,
            description: input.description.unwrap_or_default(),
            xact: input
                .xact_id
                .map(|xact| xact.checked("xactId"))
                .transpose()?,
            trained_model_id: model.transpose()?,
            trained_model_name: input.training_model_name,
            if_version: if_version(input.if_version)?,
        };
        let made = visit
            .ledger()
            .create_snapshot(&caller, dataset, new)
            .await?;
        Ok(CreateSnapshotPayload {
            snapshot: changed_snapshot(&visit.reads, made.id)?,
            xact_id: made.xact.into(),
        })
    }

    /// Gives a snapshot another name or description.
    async fn rename_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: RenameSnapshotInput,
    ) -> Result<RenameSnapshotPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "renameSnapshot", input.idempotency_key.as_deref())?;
        let id = read_id("snapshotId", &input.snapshot_id)?;
        let changes = SnapshotChanges {
            name: input.name,
            description: input.description,
        };
        let changed = visit.ledger().rename_snapshot(&caller, id, changes).await?;
        Ok(RenameSnapshotPayload {
            snapshot: changed_snapshot(&visit.reads, id)?,
            xact_id: changed.xact.into(),
        })
    }

    /// Begins to move a dataset back to one of its versions. The state before stays readable, so
    /// every restore can be undone by another.
    async fn restore_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The restore to be begun.")] input: RestoreSnapshotInput,
    ) -> Result<RestoreSnapshotPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "restoreSnapshot", input.idempotency_key.as_deref())?;
        let new = NewRestore {
            dataset: read_id("datasetId", &input.dataset_id)?,
            target: input.target.checked()?,
            safety_snapshot: input.safety_snapshot.unwrap_or(false),
            result_snapshot: false,
            words_too: false,
            if_version: if_version(input.if_version)?,
        };
        let begun = visit.ledger().restore_snapshot(&caller, new).await?;
        Ok(RestoreSnapshotPayload {
            task: changed_task(&visit.reads, begun.id)?,
            xact_id: begun.xact.into(),
        })
    }

    /// Hides a snapshot; its version stays readable.
    async fn delete_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The snapshot to be deleted.")] input: DeleteSnapshotInput,
    ) -> Result<DeleteSnapshotPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "deleteSnapshot", input.idempotency_key.as_deref())?;
        let id = read_id("snapshotId", &input.snapshot_id)?;
        let even_if_current = input.even_if_current.unwrap_or(false);
        let ledger = visit.ledger();
        let changed = ledger.delete_snapshot(&caller, id, even_if_current).await?;
        Ok(DeleteSnapshotPayload {
            snapshot: changed_snapshot(&visit.reads, id)?,
            xact_id: changed.xact.into(),
        })
    }

    /// Brings a deleted snapshot back.
    async fn undelete_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The snapshot to be brought back.")] input: UndeleteSnapshotInput,
    ) -> Result<UndeleteSnapshotPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "undeleteSnapshot", input.idempotency_key.as_deref())?;
        let id = read_id("snapshotId", &input.snapshot_id)?;
        let changed = visit
            .ledger()
            .undelete_snapshot(&caller, id, input.name)
            .await?;
        Ok(UndeleteSnapshotPayload {
            snapshot: changed_snapshot(&visit.reads, id)?,
            xact_id: changed.xact.into(),
        })
    }
}

fn if_version(version: Option<Xact>) -> Result<Option<crate::domain::ids::XactId>, Problem> {
    version
        .map(|version| version.checked("ifVersion"))
        .transpose()
}
