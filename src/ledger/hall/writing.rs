//! An append in the making: the slots of its streams, the events encoded and taken up.

use std::sync::{Arc, Mutex, MutexGuard};

use super::seen::{Begins, Seen, Target};
use crate::domain::Event;
use crate::domain::ids::{EventId, Revision, Stream};
use crate::domain::{Access, Dataset, Directory, Project, Task};
use crate::event_log::{Appending, Expected, NewEvent, StreamAppend, record};
use crate::ledger::caller::Call;
use crate::ledger::slots::{Folded, Held, Shared, Slot, lock, take_up};

/// The state that a slot holds.
pub(super) fn known<S>(slot: &Slot<S>) -> Option<&S> {
    match &slot.held {
        Held::Known(state) => state.as_ref(),
        Held::Unread => None,
    }
}

/// What became of a decision.
pub(super) enum Sent {
    /// An append is on its way.
    Appending {
        /// Its end.
        appending: Appending,
        /// What it was decided on.
        generations: Generations,
    },
    /// Nothing was to be done on the dataset as it is after this event, which may itself be on
    /// its way.
    Nothing {
        /// What it was decided on.
        generations: Generations,
        /// The last event seen.
        revision: Revision,
    },
}

/// The slots of a target.
pub(super) struct Streams {
    pub project: Option<Shared<Project>>,
    pub source: Option<Shared<Dataset>>,
    pub dataset: Option<Shared<Dataset>>,
    pub task: Option<Shared<Task>>,
    pub access: Option<Shared<Access>>,
    pub directory: Option<Shared<Directory>>,
}

/// Which reading of each slot a decision was made on.
#[derive(Clone, Copy)]
pub(super) struct Generations {
    /// The dataset's last event that was sent since its reading.
    pub sent: Option<EventId>,
    pub project: Option<u64>,
    pub dataset: Option<u64>,
    pub task: Option<u64>,
    pub access: Option<u64>,
    pub directory: Option<u64>,
}

impl Streams {
    /// Slots of a target that nobody else has, unread.
    pub fn apart(target: Target) -> Self {
        Self {
            project: target.project.map(|_| unread()),
            source: target.source.map(|_| unread()),
            dataset: target.dataset.map(|_| unread()),
            task: target.task.map(|_| unread()),
            access: target.access.then(unread),
            directory: target.directory.then(unread),
        }
    }

    /// Forgets all that is known of them.
    pub fn forget_all(&self) {
        self.project
            .iter()
            .for_each(|slot| lock(slot).held = Held::Unread);
        self.source
            .iter()
            .for_each(|slot| lock(slot).held = Held::Unread);
        self.dataset
            .iter()
            .for_each(|slot| lock(slot).held = Held::Unread);
        self.task
            .iter()
            .for_each(|slot| lock(slot).held = Held::Unread);
        self.access
            .iter()
            .for_each(|slot| lock(slot).held = Held::Unread);
        self.directory
            .iter()
            .for_each(|slot| lock(slot).held = Held::Unread);
    }

    /// Marks what a call begins as having no event, unless something is known of it already.
    pub fn begin(&self, begins: Begins) {
        begin(self.project.as_ref().filter(|_| begins.project));
        begin(self.dataset.as_ref().filter(|_| begins.dataset));
        begin(self.task.as_ref().filter(|_| begins.task));
    }

    /// Forgets what a failed append was decided on, unless it has been read again since.
    pub fn forget(&self, generations: Generations) {
        forget(self.project.as_ref(), generations.project);
        forget(self.dataset.as_ref(), generations.dataset);
        forget(self.task.as_ref(), generations.task);
        forget(self.access.as_ref(), generations.access);
        forget(self.directory.as_ref(), generations.directory);
    }
}

fn unread<S>() -> Shared<S> {
    Arc::new(Mutex::new(Slot {
        held: Held::Unread,
        sent: None,
        generation: 0,
    }))
}

fn begin<S>(slot: Option<&Shared<S>>) {
    let Some(slot) = slot else { return };
    let mut slot = lock(slot);
    if matches!(slot.held, Held::Unread) {
        slot.generation += 1;
        slot.sent = None;
        slot.held = Held::Known(None);
    }
}

fn forget<S>(slot: Option<&Shared<S>>, generation: Option<u64>) {
    let Some(slot) = slot else { return };
    let mut slot = lock(slot);
    if Some(slot.generation) == generation {
        slot.held = Held::Unread;
    }
}

