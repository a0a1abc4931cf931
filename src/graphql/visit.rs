//! A visit: one request of one principal, with their eyes, its id, and what it loads in batches.
//!
//! The transport puts it into the request's data; without it nothing is answered.

use async_graphql::Context;
use uuid::Uuid;

use super::error::Problem;
use super::limits::Limits;
use super::loaders::Loaders;
use crate::auth::Principal;
use crate::ledger::{Ledger, Reads};

/// One request of one principal.
pub struct Visit {
    /// What the principal may read.
    pub reads: Reads,
    /// The request's id: the correlation id of what it does.
    pub id: Uuid,
    /// The limits that hold.
    pub limits: Limits,
    /// What nested fields load.
    pub loaders: Loaders,
}

impl Visit {
    /// A request of this principal, known under this id, or under a fresh one.
    pub fn new(ledger: &Ledger, principal: &Principal, id: Option<Uuid>, limits: Limits) -> Self {
        let reads = ledger.reads(principal);
        Self {
            loaders: Loaders::new(reads.clone()),
            id: id.unwrap_or_else(|| ledger.new_request_id()),
            reads,
            limits,
        }
    }

    /// The ledger.
    pub const fn ledger(&self) -> &Ledger {
        self.reads.ledger()
    }
}

/// The visit that this field belongs to.
pub fn visit<'a>(ctx: &Context<'a>) -> Result<&'a Visit, Problem> {
    ctx.data::<Visit>().map_err(|_| Problem::unauthenticated())
}
