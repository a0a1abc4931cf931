//! Where a subscription begins and how far it has told, shared with the transport that carries it.
//!
//! A transport puts both into the request's data. Only a subscription that promises every event
//! has a checkpoint; one that tells the newest state has none.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::{Context, ScalarType, Value};

use crate::domain::ids::Position;
use crate::graphql::scalars::Xact;

/// How far has been told.
#[derive(Debug, Clone)]
pub struct Checkpoint(Arc<Places>);

#[derive(Debug)]
struct Places {
    start: AtomicU64,
    told: AtomicU64,
}

/// What is no position.
const NOWHERE: u64 = u64::MAX;

/// Where the client says that it was broken off, by the id of the last event it has: it counts
/// before what the document says.
#[derive(Debug, Clone)]
pub struct ResumeAfter(pub String);

impl Default for Checkpoint {
    fn default() -> Self {
        let nowhere = || AtomicU64::new(NOWHERE);
        Self(Arc::new(Places {
            start: nowhere(),
            told: nowhere(),
        }))
    }
}

impl Checkpoint {
    /// After which position it begins, once it has begun; none where not every event is promised.
    pub fn start(&self) -> Option<Position> {
        position(&self.0.start)
    }

    /// Whoever has the last answer may go on after this position.
    pub fn told(&self) -> Option<Position> {
        position(&self.0.told)
    }

    /// It begins after this position.
    pub fn begin(&self, after: Position) {
        self.0.start.store(after.0, Ordering::Relaxed);
    }

    /// The answer that is about to be told is up to this position.
    pub fn tell(&self, position: Position) {
        self.0.told.store(position.0, Ordering::Relaxed);
    }
}

fn position(place: &AtomicU64) -> Option<Position> {
    let place = place.load(Ordering::Relaxed);
    (place != NOWHERE).then_some(Position(place))
}

/// The checkpoint that a subscription moves on from here; one that nobody looks at, if none was
/// given.
pub fn checkpoint(ctx: &Context<'_>, start: Position) -> Checkpoint {
    let checkpoint = ctx.data_opt::<Checkpoint>().cloned().unwrap_or_default();
    checkpoint.begin(start);
    checkpoint
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
