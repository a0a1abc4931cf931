//! Projects: made.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use crate::graphql::call::caller;
use crate::graphql::error::Problem;
use crate::graphql::scalars::Xact;
use crate::graphql::types::Project;
use crate::graphql::visit::visit;
use crate::ledger::NewProject;

/// A project to be made.
#[derive(InputObject)]
pub struct CreateProjectInput {
    /// Its name, unique in the ledger.
    name: String,
    /// The id by which foreign APIs find it, unique in the ledger.
    external_id: Option<String>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The project that was made.
#[derive(SimpleObject)]
pub struct CreateProjectPayload {
    /// The project.
    project: Project,
    /// The event.
    xact_id: Xact,
}

/// Changes of projects.
#[derive(Default)]
pub struct ProjectMutations;

/// Changes of projects.
#[Object]
impl ProjectMutations {
    /// Makes a project. For administrators of all projects.
    async fn create_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project to be made.")] input: CreateProjectInput,
    ) -> Result<CreateProjectPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "createProject", input.idempotency_key.as_deref())?;
        let new = NewProject {
            name: input.name,
            external_id: input.external_id,
        };
        let made = visit.ledger().create_project(&caller, new).await?;
        let row = visit.reads.project(made.id)?;
        Ok(CreateProjectPayload {
            project: Project(row.ok_or_else(|| Problem::not_found("project"))?),
            xact_id: made.xact.into(),
        })
    }
}
