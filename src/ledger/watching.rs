//! Who watches what happens on this node, and how far each of them has come.
//!
//! Kept for those who look after the node: nothing is decided by it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::ids::Position;

/// All who watch.
#[derive(Debug, Default)]
pub(super) struct Watching {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    next: u64,
    by_watcher: HashMap<u64, Arc<AtomicU64>>,
}

/// One who watches, until it is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    watching: Arc<Watching>,
    number: u64,
    seen: Arc<AtomicU64>,
}

impl Watching {
    /// Someone watches from this position on.
    pub fn join(self: &Arc<Self>, at: Position) -> Watch {
        let seen = Arc::new(AtomicU64::new(at.0));
        let mut all = self.all();
        let number = all.next;
        all.next += 1;
        all.by_watcher.insert(number, seen.clone());
        Watch {
            watching: self.clone(),
            number,
            seen,
        }
    }

    /// How many watch, and how many positions the slowest is behind this one.
    pub fn lag(&self, head: Position) -> (usize, u64) {
        let all = self.all();
        let positions = all.by_watcher.values();
        let slowest = positions.map(|seen| seen.load(Ordering::Relaxed)).min();
        let lag = slowest.map_or(0, |slowest| head.0.saturating_sub(slowest));
        (all.by_watcher.len(), lag)
    }

    fn all(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// This position was looked at.
    pub fn saw(&self, position: Position) {
        self.seen.fetch_max(position.0, Ordering::Relaxed);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watching.all().by_watcher.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_is_told_until_it_goes() {
        let watching = Arc::new(Watching::default());
        assert_eq!(watching.lag(Position(9)), (0, 0));
        let quick = watching.join(Position(2));
        let slow = watching.join(Position(2));
        quick.saw(Position(9));
        slow.saw(Position(5));
        slow.saw(Position(4));
        assert_eq!(watching.lag(Position(9)), (2, 4));
        drop(slow);
        assert_eq!(watching.lag(Position(9)), (1, 0));
    }
}