/// Slots under their locks, which are always taken in the same order.
pub(super) struct Locked<'a> {
    pub project: Option<MutexGuard<'a, Slot<Project>>>,
    pub source: Option<MutexGuard<'a, Slot<Dataset>>>,
    pub dataset: Option<MutexGuard<'a, Slot<Dataset>>>,
    pub task: Option<MutexGuard<'a, Slot<Task>>>,
    pub access: Option<MutexGuard<'a, Slot<Access>>>,
    pub directory: Option<MutexGuard<'a, Slot<Directory>>>,
}

impl<'a> Locked<'a> {
    /// Locks them.
    pub fn of(streams: &'a Streams) -> Self {
        Self {
            project: streams.project.as_deref().map(lock),
            source: streams.source.as_deref().map(lock),
            dataset: streams.dataset.as_deref().map(lock),
            task: streams.task.as_deref().map(lock),
            access: streams.access.as_deref().map(lock),
            directory: streams.directory.as_deref().map(lock),
        }
    }

    /// What a decision sees of them, once they are read.
    pub fn seen(&self) -> Seen<'_> {
        Seen {
            project: self.project.as_ref().and_then(|slot| known(slot)),
            source: self.source.as_ref().and_then(|slot| known(slot)),
            dataset: self.dataset.as_ref().and_then(|slot| known(slot)),
            task: self.task.as_ref().and_then(|slot| known(slot)),
            access: self.access.as_ref().and_then(|slot| known(slot)),
            directory: self.directory.as_ref().and_then(|slot| known(slot)),
        }
    }
}

/// An append in the making.
pub(super) struct Writing<'a> {
    call: &'a Call,
    /// Whether others append too.
    is_shared: bool,
    events: usize,
    pub streams: Vec<StreamAppend>,
}

impl<'c> Writing<'c> {
    /// Nothing yet, for this call, in a log to which others append too or not.
    pub fn of(call: &'c Call, is_shared: bool) -> Self {
        Self {
            call,
            is_shared,
            events: 0,
            streams: Vec::with_capacity(3),
        }
    }

    /// Adds a stream's events and takes them up into its state.
    pub fn add<'a, S: Folded>(
        &mut self,
        stream: Option<Stream>,
        slot: Option<MutexGuard<'a, Slot<S>>>,
        events: Vec<Event>,
    ) -> Option<MutexGuard<'a, Slot<S>>> {
        let (Some(stream), Some(mut slot)) = (stream, slot) else {
            assert!(
                events.is_empty(),
                "a decision writes only to the streams of its target"
            );
            return None;
        };
        if events.is_empty() {
            return Some(slot);
        }
        // An own append that fails leaves its place to another node's event: what was decided on
        // it must not pass for that event's successor.
        let sent = slot.sent.filter(|_| self.is_shared);
        let Held::Known(state) = &mut slot.held else {
            unreachable!("a slot is read before anything is decided on it");
        };
        let expected = match (state.as_ref().map(Folded::revision), sent) {
            (None, _) => Expected::NoStream,
            (Some(revision), Some(event)) => Expected::Sent { revision, event },
            (Some(revision), None) => Expected::Revision(revision),
        };
        let mut encoded: Vec<NewEvent> = Vec::with_capacity(events.len());
        for event in &events {
            encoded.push(record::encode(self.call.event_id(self.events), event));
            self.events += 1;
            take_up(state, event);
        }
        slot.sent = encoded.last().map(|event| event.id);
        self.streams.push(StreamAppend {
            stream,
            expected,
            events: encoded,
        });
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_begins_is_not_read_unless_something_is_known_of_it() {
        let slot = |held| {
            let slot = Slot {
                held,
                sent: None,
                generation: 7,
            };
            Some(Arc::new(Mutex::new(slot)))
        };
        let check = |held, begins: bool, is_unread: bool, generation: u64| {
            let streams = Streams {
                project: None,
                source: None,
                dataset: None,
                task: slot(held),
                access: None,
                directory: None,
            };
            let task = begins;
            streams.begin(Begins {
                task,
                ..Begins::default()
            });
            let after = lock(streams.task.as_deref().expect("a slot"));
            assert_eq!(matches!(after.held, Held::Unread), is_unread);
            assert_eq!(after.generation, generation);
        };
        check(Held::Unread, true, false, 8);
        check(Held::Unread, false, true, 7);
        check(Held::Known(None), true, false, 7);
    }
}
