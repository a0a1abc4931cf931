//! Who is asking.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::{Project, words};
use crate::graphql::error::Problem;
use crate::graphql::limits::PAGE_ROWS_MAX;
use crate::graphql::visit::visit;
use crate::views::Page;

/// Who is asking.
pub struct Viewer;

/// Who is asking: the principal of the credential.
#[Object]
impl Viewer {
    /// The credential's subject: the actor of what you do.
    async fn subject(&self, ctx: &Context<'_>) -> Result<String, Problem> {
        Ok(visit(ctx)?.reads.principal().subject.to_string())
    }

    /// The e-mail, where the credential tells one.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<String>, Problem> {
        let email = visit(ctx)?.reads.principal().email.as_deref();
        Ok(email.map(str::to_owned))
    }

    /// The API key that was used, if one was.
    async fn api_key_id(&self, ctx: &Context<'_>) -> Result<Option<ID>, Problem> {
        Ok(visit(ctx)?.reads.principal().api_key.map(Into::into))
    }

    /// What you may do in each project you see; at most 500 are told.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<ProjectRole>, Problem> {
        let reads = &visit(ctx)?.reads;
        let seen = reads
            .views()
            .projects(&reads.scope(), &Page::first(PAGE_ROWS_MAX))?;
        let roles = seen.rows.into_iter().filter_map(|keyed| {
            let role = reads.role_in(keyed.row.id)?.into();
            let project = Project(keyed.row);
            Some(ProjectRole { project, role })
        });
        Ok(roles.collect())
    }
}

/// What somebody may do in a project.
#[derive(SimpleObject)]
pub struct ProjectRole {
    /// The project.
    pub project: Project,
    /// The role.
    pub role: words::Role,
}
