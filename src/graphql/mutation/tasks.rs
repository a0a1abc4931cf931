//! Tasks: called off.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::changed_task;
use crate::graphql::call::caller;
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Xact, read_id};
use crate::graphql::types::Task;
use crate::graphql::visit::visit;

/// A task to be called off.
#[derive(InputObject)]
pub struct CancelTaskInput {
    /// The task.
    task_id: ID,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The task that was called off.
#[derive(SimpleObject)]
pub struct CancelTaskPayload {
    /// The task.
    task: Task,
    /// The last event of what was done.
    xact_id: Xact,
}

/// Changes of tasks.
#[derive(Default)]
pub struct TaskMutations;

/// Changes of tasks.
#[Object]
impl TaskMutations {
    /// Calls a task off, before it switches. Nothing of it remains.
    async fn cancel_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task to be called off.")] input: CancelTaskInput,
    ) -> Result<CancelTaskPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "cancelTask", input.idempotency_key.as_deref())?;
        let id = read_id("taskId", &input.task_id)?;
        let changed = visit.ledger().cancel_task(&caller, id).await?;
        Ok(CancelTaskPayload {
            task: changed_task(&visit.reads, id)?,
            xact_id: changed.xact.into(),
        })
    }
}
