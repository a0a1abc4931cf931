//! Tasks: by id, and all of them.

use async_graphql::{Context, ID, Object};

use crate::graphql::connection::{Connection, Count, PageArguments};
use crate::graphql::error::Problem;
use crate::graphql::scalars::read_id;
use crate::graphql::types::Task;
use crate::graphql::types::filters::{TaskFilter, narrowed};
use crate::graphql::visit::visit;

/// Queries of tasks.
#[derive(Default)]
pub struct TaskQueries;

/// Queries of tasks.
#[Object]
impl TaskQueries {
    /// One task; null when it is unknown or not yours.
    async fn task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Result<Option<Task>, Problem> {
        let reads = &visit(ctx)?.reads;
        let row = reads.task(read_id("id", &id)?)?;
        Ok(row.map(|row| Task::now(reads, row)))
    }

    /// The tasks that you see, newest first; those of deleted datasets too.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks; default: all.")] filter: Option<TaskFilter>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Task>, Problem> {
        const LISTING: &str = "tasks";
        let reads = &visit(ctx)?.reads;
        let (filter, project) = filter.unwrap_or_default().checked()?;
        let scope = narrowed(reads.scope(), project);
        let page = PageArguments::forward(first, after).page(LISTING)?;
        let views = reads.views().clone();
        let slice = views.tasks(&scope, &filter, &page)?;
        let count = Count::by(move || Ok(views.task_count(&scope, &filter)?));
        Ok(Connection::of_rows(LISTING, slice, count, |row| {
            Task::now(reads, row)
        }))
    }
}
