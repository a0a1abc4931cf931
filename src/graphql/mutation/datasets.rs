//! Datasets: made, changed, deleted.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::changed_dataset;
use crate::graphql::call::caller;
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Json, Xact, read_id, read_optional_id};
use crate::graphql::types::Dataset;
use crate::graphql::visit::visit;
use crate::ledger::{DatasetChanges, NewDataset};

/// A dataset to be made.
#[derive(InputObject)]
pub struct CreateDatasetInput {
    /// Its name, unique among the project's live datasets, ignoring case.
    name: String,
    /// Its project; default: the default project.
    project_id: Option<ID>,
    /// Its description, at most 10,000 characters.
    description: Option<String>,
    /// Its metadata: a JSON object.
    metadata: Option<Json>,
    /// Whether a CREATION operation will fill it; otherwise it is READY at once, with its first
    /// snapshot.
    #[graphql(default_with = "Some(false)")]
    draft: Option<bool>,
    /// Whether snapshots can be asked for.
    #[graphql(default_with = "Some(true)")]
    snapshots_enabled: Option<bool>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The dataset that was made.
#[derive(SimpleObject)]
pub struct CreateDatasetPayload {
    /// The dataset.
    dataset: Dataset,
    /// The last event of what was done.
    xact_id: Xact,
}

/// What is to change of a dataset; absent fields stay.
#[derive(InputObject)]
pub struct UpdateDatasetInput {
    /// The dataset.
    dataset_id: ID,
    /// Its new name.
    name: Option<String>,
    /// Its new description, at most 10,000 characters.
    description: Option<String>,
    /// Its new metadata: a JSON object.
    metadata: Option<Json>,
    /// Whether snapshots can be asked for from here on.
    snapshots_enabled: Option<bool>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The dataset that was changed.
#[derive(SimpleObject)]
pub struct UpdateDatasetPayload {
    /// The dataset.
    dataset: Dataset,
    /// The last event of what was done.
    xact_id: Xact,
}

/// A dataset to be deleted.
#[derive(InputObject)]
pub struct DeleteDatasetInput {
    /// The dataset.
    dataset_id: ID,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The dataset that was deleted.
#[derive(SimpleObject)]
pub struct DeleteDatasetPayload {
    /// The dataset, with its `deletedAt`.
    dataset: Dataset,
    /// The last event of what was done.
    xact_id: Xact,
}

/// Changes of datasets.
#[derive(Default)]
pub struct DatasetMutations;

/// Changes of datasets.
#[Object]
impl DatasetMutations {
    /// Makes a dataset.
    async fn create_dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dataset to be made.")] input: CreateDatasetInput,
    ) -> Result<CreateDatasetPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "createDataset", input.idempotency_key.as_deref())?;
        let new = NewDataset {
            project: read_optional_id("projectId", input.project_id.as_ref())?,
            name: input.name,
            description: input.description.unwrap_or_default(),
            metadata: input.metadata.map(|metadata| metadata.0),
            draft: input.draft.unwrap_or(false),
            snapshots_enabled: input.snapshots_enabled.unwrap_or(true),
        };
        let made = visit.ledger().create_dataset(&caller, new).await?;
        Ok(CreateDatasetPayload {
            dataset: changed_dataset(&visit.reads, made.id)?,
            xact_id: made.xact.into(),
        })
    }

    /// Changes a dataset's name, description, metadata or settings.
    async fn update_dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: UpdateDatasetInput,
    ) -> Result<UpdateDatasetPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "updateDataset", input.idempotency_key.as_deref())?;
        let id = read_id("datasetId", &input.dataset_id)?;
        let changes = DatasetChanges {
            name: input.name,
            description: input.description,
            metadata: input.metadata.map(|metadata| metadata.0),
            snapshots_enabled: input.snapshots_enabled,
            auto_snapshot: false,
        };
        let changed = visit.ledger().update_dataset(&caller, id, changes).await?;
        Ok(UpdateDatasetPayload {
            dataset: changed_dataset(&visit.reads, id)?,
            xact_id: changed.xact.into(),
        })
    }

    /// Hides a dataset and its snapshots, and frees its name. Clones and the log keep everything.
    async fn delete_dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dataset to be deleted.")] input: DeleteDatasetInput,
    ) -> Result<DeleteDatasetPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "deleteDataset", input.idempotency_key.as_deref())?;
        let id = read_id("datasetId", &input.dataset_id)?;
        let changed = visit.ledger().delete_dataset(&caller, id).await?;
        Ok(DeleteDatasetPayload {
            dataset: changed_dataset(&visit.reads, id)?,
            xact_id: changed.xact.into(),
        })
    }
}
