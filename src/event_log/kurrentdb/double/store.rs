//! What the double's nodes share: streams, with expected revisions and ids as KurrentDB has them.
//!
//! Knows nothing of connections or faults.

#![cfg(test)]

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

/// The most bytes that one append may hold: KurrentDB's default.
pub const APPEND_BYTES_MAX: usize = 1 << 20;

/// An event as it is kept.
#[derive(Clone)]
pub struct Stored {
    pub id: Uuid,
    pub metadata: HashMap<String, String>,
    pub custom_metadata: Vec<u8>,
    pub data: Vec<u8>,
}

impl Stored {
    /// What it counts towards the most that one append may hold.
    pub fn bytes(&self) -> usize {
        let name = self.metadata.get("type").map_or(0, String::len);
        self.data.len() + self.custom_metadata.len() + 2 * name
    }
}

/// Why nothing was appended.
pub enum Refused {
    WrongExpected { current: Option<u64> },
    TooLarge,
    Deleted,
}

/// A stream.
#[derive(Default)]
pub struct Kept {
    pub events: Vec<Stored>,
    /// The first revision that is still handed out.
    pub first: usize,
    pub is_deleted: bool,
}

/// All streams.
pub struct Store {
    streams: Mutex<HashMap<String, Kept>>,
    grown: watch::Sender<u64>,
}

impl Store {
    pub fn new() -> Self {
        Self {
            streams: Mutex::default(),
            grown: watch::Sender::new(0),
        }
    }

    /// Appends all after the revision expected (none: to a stream without events), or finds that
    /// the same ids stand there already. Returns the revision of the last.
    pub fn append(
        &self,
        stream: &str,
        expected: Option<u64>,
        events: Vec<Stored>,
    ) -> Result<u64, Refused> {
        if events.iter().map(Stored::bytes).sum::<usize>() > APPEND_BYTES_MAX {
            return Err(Refused::TooLarge);
        }
        let mut streams = self.streams();
        let kept = streams.entry(stream.to_owned()).or_default();
        if kept.is_deleted {
            return Err(Refused::Deleted);
        }
        let next = expected.map_or(0, |revision| revision as usize + 1);
        if next != kept.events.len() {
            let there = kept.events.get(next..).unwrap_or_default();
            let same = there.len() >= events.len()
                && events.iter().zip(there).all(|(new, old)| new.id == old.id);
            if same && !events.is_empty() {
                return Ok((next + events.len() - 1) as u64);
            }
            let current = (kept.events.len() as u64).checked_sub(1);
            return Err(Refused::WrongExpected { current });
        }
        kept.events.extend(events);
        let last = kept.events.len() as u64 - 1;
        drop(streams);
        self.grown.send_modify(|count| *count += 1);
        Ok(last)
    }

    /// Tells when a stream has grown.
    pub fn grown(&self) -> watch::Receiver<u64> {
        self.grown.subscribe()
    }

    /// Does something with a stream, whether it is there or not.
    pub fn with<T>(&self, stream: &str, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(self.streams().entry(stream.to_owned()).or_default())
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
