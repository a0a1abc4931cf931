//! Projects: made, given other words, deleted.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::domain::ids::ProjectId;
use crate::graphql::call::caller;
use crate::graphql::error::Problem;
use crate::graphql::scalars::{Xact, read_id};
use crate::graphql::types::Project;
use crate::graphql::visit::{Visit, visit};
use crate::ledger::{NewProject, ProjectChanges};

/// A project to be made.
#[derive(InputObject)]
pub struct CreateProjectInput {
    /// Its name, unique in the ledger.
    name: String,
    /// The id by which foreign APIs find it, unique in the ledger.
    external_id: Option<String>,
    /// What it is for, at most 10,000 characters.
    description: Option<String>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The project that was made.
#[derive(SimpleObject)]
pub struct CreateProjectPayload {
    /// The project.
    project: Project,
    /// The last event of what was done.
    xact_id: Xact,
}

/// What is to change of a project; absent fields stay.
#[derive(InputObject)]
pub struct UpdateProjectInput {
    /// The project.
    project_id: ID,
    /// Its new name, unique in the ledger.
    name: Option<String>,
    /// Its new description, at most 10,000 characters.
    description: Option<String>,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The project that was changed.
#[derive(SimpleObject)]
pub struct UpdateProjectPayload {
    /// The project.
    project: Project,
    /// The last event of what was done.
    xact_id: Xact,
}

/// A project to be deleted.
#[derive(InputObject)]
pub struct DeleteProjectInput {
    /// The project.
    project_id: ID,
    /// Recognises a retry: 1 to 255 characters.
    idempotency_key: Option<String>,
}

/// The project that was deleted.
#[derive(SimpleObject)]
pub struct DeleteProjectPayload {
    /// Its id, by which nothing is found any more.
    project_id: ID,
    /// The last event of what was done.
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
            description: input.description.unwrap_or_default(),
        };
        let made = visit.ledger().create_project(&caller, new).await?;
        Ok(CreateProjectPayload {
            project: changed_project(visit, made.id)?,
            xact_id: made.xact.into(),
        })
    }

    /// Gives a project another name or description. For admins of it.
    async fn update_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: UpdateProjectInput,
    ) -> Result<UpdateProjectPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "updateProject", input.idempotency_key.as_deref())?;
        let id = read_id("projectId", &input.project_id)?;
        let changes = ProjectChanges {
            name: input.name,
            description: input.description,
        };
        let changed = visit.ledger().update_project(&caller, id, changes).await?;
        Ok(UpdateProjectPayload {
            project: changed_project(visit, id)?,
            xact_id: changed.xact.into(),
        })
    }

    /// Deletes a project for ever: its datasets, snapshots, tasks and keys exist for nobody any
    /// more, and its name is free. The log keeps its history. For administrators of all projects;
    /// not for the default project.
    async fn delete_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project to be deleted.")] input: DeleteProjectInput,
    ) -> Result<DeleteProjectPayload, Problem> {
        let visit = visit(ctx)?;
        let caller = caller(ctx, "deleteProject", input.idempotency_key.as_deref())?;
        let id = read_id("projectId", &input.project_id)?;
        let changed = visit.ledger().delete_project(&caller, id).await?;
        Ok(DeleteProjectPayload {
            project_id: id.into(),
            xact_id: changed.xact.into(),
        })
    }
}

/// A project just made or changed.
fn changed_project(visit: &Visit, id: ProjectId) -> Result<Project, Problem> {
    let row = visit.reads.project(id)?;
    row.map(Project)
        .ok_or_else(|| Problem::not_found("project"))
}
