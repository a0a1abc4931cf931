//! Where a subscription begins and how far it has told, shared with the transport that carries it.
//!
//! A transport puts both into the request's data. Only a subscription that promises every event
//! has a checkpoint; one that tells the newest state has none.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::{Context, ScalarType, Value};

use crate::domain::ids::Position;
use crate::graphql::scalars::Xact;

/// How far has been told: whoever has the last answer may go on after this position.
#[derive(Debug, Clone, Default)]
pub struct Checkpoint(Arc<AtomicU64>);

/// Where the client says that it was broken off, by the id of the last event it has: it counts
/// before what the document says.
#[derive(Debug, Clone)]
pub struct ResumeAfter(pub String);

impl Checkpoint {
    /// The position, once there is one.
    pub fn get(&self) -> Option<Position> {
        // No event is at the position 0, so that nothing is before the first one.
        Some(self.0.load(Ordering::Relaxed)).filter(|told| *told > 0).map(Position)
    }

    /// The answer that is about to be told is up to this position.
    pub fn set(&self, position: Position) {
        self.0.store(position.0, Ordering::Relaxed);
    }
}

/// The checkpoint that this subscription moves on; one that nobody looks at, if none was given.
pub fn checkpoint(ctx: &Context<'_>) -> Checkpoint {
    ctx.data_opt::<Checkpoint>().cloned().unwrap_or_default()
}

/// After which event to begin, and what said so; `after` is what the document says.
pub fn resumed(ctx: &Context<'_>, after: Option<Xact>) -> (&'static str, Option<Xact>) {
    match ctx.data_opt::<ResumeAfter>() {
        None => ("after", after),
        Some(ResumeAfter(id)) => {
            let id = Xact::parse(Value::from(id.as_str())).unwrap_or(Xact::Malformed);
            ("Last-Event-ID", Some(id))
        }
    }
}
