//! A batch: appends written one after the other in one transaction, for one sync.
//!
//! An append that is refused leaves nothing, and does not touch the others. Knows nothing of
//! queues, threads or who waits.

use std::num::NonZeroUsize;

use chrono::{DateTime, Utc};
use lru::LruCache;
use rusqlite::{CachedStatement, Connection, ErrorCode};
use uuid::Version;

use super::{queries, row};
use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::admission::{self, Known};
use crate::event_log::port::{Append, AppendFault, Appended, Recorded};

/// The streams whose last revision is remembered, so that an append to one of them asks nothing.
const REVISIONS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(65_535);

/// Where the log ends.
pub(super) struct Tail {
    /// The last position.
    pub(super) head: Position,
    /// The last event's time.
    time: Option<DateTime<Utc>>,
    revisions: LruCache<Stream, Revision>,
}

impl Tail {
    /// Where the log in this file ends.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let head = queries::head(connection)?;
        Ok(Self {
            head: head.map_or(Position::START, |(position, _)| position),
            time: head.map(|(_, time)| time),
            revisions: LruCache::new(REVISIONS_MAX),
        })
    }
}

/// A transaction that is open. After an error from it nothing is known: the batch is lost, and so
/// is its `Tail`.
pub(super) struct Batch<'a> {
    connection: &'a Connection,
    insert: CachedStatement<'a>,
    tail: &'a mut Tail,
    /// What was written, in order.
    written: Vec<Recorded>,
}

impl<'a> Batch<'a> {
    /// Begins a transaction.
    pub(super) fn begin(connection: &'a Connection, tail: &'a mut Tail) -> rusqlite::Result<Self> {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(Self {
            connection,
            insert: connection.prepare_cached(row::INSERT)?,
            tail,
            written: Vec::new(),
        })
    }

    /// Writes an append, finds it written already, or refuses it. `now` is the clock's time.
    pub(super) fn append(
        &mut self,
        append: &Append,
        now: DateTime<Utc>,
    ) -> rusqlite::Result<Result<Appended, AppendFault>> {
        // Ids made from an idempotency key may well be known; fresh ones cost no look-up.
        if may_be_repeated(append) {
            match admission::find_repeated(append, self)? {
                Ok(Some(appended)) => return Ok(Ok(appended)),
                Ok(None) => {}
                Err(fault) => return Ok(Err(fault)),
            }
        }
        if let Err(conflict) = admission::check_expected(append, self)? {
            return self.repeated_or(append, conflict);
        }
        match self.write(append, admission::next_time(now, self.tail.time))? {
            Some(appended) => Ok(Ok(appended)),
            None => {
                let id = append.streams[0].events[0].id;
                self.repeated_or(append, AppendFault::IdReused { id })
            }
        }
    }

    /// What was written, in order; the transaction stays open.
    pub(super) fn into_written(self) -> Vec<Recorded> {
        self.written
    }

    fn repeated_or(
        &mut self,
        append: &Append,
        fault: AppendFault,
    ) -> rusqlite::Result<Result<Appended, AppendFault>> {
        let found = admission::find_repeated(append, self)?;
        Ok(found.and_then(|found| found.ok_or(fault)))
    }

    /// Writes all events, or, when one of the ids is in the log already, none.
    fn write(
        &mut self,
        append: &Append,
        recorded_at: DateTime<Utc>,
    ) -> rusqlite::Result<Option<Appended>> {
        let written_before = self.written.len();
        let single = append.streams.len() == 1 && append.streams[0].events.len() == 1;
        if !single {
            self.run("SAVEPOINT append")?;
        }
        let inserted = self.insert_all(append, recorded_at);
        if let Err(error) = inserted {
            if !is_known_id(&error) {
                return Err(error);
            }
            if !single {
                self.run("ROLLBACK TO append")?;
                self.run("RELEASE append")?;
            }
            self.written.truncate(written_before);
            return Ok(None);
        }
        if !single {
            self.run("RELEASE append")?;
        }
        let first = self.tail.head.next();
        for event in &self.written[written_before..] {
            self.tail.head = event.position;
            self.tail.revisions.put(event.stream, event.revision);
        }
        self.tail.time = Some(recorded_at);
        Ok(Some(Appended {
            first,
            last: self.tail.head,
            recorded_at,
        }))
    }

    fn insert_all(&mut self, append: &Append, recorded_at: DateTime<Utc>) -> rusqlite::Result<()> {
        let mut position = self.tail.head;
        for part in &append.streams {
            let last = self.revision(part.stream)?;
            let mut revision = last.map_or(Revision::FIRST, Revision::next);
            for event in &part.events {
                position = position.next();
                let place = (position, part.stream, revision);
                let event = event.recorded(place, recorded_at, &append.context);
                row::insert(&mut self.insert, &event)?;
                self.written.push(event);
                revision = revision.next();
            }
        }
        Ok(())
    }

    fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }
}

fn may_be_repeated(append: &Append) -> bool {
    let id = append.streams[0].events[0].id;
    id.0.get_version() != Some(Version::SortRand)
}

fn is_known_id(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(failure, Some(message)) = error else {
        return false;
    };
    failure.code == ErrorCode::ConstraintViolation && message.ends_with("events.id")
}

impl Known for Batch<'_> {
    type Fault = rusqlite::Error;

    fn revision(&mut self, stream: Stream) -> rusqlite::Result<Option<Revision>> {
        if let Some(revision) = self.tail.revisions.get(&stream) {
            return Ok(Some(*revision));
        }
        let revision = queries::last_revision(self.connection, stream)?;
        if let Some(revision) = revision {
            self.tail.revisions.put(stream, revision);
        }
        Ok(revision)
    }

    fn event(&mut self, id: EventId) -> rusqlite::Result<Option<Recorded>> {
        queries::event_with_id(self.connection, id)
    }

    fn recorded_at(&mut self, position: Position) -> rusqlite::Result<Option<DateTime<Utc>>> {
        queries::recorded_at(self.connection, position)
    }
}
