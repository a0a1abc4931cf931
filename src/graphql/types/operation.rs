//! Operations: the long jobs of outside workers.

use async_graphql::{Context, ID, Object};

use super::{Dataset, words};
use crate::graphql::error::Problem;
use crate::graphql::loaders;
use crate::graphql::scalars::Moment;
use crate::views::OperationRow;

/// An operation.
pub struct Operation(pub OperationRow);

/// A long job of an outside worker, which locks the dataset it works on until it is finished.
#[Object]
impl Operation {
    /// The global id, a UUID.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The dataset it works on.
    async fn dataset(&self, ctx: &Context<'_>) -> Result<Dataset, Problem> {
        let row = loaders::dataset(ctx, self.0.dataset).await?;
        row.map(Dataset)
            .ok_or_else(|| Problem::not_found("dataset"))
    }

    /// What it does.
    async fn kind(&self) -> words::OperationKind {
        self.0.kind.into()
    }

    /// Who began it.
    async fn started_by(&self) -> &str {
        &self.0.started_by
    }

    /// When it began.
    async fn started_at(&self) -> Moment {
        self.0.started_at.into()
    }

    /// When it was finished; null: it runs.
    async fn finished_at(&self) -> Option<Moment> {
        self.0.finished_at.map(Into::into)
    }

    /// How it ended; null: it runs.
    async fn outcome(&self) -> Option<words::OperationOutcome> {
        self.0.outcome.map(Into::into)
    }
}
