//! API keys: what those who manage them see. Never a secret, nor its hash.

use async_graphql::{Context, ID, Object};

use super::{Project, words};
use crate::graphql::connection::Listed;
use crate::graphql::error::Problem;
use crate::graphql::loaders;
use crate::graphql::scalars::Moment;
use crate::graphql::visit::visit;
use crate::views::ApiKeyRow;

/// An API key.
pub struct ApiKey(pub ApiKeyRow);

impl Listed for ApiKey {
    const CONNECTION: &'static str = "ApiKeyConnection";
    const EDGE: &'static str = "ApiKeyEdge";
}

/// A credential that was issued here, with one role in one project or in all. Its secret was shown
/// when it was issued, and is not known any more.
#[Object]
impl ApiKey {
    /// The global id, a UUID. It is no secret.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What people call it: the actor of what is done with it. Several may have one name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What of it is sent.
    async fn kind(&self) -> words::ApiKeyKind {
        match self.0.access_key {
            None => words::ApiKeyKind::Bearer,
            Some(_) => words::ApiKeyKind::AkSk,
        }
    }

    /// For an AK_SK: the access key, which is sent; it opens nothing without the secret key.
    async fn access_key(&self) -> Option<&str> {
        self.0.access_key.as_deref()
    }

    /// What it may do.
    async fn role(&self) -> words::Role {
        self.0.role.into()
    }

    /// The project it is for; null: every project.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, Problem> {
        match self.0.project {
            None => Ok(None),
            Some(id) => Ok(loaders::project(ctx, id).await?.map(Project)),
        }
    }

    /// Who issued it.
    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    /// When it was issued.
    async fn created_at(&self) -> Moment {
        self.0.created_at.into()
    }

    /// When it ends; null: when it is revoked.
    async fn expires_at(&self) -> Option<Moment> {
        self.0.expires_at.map(Into::into)
    }

    /// When it was used first on the last day, in UTC, on which it was used.
    async fn last_used_at(&self) -> Option<Moment> {
        self.0.last_used_at.map(Into::into)
    }

    /// When it was revoked.
    async fn revoked_at(&self) -> Option<Moment> {
        self.0.revoked_at.map(Into::into)
    }

    /// Whether it opens something now: it is neither revoked nor at its end.
    async fn is_active(&self, ctx: &Context<'_>) -> Result<bool, Problem> {
        let now = visit(ctx)?.ledger().now();
        let has_ended = self.0.expires_at.is_some_and(|end| end <= now);
        Ok(self.0.revoked_at.is_none() && !has_ended)
    }
}
