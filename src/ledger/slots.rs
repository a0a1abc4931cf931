//! The bounded map of folded states: one slot a stream, each behind its own lock.
//!
//! A slot holds the state after the last append *sent*. Forgetting one is always safe: it is read
//! again, and a decision made on a stale one fails its expected revision.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use crate::domain::ids::{DatasetId, EventId, ProjectId, Revision, Stream, TaskId};
use crate::domain::{Access, Dataset, Directory, Event, Project, Task};
use crate::views::Fact;

/// States of each kind that are kept.
const STATES_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

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

folded! { Project Dataset Task Access Directory }

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
    /// The last event that was sent since it was read: not known to be in the log yet.
    pub sent: Option<EventId>,
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
                sent: None,
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

impl<K: Hash + Eq, S: Folded> Slots<K, S> {
    /// Forgets what is known of this stream when it has come further than that, to this revision:
    /// another node appended to it.
    fn overtaken(&self, id: &K, revision: Revision) {
        let slot = {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.peek(id).cloned()
        };
        let Some(slot) = slot else { return };
        let mut slot = lock(&slot);
        let is_older = match &slot.held {
            Held::Unread => false,
            Held::Known(None) => true,
            Held::Known(Some(state)) => state.revision() < revision,
        };
        if is_older {
            slot.held = Held::Unread;
        }
    }
}

/// The states that are at hand.
pub(super) struct States {
    pub projects: Slots<ProjectId, Project>,
    pub datasets: Slots<DatasetId, Dataset>,
    pub tasks: Slots<TaskId, Task>,
    pub access: Slots<(), Access>,
    pub directory: Slots<(), Directory>,
}

impl States {
    /// None yet.
    pub fn bounded() -> Self {
        Self {
            projects: Slots::bounded(STATES_MAX),
            datasets: Slots::bounded(STATES_MAX),
            tasks: Slots::bounded(STATES_MAX),
            access: Slots::bounded(NonZeroUsize::MIN),
            directory: Slots::bounded(NonZeroUsize::MIN),
        }
    }

    /// Forgets the states that these facts, which are in the log, have left behind.
    pub fn overtaken(&self, facts: &[Fact]) {
        let last: HashMap<Stream, Revision> = facts
            .iter()
            .map(|fact| (fact.recorded.stream, fact.recorded.revision))
            .collect();
        for (stream, revision) in last {
            match stream {
                Stream::Ledger => self.directory.overtaken(&(), revision),
                Stream::Project(id) => self.projects.overtaken(&id, revision),
                Stream::Dataset(id) => self.datasets.overtaken(&id, revision),
                Stream::Task(id) => self.tasks.overtaken(&id, revision),
                Stream::Access => self.access.overtaken(&(), revision),
            }
        }
    }
}
