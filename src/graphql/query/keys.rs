//! API keys, for those who manage them.

use async_graphql::{Context, ID, Object};

use crate::graphql::connection::{Connection, Count, PageArguments};
use crate::graphql::error::Problem;
use crate::graphql::scalars::read_optional_id;
use crate::graphql::types::ApiKey;
use crate::graphql::visit::visit;

/// Queries of API keys.
#[derive(Default)]
pub struct KeyQueries;

/// Queries of API keys.
#[Object]
impl KeyQueries {
    /// The API keys that you manage, newest first, those revoked too. Keys for every project are
    /// among them for administrators of all projects.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this project; default: all that you manage.")] project_id: Option<ID>,
        #[graphql(desc = "So many from the beginning; at most 500. Default: 50.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<ApiKey>, Problem> {
        const LISTING: &str = "api-keys";
        let reads = &visit(ctx)?.reads;
        let scope = reads.keys_scope(read_optional_id("projectId", project_id.as_ref())?)?;
        let page = PageArguments::forward(first, after).page(LISTING)?;
        let views = reads.views().clone();
        let slice = views.api_keys(&scope, &page)?;
        let count = Count::by(move || Ok(views.api_key_count(&scope)?));
        Ok(Connection::of_rows(LISTING, slice, count, ApiKey))
    }
}
