//! Projects.

use async_graphql::{Context, ID, Object};

use super::dataset::{self, Dataset};
use super::filters::narrowed;
use crate::graphql::connection::{Connection, Listed, PageArguments};
use crate::graphql::error::Problem;
use crate::graphql::scalars::Moment;
use crate::graphql::visit::visit;
use crate::views::ProjectRow;

/// A project.
pub struct Project(pub ProjectRow);

impl Listed for Project {
    const CONNECTION: &'static str = "ProjectConnection";
    const EDGE: &'static str = "ProjectEdge";
}

/// The tenancy boundary: every dataset is in one, and roles are given per project.
#[Object]
impl Project {
    /// The global id, a UUID.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The name, unique in the ledger.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// The id by which foreign APIs find it.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// What it is for; may be empty.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// When it was made.
    async fn created_at(&self) -> Moment {
        self.0.created_at.into()
    }

    /// Its live datasets, newest first.
    async fn datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Dataset>, Problem> {
        let visit = visit(ctx)?;
        let scope = narrowed(visit.reads.scope(), Some(self.0.id));
        let page = PageArguments::forward(first, after);
        dataset::listed(visit, scope, None, None, &page)
    }
}
