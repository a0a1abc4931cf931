//! Whether an append may become part of the log: the rules that every adapter shares.
//!
//! Says yes, no, or "it is there already" from what the adapter knows of its log. Never writes.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::port::{APPEND_BYTES_MAX, Append, AppendFault, Appended, Expected, Recorded};
use crate::domain::ids::{EventId, Position, Revision, Stream};

/// What an event counts besides its data and the texts that come with it: more than any backend
/// writes of ids, times, names and numbers.
const ENVELOPE_BYTES: usize = 512;

impl Append {
    /// What it counts towards [`APPEND_BYTES_MAX`]. Each event is written with the whole context,
    /// whose texts count twice, since a backend may have to escape them.
    pub fn bytes(&self) -> usize {
        let key = self.context.idempotency.as_ref();
        let texts = self.context.actor.len() + key.map_or(0, |mark| mark.key.len());
        let events = self.streams.iter().flat_map(|part| &part.events);
        events
            .map(|event| event.data.len() + ENVELOPE_BYTES + 2 * texts)
            .sum()
    }
}

/// What an append's admission asks of the log as the append before left it.
pub(super) trait Known {
    /// Why the log cannot tell.
    type Fault;

    /// The revision of the stream's last event.
    fn revision(&mut self, stream: Stream) -> Result<Option<Revision>, Self::Fault>;

    /// The event with this id.
    fn event(&mut self, id: EventId) -> Result<Option<Recorded>, Self::Fault>;

    /// When the event at this position was appended; none when there is no such event.
    fn recorded_at(&mut self, position: Position) -> Result<Option<DateTime<Utc>>, Self::Fault>;
}

/// What is wrong with an append, whatever the log holds; nothing when it is well formed.
pub(super) fn check_form(append: &Append) -> Result<(), AppendFault> {
    let events = || append.streams.iter().flat_map(|part| &part.events);
    if append.streams.is_empty() || append.streams.iter().any(|part| part.events.is_empty()) {
        return Err(AppendFault::Malformed("a stream without events"));
    }
    if append.bytes() > APPEND_BYTES_MAX {
        return Err(AppendFault::Malformed("more bytes than APPEND_BYTES_MAX"));
    }
    if append.streams.len() > 1 {
        let mut streams = HashSet::new();
        if !append
            .streams
            .iter()
            .all(|part| streams.insert(part.stream))
        {
            return Err(AppendFault::Malformed("a stream twice"));
        }
    }
    let mut ids = HashSet::new();
    if events().nth(1).is_some() && !events().all(|event| ids.insert(event.id)) {
        return Err(AppendFault::Malformed("an event id twice"));
    }
    Ok(())
}

/// The first stream that is not where the append expects it, with the revision found.
pub(super) fn check_expected<K: Known>(
    append: &Append,
    known: &mut K,
) -> Result<Result<(), AppendFault>, K::Fault> {
    for part in &append.streams {
        let (stream, found) = (part.stream, known.revision(part.stream)?);
        let is_expected = match part.expected {
            Expected::NoStream => found.is_none(),
            Expected::Revision(revision) => found == Some(revision),
            Expected::Sent { revision, event } => {
                let is_there = |last: Recorded| last.stream == stream && last.revision == revision;
                found == Some(revision) && known.event(event)?.is_some_and(is_there)
            }
        };
        if !is_expected {
            return Ok(Err(AppendFault::Conflict { stream, found }));
        }
    }
    Ok(Ok(()))
}

/// The first result of an append that is in the log already; none when none of its ids is. Other
/// bytes, other streams, or a part of an append: [`AppendFault::IdReused`].
pub(super) fn find_repeated<K: Known>(
    append: &Append,
    known: &mut K,
) -> Result<Result<Option<Appended>, AppendFault>, K::Fault> {
    let mut found = Vec::new();
    let mut missing = false;
    for part in &append.streams {
        for event in &part.events {
            let Some(recorded) = known.event(event.id)? else {
                missing = true;
                continue;
            };
            let same = recorded.stream == part.stream
                && *recorded.name == *event.name
                && recorded.schema_version == event.schema_version
                && recorded.data == event.data;
            if !same {
                return Ok(Err(AppendFault::IdReused { id: event.id }));
            }
            found.push((event.id, recorded.position, recorded.recorded_at));
        }
    }
    let (Some(&(id, first, recorded_at)), Some(&(_, last, _))) = (found.first(), found.last())
    else {
        return Ok(Ok(None));
    };
    let side_by_side = found
        .windows(2)
        .all(|pair| pair[1].1 == pair[0].1.next() && pair[1].2 == recorded_at);
    // Only the events of one append share a time, so its neighbours' times tell where it ends.
    let before = Position(first.0 - 1);
    let whole = known.recorded_at(before)? != Some(recorded_at)
        && known.recorded_at(last.next())? != Some(recorded_at);
    if missing || !side_by_side || !whole {
        return Ok(Err(AppendFault::IdReused { id }));
    }
    Ok(Ok(Some(Appended {
        first,
        last,
        recorded_at,
    })))
}

/// The time of the next append: what the clock says, but later than the append before.
pub(super) fn next_time(now: DateTime<Utc>, before: Option<DateTime<Utc>>) -> DateTime<Utc> {
    before.map_or(now, |before| now.max(before + TimeDelta::microseconds(1)))
}
