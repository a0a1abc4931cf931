//! Operations: begun and finished by outside workers.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::domain::ids::OperationId;
use crate::graphql::call::caller;
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Xact, read_id};
use crate::graphql::types::Operation;
use crate::graphql::types::words::{DatasetStatus, OperationKind, OperationOutcome};
use crate::graphql::visit::visit;
use crate::ledger::Reads;

/// An operation to be begun.
#[derive(InputObject)]
pub struct BeginOperationInput {
    /// The dataset it works on.
    dataset_id: ID,
    /// What it does.
    kind: OperationKind,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The operation that was begun.
#[derive(SimpleObject)]
pub struct BeginOperationPayload {
    /// The operation.
    operation: Operation,
    /// The event.
    xact_id: Xact,
}

/// An operation to be finished.
#[derive(InputObject)]
pub struct FinishOperationInput {
    /// The operation.
    operation_id: ID,
    /// How it ended.
    outcome: OperationOutcome,
    /// The dataset's status from here on; default: READY, or ERROR when it failed.
    status: Option<DatasetStatus>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The operation that was finished.
#[derive(SimpleObject)]
pub struct FinishOperationPayload {
    /// The operation.
    operation: Operation,
    /// The last event of what was done.
    xact_id: Xact,
}

/// Changes of operations.
#[derive(Default)]
pub struct OperationMutations;

/// Changes of operations.
#[Object]
impl OperationMutations {
    /// Begins an operation, which locks the dataset until it is finished.
    async fn begin_operation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The operation to be begun.")] input: BeginOperationInput,
    ) -> Result<BeginOperationPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "beginOperation", input.idempotency_key.as_deref())?;
        let dataset = read_id("datasetId", &input.dataset_id)?;
        let kind = input.kind.into();
        let begun = visit
            .ledger()
            .begin_operation(&caller, dataset, kind)
            .await?;
        Ok(BeginOperationPayload {
            operation: changed(&visit.reads, begun.id)?,
            xact_id: begun.xact.into(),
        })
    }

    /// Finishes an operation; whoever may write may finish one that another began.
    async fn finish_operation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The operation to be finished.")] input: FinishOperationInput,
    ) -> Result<FinishOperationPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "finishOperation", input.idempotency_key.as_deref())?;
        let id = read_id("operationId", &input.operation_id)?;
        let (outcome, status) = (input.outcome.into(), input.status.map(Into::into));
        let ledger = visit.ledger();
        let finished = ledger
            .finish_operation(&caller, id, outcome, status)
            .await?;
        Ok(FinishOperationPayload {
            operation: changed(&visit.reads, finished.id)?,
            xact_id: finished.xact.into(),
        })
    }
}

fn changed(reads: &Reads, id: OperationId) -> Result<Operation, Problem> {
    let row = reads.operation(id)?;
    row.map(Operation)
        .ok_or_else(|| Problem::not_found("operation"))
}
