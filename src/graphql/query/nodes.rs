//! Whatever has a global id, who is asking, and the ledger itself.

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use crate::graphql::error::Problem;
use crate::graphql::limits::NODES_MAX;
use crate::graphql::types::{Node, ledger, node, viewer};
use crate::graphql::visit::visit;

/// Queries of nodes.
#[derive(Default)]
pub struct NodeQueries;

/// Queries of nodes.
#[Object]
impl NodeQueries {
    /// Whatever has this id; null when it is unknown, deleted, or not yours.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id, a UUID.")] id: ID,
    ) -> Result<Option<Node>, Problem> {
        node::found(&visit(ctx)?.reads, uuid("id", &id)?)
    }

    /// Whatever has these ids, in their order; null for each that is not found.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids; at most 500.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, Problem> {
        let reads = &visit(ctx)?.reads;
        if ids.len() > NODES_MAX {
            let message = format!("ids: at most {NODES_MAX} can be asked for together");
            return Err(Problem::bad_input("ids", message));
        }
        let found = ids.iter().map(|id| node::found(reads, uuid("ids", id)?));
        found.collect()
    }

    /// Who is asking.
    async fn viewer(&self) -> viewer::Viewer {
        viewer::Viewer
    }

    /// The ledger that answers.
    async fn ledger(&self, ctx: &Context<'_>) -> Result<ledger::Ledger, Problem> {
        Ok(ledger::Ledger::now(visit(ctx)?.ledger()))
    }
}

fn uuid(field: &'static str, id: &ID) -> Result<Uuid, Problem> {
    let read = Uuid::try_parse(id);
    read.map_err(|_| Problem::bad_input(field, format!("{field}: an id is a UUID")))
}
