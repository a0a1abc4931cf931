//! The bounded map of folded states: one slot a stream, each behind its own lock.
//!
//! A slot holds the state after the last append *sent*. Forgetting one is always safe: it is read
//! again, and a decision made on a stale one fails its expected revision.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use crate::domain::ids::Revision;
use crate::domain::{Access, Dataset, Event, Project, Task};

/// A state that is the fold of one stream.
pub(super) trait Folded: Sized {
    /// The state after a stream's first event; none when that event begins no such stream.
    fn begin(event: &Event) -> Option<Self>;
    /// The state after the next event.
    fn evolve(&mut self, event: &Event);
    /// The last event's place.
    fn revision(&self) -> Revision;
}

macro_rules! folded {
    ($($state:ty)+) => {$(
        impl Folded for $state {
            fn begin(event: &Event) -> Option<Self> {
                <$state>::begin(event)
            }
            fn evolve(&mut self, event: &Event) {
                <$state>::evolve(self, event);
            }
            fn revision(&self) -> Revision {
                self.revision
            }
        }
    )+};
}

folded! { Project Dataset Task Access }

/// Takes events up into a state that may not have begun.
pub(super) fn take_up<S: Folded>(state: &mut Option<S>, event: &Event) {
    match state {
        Some(state) => state.evolve(event),
        None => *state = S::begin(event),
    }
}

/// What is known of one stream.
pub(super) enum Held<S> {
    /// Nothing yet: it must be read.
    Unread,
    /// The state; none when the stream has no events.
    Known(Option<S>),
}

/// One stream's slot.
pub(super) struct Slot<S> {
    /// What is known.
    pub held: Held<S>,
    /// Counts how often it was read, so that a late failure forgets only what it decided on.
    pub generation: u64,
}

/// A slot that can be locked.
pub(super) type Shared<S> = Arc<Mutex<Slot<S>>>;

/// Locks a slot; one whose last holder panicked is read again.
pub(super) fn lock<S>(slot: &Mutex<Slot<S>>) -> MutexGuard<'_, Slot<S>> {
    slot.lock().unwrap_or_else(|poisoned| {
        let mut guard = PoisonError::into_inner(poisoned);
        guard.held = Held::Unread;
        guard
    })
}

/// Slots by id; the least recently used is forgotten at the bound.
pub(super) struct Slots<K: Hash + Eq, S> {
    slots: Mutex<LruCache<K, Shared<S>>>,
}

impl<K: Hash + Eq, S> Slots<K, S> {
    pub fn bounded(slots_max: NonZeroUsize) -> Self {
        Self {
            slots: Mutex::new(LruCache::new(slots_max)),
        }
    }

    /// The slot of this id.
    pub fn slot(&self, id: K) -> Shared<S> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let unread = || {
            Arc::new(Mutex::new(Slot {
                held: Held::Unread,
                generation: 0,
            }))
        };
        slots.get_or_insert(id, unread).clone()
    }

    /// The slot of this id, if there is one already.
    pub fn slot_at_hand(&self, id: &K) -> Option<Shared<S>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.get(id).cloned()
    }
}
