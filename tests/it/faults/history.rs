//! What clients did and were told: every call with its tries, every read, every batch followed.
//!
//! Moments are counted on one clock from the story's beginning, so those of different clients can
//! be compared. Judges nothing: that is `checks`'.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use super::deeds::Deed;

/// A moment of the story, counted from its beginning.
pub type Moment = Duration;

/// Something that a client wanted done, however often it had to ask.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its idempotency key, and the correlation id of all that it does.
    pub id: Uuid,
    /// What it wanted.
    pub deed: Deed,
    /// Each time it asked, in order.
    pub tries: Vec<Try>,
}

/// One try of a call, at one node.
#[derive(Debug, Clone)]
pub struct Try {
    /// The node that was asked.
    pub node: usize,
    /// When it was sent.
    pub began: Moment,
    /// When it was answered, or no longer waited for.
    pub ended: Moment,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is acknowledged.
    Done(Done),
    /// It is refused, with this code.
    Refused(String),
    /// Nobody can tell whether it was done, or will be; this is why.
    Unknown(String),
}

/// What an acknowledgement says.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The last place in the log of what was done.
    pub position: u64,
    /// The ids that were made.
    pub made: Value,
}

/// A look at a dataset.
#[derive(Debug, Clone)]
pub struct Read {
    /// The node that was asked.
    pub node: usize,
    /// The dataset.
    pub dataset: String,
    /// The place in the log that the answer must stand at or behind, if one was demanded, or is
    /// promised to whoever demands none.
    pub at_least: Option<u64>,
    /// When it was sent.
    pub began: Moment,
    /// When it was answered.
    pub ended: Moment,
    /// What was seen.
    pub sight: Sight,
}

/// What there is to see of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// It itself; none when the node knows no such dataset.
    Itself(Option<Seen>),
    /// The ids of its live snapshots.
    Snapshots(BTreeSet<String>),
}

/// What a dataset shows of itself at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The place in the log of its version.
    pub version: u64,
    /// Its content root.
    pub root: String,
    /// How many items it has.
    pub items: u64,
    /// Its status.
    pub status: String,
    /// Its current snapshot.
    pub current: Option<String>,
}

/// What one follower was told.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The names of the events it asked for; none: all.
    pub wanted: Option<Vec<String>>,
    /// The places and names of the events that came, as they came.
    pub events: Vec<(u64, String)>,
    /// How far it was told that it had come.
    pub checkpoint: u64,
    /// How often it had to begin again.
    pub resumed: usize,
}

/// All that was done and seen so far.
pub struct History {
    began: Instant,
    acknowledged: AtomicU64,
    calls: Mutex<Vec<Call>>,
    reads: Mutex<Vec<Read>>,
}

impl Call {
    /// The first acknowledgement, if there is one.
    pub fn done(&self) -> Option<&Done> {
        self.tries.iter().find_map(|asked| match &asked.outcome {
            Outcome::Done(done) => Some(done),
            Outcome::Refused(_) | Outcome::Unknown(_) => None,
        })
    }

    /// When it was acknowledged first.
    pub fn acknowledged_at(&self) -> Option<Moment> {
        let is_done = |asked: &&Try| matches!(asked.outcome, Outcome::Done(_));
        self.tries.iter().find(is_done).map(|asked| asked.ended)
    }

    /// When it was sent first.
    pub fn began(&self) -> Moment {
        self.tries[0].began
    }

    /// Whether nothing of it can be in the log: all it was ever told is a refusal.
    pub fn is_refused_for_certain(&self) -> bool {
        let mut outcomes = self.tries.iter().map(|asked| &asked.outcome);
        outcomes.all(|outcome| matches!(outcome, Outcome::Refused(_)))
    }
}

impl History {
    /// The history of a story that begins now.
    pub fn begin() -> Self {
        Self {
            began: Instant::now(),
            acknowledged: AtomicU64::new(0),
            calls: Mutex::default(),
            reads: Mutex::default(),
        }
    }

    /// This moment.
    pub fn now(&self) -> Moment {
        self.began.elapsed()
    }

    /// The last place in the log that anybody was told of.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::SeqCst)
    }

    /// Notes at once that something is acknowledged, so that reads from now on may demand it.
    pub fn acknowledge(&self, position: u64) {
        self.acknowledged.fetch_max(position, Ordering::SeqCst);
    }

    /// Notes a call that will be tried no more.
    pub fn note(&self, call: Call) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(call);
    }

    /// Notes a read that was answered.
    pub fn note_read(&self, read: Read) {
        let mut reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        reads.push(read);
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.clone()
    }

    /// All reads so far.
    pub fn reads(&self) -> Vec<Read> {
        let reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        reads.clone()
    }
}
