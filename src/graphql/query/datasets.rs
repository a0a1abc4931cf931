//! Datasets: by id, by name, and all of them.

use async_graphql::{Context, ID, Object};

use crate::domain::values::Name;
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::error::Problem;
use crate::graphql::scalars::{read_id, read_optional_id};
use crate::graphql::types::filters::{DatasetFilter, DatasetOrder, narrowed};
use crate::graphql::types::{Dataset, dataset};
use crate::graphql::visit::visit;

/// Queries of datasets.
#[derive(Default)]
pub struct DatasetQueries;

/// Queries of datasets.
#[Object]
#[allow(
    clippy::too_many_arguments,
    reason = "the arguments of a field are those of its function"
)]
impl DatasetQueries {
    /// One dataset; null when it is unknown, deleted or not yours.
    async fn dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Result<Option<Dataset>, Problem> {
        let row = visit(ctx)?.reads.dataset(read_id("id", &id)?)?;
        Ok(row.map(Dataset))
    }

    /// The live dataset of this name; null when there is none.
    async fn dataset_by_name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its project; default: the default project.")] project_id: Option<ID>,
        #[graphql(desc = "Its name, ignoring case.")] name: String,
    ) -> Result<Option<Dataset>, Problem> {
        let reads = &visit(ctx)?.reads;
        let project = read_optional_id("projectId", project_id.as_ref())?;
        let project = project.unwrap_or_else(|| reads.ledger().default_project());
        let name = Name::new("name", &name)?;
        if reads.role_in(project).is_none() {
            return Ok(None);
        }
        let row = reads.views().dataset_by_name(project, &name.key())?;
        Ok(row.map(Dataset))
    }

    /// The live datasets that you see, newest first unless ordered.
    async fn datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this project; default: of all that you see.")] project_id: Option<ID>,
        #[graphql(desc = "Which datasets; default: all live ones.")] filter: Option<DatasetFilter>,
        #[graphql(desc = "How they are sorted; default: newest first.")] order_by: Option<
            DatasetOrder,
        >,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end; at most 500.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Dataset>, Problem> {
        let reads = &visit(ctx)?.reads;
        let project = read_optional_id("projectId", project_id.as_ref())?;
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        dataset::listed(
            reads,
            narrowed(reads.scope(), project),
            filter,
            order_by,
            &page,
        )
    }
}
