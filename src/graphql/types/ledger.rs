//! The ledger itself.

use async_graphql::{ID, SimpleObject};

use crate::graphql::scalars::Xact;
use crate::ledger;

/// The ledger that answers.
#[derive(Debug, Clone, SimpleObject)]
pub struct Ledger {
    /// Its id, given when its log began.
    pub id: ID,
    /// The last event.
    pub head: Xact,
    /// The last event that queries on this node see.
    pub view_position: Xact,
    /// The version of the program.
    pub version: &'static str,
}

impl Ledger {
    /// The ledger as it is now.
    pub fn now(ledger: &ledger::Ledger) -> Self {
        Self {
            id: ledger.id().into(),
            head: ledger.head().into(),
            view_position: ledger.view_position().into(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}
