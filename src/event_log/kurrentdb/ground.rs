//! What the appender and the followers of one log stand on: the link, the log's end, the copy.
//!
//! Whoever reads an event lets the others know by the tail. What is read is checked here, once: no
//! event out of its place, none that is somebody else's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventstore::RecordedEvent;

use super::link::{Link, LinkFault, PAGE_EVENTS_MAX};
use super::tail::Tail;
use super::wire;
use crate::clock::Clock;
use crate::domain::ids::Position;
use crate::event_log::figures::LogFigures;
use crate::event_log::port::{ReadFault, Recorded};
use crate::event_log::sqlite::Reading;

/// Why the log could not be read to its end.
#[derive(Debug)]
pub(super) enum ReadOnFault {
    /// The cluster did not answer, or will not.
    Link(LinkFault),
    /// The log holds what must not be there, or not what must.
    Log(ReadFault),
}

/// What is shared.
pub(super) struct Ground {
    pub(super) link: Link,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) figures: LogFigures,
    tail: Mutex<Tail>,
    copy: Mutex<Option<Reading>>,
    queued_bytes: AtomicUsize,
}

impl Ground {
    pub(super) fn new(link: Link, tail: Tail, clock: Arc<dyn Clock>) -> Self {
        Self {
            link,
            clock,
            figures: LogFigures::default(),
            tail: Mutex::new(tail),
            copy: Mutex::new(None),
            queued_bytes: AtomicUsize::new(0),
        }
    }

    /// The log's end. Held for look-ups only, never while waiting.
    pub(super) fn tail(&self) -> MutexGuard<'_, Tail> {
        // A holder that panicked left it whole, or its appends lose their race: go on.
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets everyone know of events that stand in the log.
    pub(super) fn take_up(&self, events: &[Recorded]) {
        let mut tail = self.tail();
        events.iter().for_each(|event| tail.take_up(event));
    }

    /// The node's copy, once it is open.
    pub(super) fn copy(&self) -> Option<Reading> {
        let copy = self.copy.lock();
        copy.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the node's copy, in place of the one before.
    pub(super) fn take_copy(&self, copy: Reading) {
        let mut taken = self.copy.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = Some(copy);
    }

    /// Adds to the bytes that wait; false when that would be more than `bytes_max`.
    pub(super) fn take_bytes(&self, bytes: usize, bytes_max: usize) -> bool {
        let before = self.queued_bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = before + bytes <= bytes_max;
        if !fits {
            self.let_go_bytes(bytes);
        }
        fits
    }

    /// Bytes that wait no more.
    pub(super) fn let_go_bytes(&self, bytes: usize) {
        self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// The event that was read where `expected` should stand.
    pub(super) fn checked(
        &self,
        event: &RecordedEvent,
        expected: Position,
    ) -> Result<Recorded, ReadFault> {
        let position = Position(event.revision + 1);
        if position != expected {
            return Err(self.missing(expected));
        }
        wire::recorded(event)
    }

    /// The fault of a log without an event at this position, though it goes on beyond it.
    pub(super) fn missing(&self, position: Position) -> ReadFault {
        let message = format!(
            "the stream {} has lost event {} and perhaps others: it was deleted or truncated, \
             which a ledger does not survive; restore KurrentDB's backup",
            self.link.stream(),
            position.0,
        );
        ReadFault::Storage(message)
    }

    /// Takes up all that the log has beyond the end known.
    pub(super) async fn read_on(&self) -> Result<(), ReadOnFault> {
        // Ends at the log's end: it grows more slowly than it is read, or the caller's time ends.
        loop {
            let mut expected = self.tail().head().next();
            let page = self.link.read(expected).await.map_err(ReadOnFault::Link)?;
            let mut events = Vec::with_capacity(page.len());
            for event in &page {
                let event = self.checked(event, expected).map_err(ReadOnFault::Log)?;
                expected = expected.next();
                events.push(event);
            }
            self.take_up(&events);
            if page.len() < PAGE_EVENTS_MAX {
                return Ok(());
            }
        }
    }
}
