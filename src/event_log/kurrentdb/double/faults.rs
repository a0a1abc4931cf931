//! What goes wrong in the double, on order or at random from a seed.

#![cfg(test)]

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// What becomes of one call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is done and answered.
    Well,
    /// It is not done, and answered so that it may be tried again.
    Unavailable,
    /// It is done, and the answer is lost.
    Unanswered,
    /// The connection is cut before it is done.
    Cut,
    /// The connection is cut after it is done.
    CutAfter,
}

/// The orders.
pub struct Faults {
    refused: AtomicU32,
    unanswered: AtomicU32,
    /// While it is set subscriptions that are open say nothing.
    pub is_silent: AtomicBool,
    /// While it is set calls are taken and never answered.
    pub is_frozen: AtomicBool,
    /// Whether there is no open call of appends, as in servers of old.
    pub is_old: AtomicBool,
    broken: watch::Sender<u64>,
    chaos: Mutex<Option<Random>>,
}

impl Faults {
    pub fn none() -> Self {
        Self {
            refused: AtomicU32::new(0),
            unanswered: AtomicU32::new(0),
            is_silent: AtomicBool::new(false),
            is_frozen: AtomicBool::new(false),
            is_old: AtomicBool::new(false),
            broken: watch::Sender::new(0),
            chaos: Mutex::new(None),
        }
    }

    /// The next so many appends are refused as unavailable.
    pub fn refuse(&self, appends: u32) {
        self.refused.store(appends, Ordering::SeqCst);
    }

    /// The next so many appends are made, and their answers lost.
    pub fn lose_answers(&self, appends: u32) {
        self.unanswered.store(appends, Ordering::SeqCst);
    }

    /// All subscriptions that are open break.
    pub fn break_subscriptions(&self) {
        self.broken.send_modify(|count| *count += 1);
    }

    /// Tells when subscriptions break.
    pub fn broken(&self) -> watch::Receiver<u64> {
        self.broken.subscribe()
    }

    /// From now on things go wrong at random; with no seed they go well again.
    pub fn chaos(&self, seed: Option<u64>) {
        *self.random() = seed.map(Random);
    }

    /// What becomes of this append, and how long it takes before that.
    pub fn of_append(&self) -> (Fate, Duration) {
        if take_one(&self.refused) {
            return (Fate::Unavailable, Duration::ZERO);
        }
        if take_one(&self.unanswered) {
            return (Fate::Unanswered, Duration::ZERO);
        }
        let mut chaos = self.random();
        let Some(random) = chaos.as_mut() else {
            return (Fate::Well, Duration::ZERO);
        };
        let fate = match random.below(40) {
            0 => Fate::Unavailable,
            1 | 2 => Fate::Unanswered,
            3 => Fate::Cut,
            4 => Fate::CutAfter,
            _ => Fate::Well,
        };
        (fate, Duration::from_micros(random.below(3_000)))
    }

    /// What becomes of this read.
    pub fn of_read(&self) -> Fate {
        let mut chaos = self.random();
        match chaos.as_mut().map(|random| random.below(30)) {
            Some(0) => Fate::Unavailable,
            Some(1) => Fate::Cut,
            Some(_) | None => Fate::Well,
        }
    }

    /// Whether a subscription breaks after this event.
    pub fn breaks_after_event(&self) -> bool {
        let mut chaos = self.random();
        chaos.as_mut().is_some_and(|random| random.below(60) == 0)
    }

    fn random(&self) -> std::sync::MutexGuard<'_, Option<Random>> {
        self.chaos.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take_one(count: &AtomicU32) -> bool {
    let less = |count: u32| count.checked_sub(1);
    count
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
        .is_ok()
}

/// Xorshift: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
