//! The graph: the ledger over GraphQL, queries, mutations and subscriptions.
//!
//! Thin: a resolver parses, asks the ledger, and shows rows. Rules are the domain's, and who may do
//! what the ledger's door decides. Never names the log or the content; never tells what broke.
//!
//! ```text
//! transport ─ serving ─ gate ─ engine ─┬─ query/        → types/ → loaders → ledger's reads
//!                                      ├─ mutation/     → call   → ledger's verbs
//!                                      └─ subscription/ → ledger's feed, board and log
//! ```

mod call;
mod connection;
mod cursor;
mod error;
mod expected;
mod figures;
pub mod gate;
mod limits;
mod loaders;
mod mutation;
mod query;
pub mod remembered;
mod said;
mod scalars;
mod sdl;
mod serving;
mod subscription;
mod transport;
mod types;
mod visit;

#[cfg(test)]
mod tests;

use async_graphql::{ID, SchemaBuilder};

use remembered::GatedEngine;

pub use figures::Figures;
pub use limits::Limits;
pub use sdl::sdl;
pub use serving::{Charge, Schema, build};
pub use transport::{Connections, routes};

/// The engine over the graph.
type Engine = GatedEngine<query::Query, mutation::Mutation, subscription::Subscription>;
/// What an engine is made of.
type Builder = SchemaBuilder<query::Query, mutation::Mutation, subscription::Subscription>;

fn builder() -> Builder {
    async_graphql::Schema::build(
        query::Query::default(),
        mutation::Mutation::default(),
        subscription::Subscription::default(),
    )
    .override_input_type_description::<ID>("A global id: a UUID.")
}
