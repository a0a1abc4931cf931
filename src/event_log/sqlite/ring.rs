//! The last events of the log in memory: those who follow closely never go to the disk.
//!
//! Bounded in bytes: the oldest leave first, and whoever is further behind reads the file.

use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock};

use super::readers::BATCH_BYTES_MAX;
use crate::domain::ids::Position;
use crate::event_log::port::Recorded;

/// What an event takes besides its data, about.
const EVENT_BYTES: usize = 512;

/// The last committed events, without a gap.
pub(super) struct Ring {
    bytes_max: usize,
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    events: VecDeque<Recorded>,
    bytes: usize,
}

impl Ring {
    /// An empty ring that keeps at most so many bytes.
    pub(super) fn new(bytes_max: usize) -> Self {
        let kept = RwLock::default();
        Self { bytes_max, kept }
    }

    /// Adds the events that follow those it has.
    pub(super) fn push(&self, events: Vec<Recorded>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            kept.bytes += size(&event);
            kept.events.push_back(event);
        }
        while kept.bytes > self.bytes_max
            && let Some(event) = kept.events.pop_front()
        {
            kept.bytes -= size(&event);
        }
    }

    /// Forgets all it has.
    pub(super) fn clear(&self) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        *kept = Kept::default();
    }

    /// Events from this position on, at most `limit` and some MiB; none when the first of them is
    /// not here.
    pub(super) fn events(&self, from: Position, limit: usize) -> Option<Vec<Recorded>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let first = kept.events.front()?.position;
        let skipped = usize::try_from(from.0.checked_sub(first.0)?).ok()?;
        if skipped >= kept.events.len() {
            return None;
        }
        let mut bytes = 0;
        let within_bytes = |event: &&Recorded| {
            let fits = bytes < BATCH_BYTES_MAX;
            bytes += event.data.len();
            fits
        };
        let events = kept.events.range(skipped..).take(limit);
        Some(events.take_while(within_bytes).cloned().collect())
    }
}

fn size(event: &Recorded) -> usize {
    EVENT_BYTES + event.data.len()
}
