//! Projects: by what they are known, and all of them.

use async_graphql::{Context, ID, Object};

use crate::domain::ids::ProjectId;
use crate::domain::values::Name;
use crate::graphql::connection::{Connection, Count, PageArguments};
use crate::graphql::error::Problem;
use crate::graphql::scalars::read_id;
use crate::graphql::types::Project;
use crate::graphql::visit::visit;

/// Queries of projects.
#[derive(Default)]
pub struct ProjectQueries;

/// Queries of projects.
#[Object]
impl ProjectQueries {
    /// The projects that you see, oldest first.
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Project>, Problem> {
        const LISTING: &str = "projects";
        let reads = &visit(ctx)?.reads;
        let page = PageArguments::forward(first, after).page(LISTING)?;
        let (scope, views) = (reads.scope(), reads.views().clone());
        let slice = views.projects(&scope, &page)?;
        let count = Count::by(move || Ok(views.project_count(&scope)?));
        Ok(Connection::of_rows(LISTING, slice, count, Project))
    }

    /// One project, by one of the three; by none, the default project.
    async fn project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: Option<ID>,
        #[graphql(desc = "Its name, ignoring case.")] name: Option<String>,
        #[graphql(desc = "The id by which foreign APIs find it.")] external_id: Option<String>,
    ) -> Result<Option<Project>, Problem> {
        let reads = &visit(ctx)?.reads;
        let views = reads.views();
        let row = match (id, name, external_id) {
            (None, None, None) => reads.project(reads.ledger().default_project())?,
            (Some(id), None, None) => reads.project(read_id::<ProjectId>("id", &id)?)?,
            (None, Some(name), None) => {
                let name = Name::new("name", &name)?;
                views.project_by_name(&name.key())?
            }
            (None, None, Some(external_id)) => views.project_by_external_id(&external_id)?,
            (..) => {
                let message = "give one of id, name and externalId";
                return Err(Problem::bad_input("id", message));
            }
        };
        let seen = row.filter(|row| reads.role_in(row.id).is_some());
        Ok(seen.map(Project))
    }
}
