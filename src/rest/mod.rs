//! The routes that are not GraphQL: items in bulk.
//!
//! Thin: parse, authorise, call, translate. A rule that stands here stands in the wrong room.

mod caller;
mod items;
mod trouble;

use std::sync::Arc;

use axum::Router;
use tokio::sync::Semaphore;

use crate::gatekeeper::Gatekeeper;
use crate::ledger::Ledger;

pub use trouble::Trouble;

/// Uploads read at a time; each holds a thread. More are told to come again.
const UPLOADS_MAX: usize = 32;

/// What the routes need.
#[derive(Clone)]
pub struct Rest {
    ledger: Ledger,
    gatekeeper: Gatekeeper,
    uploads: Arc<Semaphore>,
}

impl Rest {
    /// Routes over this ledger for those whom the gatekeeper knows.
    pub fn new(ledger: Ledger, gatekeeper: Gatekeeper) -> Self {
        Self {
            ledger,
            gatekeeper,
            uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
        }
    }
}

/// The routes.
pub fn routes(rest: Rest) -> Router {
    items::routes().with_state(rest)
}
