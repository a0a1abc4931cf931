//! What appends are judged on: the log's end, the node's copy before it, and what goes before them
//! in the same batch. Judges, and gives those that are admitted their places and times.
//!
//! Never asks the cluster. That the end is still the end, the append's expected revision proves; a
//! refusal has no such proof, so it says when it is unsure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use eventstore::EventData;

use super::tail::Tail;
use super::wire::{self, Proposed};
use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::admission::{self, Known};
use crate::event_log::port::{Append, AppendFault, Appended, Expected, ReadFault, Recorded};
use crate::event_log::sqlite::Reading;

/// The most bytes in one append of KurrentDB's, whose own bound is 1 MiB unless it is configured.
const APPEND_BYTES_MAX: usize = 1 << 20;
/// The most appends of ours in one of KurrentDB's.
pub(super) const BATCH_APPENDS_MAX: usize = 1_024;

/// Why nothing could be judged.
#[derive(Debug)]
pub(super) enum Unjudged {
    /// The copy does not yet reach to where the tail begins.
    CopyBehind,
    /// The copy cannot be read.
    Unreadable(ReadFault),
}

/// A batch that was judged.
pub(super) struct Judged {
    /// One for each of the first appends; true only once the events stand in the log.
    pub(super) answers: Vec<Result<Appended, AppendFault>>,
    /// The events to be appended.
    pub(super) events: Vec<Recorded>,
    /// The same in KurrentDB's form.
    pub(super) proposed: Vec<EventData>,
    /// The position after which they go.
    pub(super) after: Position,
    /// Whether an answer would be another one if the log goes on beyond the end known.
    pub(super) unsure: bool,
}

/// Judges as many appends as go into one append of KurrentDB's, in their order, at least one.
pub(super) fn judge<'a>(
    tail: &Tail,
    copy: Option<Reading>,
    appends: impl Iterator<Item = &'a Append>,
    now: DateTime<Utc>,
) -> Result<Judged, Unjudged> {
    let mut basis = Basis::new(tail, copy);
    let mut answers = Vec::new();
    for append in appends.take(BATCH_APPENDS_MAX) {
        match basis.judge(append, now)? {
            Some(answer) => answers.push(answer),
            None => break,
        }
    }
    Ok(Judged {
        answers,
        events: basis.events,
        proposed: basis.proposed,
        after: tail.head(),
        unsure: basis.unsure,
    })
}

struct Basis<'a> {
    tail: &'a Tail,
    copy: Option<Reading>,
    events: Vec<Recorded>,
    proposed: Vec<EventData>,
    bytes: usize,
    ids: HashMap<EventId, usize>,
    revisions: HashMap<Stream, Revision>,
    unsure: bool,
}

impl<'a> Basis<'a> {
    fn new(tail: &'a Tail, copy: Option<Reading>) -> Self {
        Self {
            tail,
            copy,
            events: Vec::new(),
            proposed: Vec::new(),
            bytes: 0,
            ids: HashMap::new(),
            revisions: HashMap::new(),
            unsure: false,
        }
    }

    /// The append's answer; none when there is no room for it in this batch.
    fn judge(
        &mut self,
        append: &Append,
        now: DateTime<Utc>,
    ) -> Result<Option<Result<Appended, AppendFault>>, Unjudged> {
        match admission::find_repeated(append, self)? {
            Ok(Some(appended)) => {
                // Whether it is whole shows only in what comes after it.
                self.unsure |= appended.last == self.tail.head();
                return Ok(Some(Ok(appended)));
            }
            Ok(None) => {}
            Err(fault) => {
                self.unsure = true;
                return Ok(Some(Err(fault)));
            }
        }
        if let Err(conflict) = admission::check_expected(append, self)? {
            self.unsure |= !is_overtaken(append, &conflict);
            return Ok(Some(Err(conflict)));
        }
        self.admit(append, now)
    }

