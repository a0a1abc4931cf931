//! The end of the log as this node knows it: where it is, and the last events before it.
//!
//! Bounded in bytes: what is older is in the node's copy. Whoever reads an event after the end
//! hands it here, so appender and followers learn from each other. Nothing is taken up with a gap.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};

use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::port::Recorded;

/// What an event takes besides its data, about.
const EVENT_BYTES: usize = 1_024;

/// The end of the log.
pub(super) struct Tail {
    bytes_max: usize,
    head: Position,
    time: Option<DateTime<Utc>>,
    recent: VecDeque<Recorded>,
    bytes: usize,
    ids: HashMap<EventId, Position>,
    /// The streams that have an event in `recent`, with the last one's revision.
    revisions: HashMap<Stream, Revision>,
}

impl Tail {
    /// A tail that begins after this event, the log's last; it keeps so many bytes of events.
    pub(super) fn after(last: Option<&Recorded>, bytes_max: usize) -> Self {
        Self {
            bytes_max,
            head: last.map_or(Position::START, |event| event.position),
            time: last.map(|event| event.recorded_at),
            recent: VecDeque::new(),
            bytes: 0,
            ids: HashMap::new(),
            revisions: HashMap::new(),
        }
    }

    /// Takes an event up if it is the next one. Whoever has read one further on leaves it to
    /// those who read in between.
    pub(super) fn take_up(&mut self, event: &Recorded) {
        if event.position != self.head.next() {
            return;
        }
        self.head = event.position;
        self.time = Some(event.recorded_at);
        self.bytes += size(event);
        self.ids.insert(event.id, event.position);
        self.revisions.insert(event.stream, event.revision);
        self.recent.push_back(event.clone());
        while self.bytes > self.bytes_max
            && let Some(oldest) = self.recent.pop_front()
        {
            self.bytes -= size(&oldest);
            self.ids.remove(&oldest.id);
            if self.revisions.get(&oldest.stream) == Some(&oldest.revision) {
                self.revisions.remove(&oldest.stream);
            }
        }
    }

    /// The last position.
    pub(super) const fn head(&self) -> Position {
        self.head
    }

    /// The last event's time.
    pub(super) const fn time(&self) -> Option<DateTime<Utc>> {
        self.time
    }

    /// The position up to which a copy must reach to know all that is forgotten here.
    pub(super) fn forgotten(&self) -> Position {
        let first = self.recent.front();
        first.map_or(self.head, |event| Position(event.position.0 - 1))
    }

    /// The stream's last revision, if it has an event here.
    pub(super) fn revision(&self, stream: Stream) -> Option<Revision> {
        self.revisions.get(&stream).copied()
    }

    /// The event with this id, if it is here.
    pub(super) fn event(&self, id: EventId) -> Option<&Recorded> {
        self.at(*self.ids.get(&id)?)
    }

    /// The event at this position, if it is here.
    pub(super) fn at(&self, position: Position) -> Option<&Recorded> {
        let first = self.recent.front()?.position;
        let index = position.0.checked_sub(first.0)?;
        self.recent.get(usize::try_from(index).ok()?)
    }
}

fn size(event: &Recorded) -> usize {
    EVENT_BYTES + event.data.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::contract::harness::{context, event, micros, stream};

    fn recorded(position: u64, on: u128, revision: u64) -> Recorded {
        let new = event(position);
        Recorded {
            position: Position(position),
            stream: stream(on),
            revision: Revision(revision),
            id: new.id,
            name: new.name.into(),
            schema_version: new.schema_version,
            recorded_at: micros(1_000 * position as i64),
            context: context(),
            data: new.data,
        }
    }

    #[test]
    fn only_the_next_event_is_taken_up() {
        let mut tail = Tail::after(Some(&recorded(7, 1, 3)), usize::MAX);
        assert_eq!((tail.head(), tail.forgotten()), (Position(7), Position(7)));
        assert_eq!(tail.revision(stream(1)), None, "the copy knows it");
        for position in [6, 7, 9] {
            tail.take_up(&recorded(position, 1, 9));
            assert_eq!(tail.head(), Position(7));
        }
        tail.take_up(&recorded(8, 1, 4));
        assert_eq!((tail.head(), tail.forgotten()), (Position(8), Position(7)));
        assert_eq!(tail.revision(stream(1)), Some(Revision(4)));
        assert_eq!(tail.time(), Some(micros(8_000)));
        assert_eq!(tail.event(event(8).id), Some(&recorded(8, 1, 4)));
    }

    #[test]
    fn what_is_forgotten_is_forgotten_in_full() {
        let two = 2 * (EVENT_BYTES + 1);
        let mut tail = Tail::after(None, two);
        for (position, on, revision) in [(1, 1, 0), (2, 2, 0), (3, 1, 1), (4, 3, 0)] {
            tail.take_up(&recorded(position, on, revision));
        }
        assert_eq!((tail.head(), tail.forgotten()), (Position(4), Position(2)));
        let revisions = [1, 2, 3].map(|on| tail.revision(stream(on)));
        assert_eq!(revisions, [Some(Revision(1)), None, Some(Revision(0))]);
        let known = [1, 2, 3, 4].map(|number| tail.event(event(number).id).is_some());
        assert_eq!(known, [false, false, true, true]);
        let known = [1, 2, 3, 4, 5].map(|number| tail.at(Position(number)).is_some());
        assert_eq!(known, [false, false, true, true, false]);
    }
}
