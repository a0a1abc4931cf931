//! Looking through the log for events that are wanted, in either direction.
//!
//! Bounded in events and in bytes, whatever a filter leaves out: what is wanted may be rare, and
//! bodies of items may be large. Whoever finds the bound goes on from the checkpoint.

use super::home::Homes;
use super::{EventFilter, EventPage, Reads};
use crate::domain::ids::Position;
use crate::event_log::Recorded;
use crate::ledger::error::Outcome;

/// Events read from the log at a time.
const READ_MAX: u64 = 1_000;
/// Events read at a time when looking back: they are held together, with their bodies.
const READ_BACK_MAX: u64 = 250;

/// How far a scan looks at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    events: u64,
    bytes: u64,
}

impl Reach {
    /// A millisecond's work or two: done where it is asked for.
    pub const IN_LINE: Self = Self {
        events: 250,
        bytes: 1 << 20,
    };
    /// All that is looked at for one page: half a second's work.
    pub const FAR: Self = Self {
        events: 100_000,
        bytes: 256 << 20,
    };

    /// Takes an event off; false when it is beyond.
    fn takes(&mut self, recorded: &Recorded) -> bool {
        if self.events == 0 || self.bytes == 0 {
            return false;
        }
        self.events -= 1;
        self.bytes = self.bytes.saturating_sub(recorded.data.len() as u64);
        true
    }
}

/// What is looked through: positions between two others, for so many events.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan {
    pub after: Position,
    pub end: Position,
    pub limit: usize,
    pub reach: Reach,
}

impl Reads {
    /// The first events that are wanted.
    pub(super) fn scan_forward(&self, scan: &Scan, filter: &EventFilter) -> Outcome<EventPage> {
        let (mut reach, mut homes) = (scan.reach, Homes::default());
        let mut page = EventPage {
            rows: Vec::new(),
            has_more: false,
            checkpoint: scan.after,
        };
        while page.checkpoint.next() < scan.end {
            let count = reach.events.clamp(1, READ_MAX) as usize;
            let next = page.checkpoint.next();
            let events = self.ledger.inner.log.read_all(next, count)?;
            if events.is_empty() {
                break;
            }
            let within = |recorded: &&Recorded| recorded.position < scan.end;
            for recorded in events.iter().take_while(within) {
                if page.rows.len() == scan.limit || !reach.takes(recorded) {
                    page.has_more = true;
                    return Ok(page);
                }
                page.checkpoint = recorded.position;
                page.rows.extend(self.shown(recorded, filter, &mut homes)?);
            }
        }
        Ok(page)
    }

    /// The last events that are wanted, in the order of the log.
    pub(super) fn scan_back(&self, scan: &Scan, filter: &EventFilter) -> Outcome<EventPage> {
        let (mut reach, mut homes) = (scan.reach, Homes::default());
        let mut page = EventPage {
            rows: Vec::new(),
            has_more: false,
            checkpoint: scan.end,
        };
        let first = scan.after.next();
        'scan: while page.checkpoint > first {
            let count = reach.events.clamp(1, READ_BACK_MAX);
            let from = Position(page.checkpoint.0.saturating_sub(count).max(first.0));
            for recorded in self.between(from, page.checkpoint)?.iter().rev() {
                if page.rows.len() == scan.limit || !reach.takes(recorded) {
                    page.has_more = true;
                    break 'scan;
                }
                page.checkpoint = recorded.position;
                page.rows.extend(self.shown(recorded, filter, &mut homes)?);
            }
            page.checkpoint = from;
        }
        page.rows.reverse();
        Ok(page)
    }

    /// The events from one position up to another.
    fn between(&self, from: Position, end: Position) -> Outcome<Vec<Recorded>> {
        let mut events: Vec<Recorded> = Vec::new();
        let mut next = from;
        while next < end {
            let count = usize::try_from(end.0 - next.0).unwrap_or(usize::MAX);
            let read = self.ledger.inner.log.read_all(next, count)?;
            let Some(last) = read.last() else { break };
            next = last.position.next();
            events.extend(read);
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::{EventId, Revision, Stream};
    use crate::event_log::Context;

    #[test]
    fn a_reach_ends_with_its_events_or_its_bytes() {
        let recorded = Recorded {
            position: Position(1),
            stream: Stream::Ledger,
            revision: Revision(0),
            id: EventId(Uuid::nil()),
            name: "TaskFailed".into(),
            schema_version: 1,
            recorded_at: DateTime::UNIX_EPOCH,
            context: Context {
                actor: "ada".into(),
                correlation: None,
                causation: None,
                idempotency: None,
            },
            data: vec![0; 10].into(),
        };
        let taken = |events, bytes| {
            let mut reach = Reach { events, bytes };
            (0..99).take_while(|_| reach.takes(&recorded)).count()
        };
        assert_eq!(taken(3, 1_000), 3);
        // The event that goes over the bytes is the last one.
        assert_eq!(taken(50, 25), 3);
        assert_eq!(taken(0, 1_000), 0);
    }
}