    fn admit(
        &mut self,
        append: &Append,
        now: DateTime<Utc>,
    ) -> Result<Option<Result<Appended, AppendFault>>, Unjudged> {
        let last = self.events.last();
        let before = last.map_or(self.tail.time(), |event| Some(event.recorded_at));
        let events = self.placed(append, admission::next_time(now, before))?;
        let proposed: Vec<Proposed> = events.iter().map(wire::proposed).collect();
        let bytes: usize = proposed.iter().map(|event| event.bytes).sum();
        if self.bytes + bytes > APPEND_BYTES_MAX {
            let too_large = AppendFault::Malformed("more than one append of KurrentDB may hold");
            return Ok(self.events.is_empty().then_some(Err(too_large)));
        }
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            return Ok(Some(Err(AppendFault::Malformed("an append of no events"))));
        };
        let appended = Appended {
            first: first.position,
            last: last.position,
            recorded_at: first.recorded_at,
        };
        self.bytes += bytes;
        for event in events {
            self.ids.insert(event.id, self.events.len());
            self.revisions.insert(event.stream, event.revision);
            self.events.push(event);
        }
        let proposed = proposed.into_iter().map(|event| event.event);
        self.proposed.extend(proposed);
        Ok(Some(Ok(appended)))
    }

    fn placed(
        &mut self,
        append: &Append,
        recorded_at: DateTime<Utc>,
    ) -> Result<Vec<Recorded>, Unjudged> {
        let mut position = Position(self.tail.head().0 + self.events.len() as u64);
        let mut placed = Vec::new();
        for part in &append.streams {
            let mut last = self.revision(part.stream)?;
            for event in &part.events {
                position = position.next();
                let revision = last.map_or(Revision::FIRST, Revision::next);
                last = Some(revision);
                let place = (position, part.stream, revision);
                placed.push(event.recorded(place, recorded_at, &append.context));
            }
        }
        Ok(placed)
    }

    /// The copy, if there is anything that only it knows.
    fn copy(&mut self) -> Result<Option<&mut Reading>, Unjudged> {
        let forgotten = self.tail.forgotten();
        if forgotten == Position::START {
            return Ok(None);
        }
        match &mut self.copy {
            Some(copy) if copy.head() >= forgotten => Ok(Some(copy)),
            Some(_) | None => Err(Unjudged::CopyBehind),
        }
    }
}

/// Whether the stream has gone beyond what the append expects: nothing appended meanwhile changes
/// that.
fn is_overtaken(append: &Append, fault: &AppendFault) -> bool {
    let AppendFault::Conflict { stream, found } = fault else {
        return false;
    };
    append.streams.iter().any(|part| {
        part.stream == *stream
            && match part.expected {
                Expected::NoStream => found.is_some(),
                Expected::Revision(expected)
                | Expected::Sent {
                    revision: expected, ..
                } => *found > Some(expected),
            }
    })
}

impl Known for Basis<'_> {
    type Fault = Unjudged;

    fn revision(&mut self, stream: Stream) -> Result<Option<Revision>, Unjudged> {
        let here = self.revisions.get(&stream).copied();
        if let Some(revision) = here.or_else(|| self.tail.revision(stream)) {
            return Ok(Some(revision));
        }
        match self.copy()? {
            Some(copy) => copy.revision(stream).map_err(Unjudged::Unreadable),
            None => Ok(None),
        }
    }

    fn event(&mut self, id: EventId) -> Result<Option<Recorded>, Unjudged> {
        let here = self.ids.get(&id).map(|index| &self.events[*index]);
        if let Some(event) = here.or_else(|| self.tail.event(id)) {
            return Ok(Some(event.clone()));
        }
        match self.copy()? {
            Some(copy) => copy.event(id).map_err(Unjudged::Unreadable),
            None => Ok(None),
        }
    }

    fn recorded_at(&mut self, position: Position) -> Result<Option<DateTime<Utc>>, Unjudged> {
        if let Some(index) = position.0.checked_sub(self.tail.head().next().0) {
            let event = usize::try_from(index)
                .ok()
                .and_then(|index| self.events.get(index));
            return Ok(event.map(|event| event.recorded_at));
        }
        if let Some(event) = self.tail.at(position) {
            return Ok(Some(event.recorded_at));
        }
        match self.copy()? {
            Some(copy) => copy.recorded_at(position).map_err(Unjudged::Unreadable),
            None => Ok(None),
        }
    }
}
