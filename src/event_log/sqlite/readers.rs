//! Reading: a few read-only connections, used in line by whoever reads.
//!
//! Every read is bounded in events and bytes, and holds its connection, and with it a view of the
//! file, no longer than it takes. Never writes.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::queries::{cut, event_with_id, last_revision, recorded_at, select};
use super::row::{columns, integer};
use super::schema;
use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::port::{DataSlice, ReadFault, Recorded};
use crate::event_log::stream_bytes::StreamBytes;

/// The most connections at a time; a further reader waits for one. A read takes microseconds.
const READERS_MAX: usize = 8;
/// How much of the file readers of slices map into memory. To reach a slice of a large event one
/// walks its pages: in a map that takes no call to the system, and a thousand slices a tenth of the
/// time. (A disk that fails under a map stops the process; so events, which are read in bulk and
/// would fill memory, are read without.)
const MAPPED_BYTES: i64 = 1 << 30;
/// A batch of events ends with the one whose data makes it as large as this.
pub(super) const BATCH_BYTES_MAX: usize = 4 << 20;

/// The connections.
pub(super) struct Readers {
    path: PathBuf,
    mapped_bytes: i64,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    /// Connections in use.
    lent: usize,
    /// Readers that wait for one: without them nobody need be woken, which is a call to the system.
    waiting: usize,
}

impl Readers {
    /// Readers that read events; none is opened yet.
    pub(super) fn of_events(path: PathBuf) -> Self {
        Self::new(path, 0)
    }

    /// Readers that read slices here and there; none is opened yet.
    pub(super) fn of_slices(path: PathBuf) -> Self {
        Self::new(path, MAPPED_BYTES)
    }

    fn new(path: PathBuf, mapped_bytes: i64) -> Self {
        let pool = Mutex::default();
        let returned = Condvar::new();
        Self {
            path,
            mapped_bytes,
            pool,
            returned,
        }
    }

    /// See `EventLog::read_all`.
    pub(super) fn events(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadFault> {
        const SELECT: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM events WHERE position >= ?1 ORDER BY position LIMIT ?2"
        );
        let limit = integer(limit as u64);
        self.read(|reader| select(reader, SELECT, (integer(from.0), limit)))
    }

    /// See `EventLog::read_stream`.
    pub(super) fn stream_events(
        &self,
        stream: Stream,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadFault> {
        const SELECT: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM events WHERE stream = ?1 AND revision >= ?2 ORDER BY revision LIMIT ?3"
        );
        let stream = StreamBytes::of(stream);
        let limit = integer(limit as u64);
        let from = integer(from.0);
        self.read(|reader| select(reader, SELECT, (stream.as_slice(), from, limit)))
    }

    /// See `EventLog::read_event`.
    pub(super) fn event(&self, id: EventId) -> Result<Option<Recorded>, ReadFault> {
        self.read(|reader| event_with_id(reader, id))
    }

    /// The revision of the stream's last event.
    pub(super) fn last_revision(&self, stream: Stream) -> Result<Option<Revision>, ReadFault> {
        self.read(|reader| last_revision(reader, stream))
    }

    /// When the event at this position was appended; none when there is no such event.
    pub(super) fn recorded_at(
        &self,
        position: Position,
    ) -> Result<Option<DateTime<Utc>>, ReadFault> {
        self.read(|reader| recorded_at(reader, position))
    }

    /// See `EventLog::read_slices`. Reads them in the order in which they lie, through one handle.
    pub(super) fn slices(
        &self,
        slices: &[DataSlice],
        head: Position,
    ) -> Result<Vec<Option<Vec<u8>>>, ReadFault> {
        let in_log = |index: &usize| (1..=head.0).contains(&slices[*index].position.0);
        let mut order: Vec<usize> = (0..slices.len()).filter(in_log).collect();
        order.sort_unstable_by_key(|index| slices[*index]);
        let mut found = vec![None; slices.len()];
        let Some(&first) = order.first() else {
            return Ok(found);
        };
        self.read(|reader| {
            let mut position = slices[first].position;
            let row = integer(position.0);
            let mut data = reader.blob_open("main", "events", "data", row, true)?;
            for index in order {
                if slices[index].position != position {
                    position = slices[index].position;
                    data.reopen(integer(position.0))?;
                }
                found[index] = cut(&data, slices[index])?;
            }
            Ok(found)
        })
    }

    /// See `EventLog::position_at`. Times go up with positions, so halving finds it.
    pub(super) fn position_at(
        &self,
        time: DateTime<Utc>,
        head: Position,
    ) -> Result<Position, ReadFault> {
        self.read(|reader| {
            let (mut before, mut after) = (Position::START, head.next());
            while before.next() < after {
                let middle = Position(u64::midpoint(before.0, after.0));
                if recorded_at(reader, middle)?.is_some_and(|found| found <= time) {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            Ok(before)
        })
    }

    fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ReadFault> {
        self.lend()
            .and_then(|reader| read(&reader))
            .map_err(|error| ReadFault::Storage(error.to_string()))
    }

    fn lend(&self) -> rusqlite::Result<Lent<'_>> {
        let mut pool = self.pool();
        while pool.lent == READERS_MAX {
            pool.waiting += 1;
            pool = self
                .returned
                .wait(pool)
                .unwrap_or_else(PoisonError::into_inner);
            pool.waiting -= 1;
        }
        pool.lent += 1;
        let idle = pool.idle.pop();
        drop(pool);
        let mut lent = Lent {
            readers: self,
            connection: idle,
        };
        if lent.connection.is_none() {
            lent.connection = Some(schema::open_reader(&self.path, self.mapped_bytes)?);
        }
        Ok(lent)
    }

    /// Nobody can panic while holding it.
    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back to the pool by itself.
struct Lent<'a> {
    readers: &'a Readers,
    /// None only while it is being opened.
    connection: Option<Connection>,
}

impl Deref for Lent<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        let Some(connection) = &self.connection else {
            unreachable!("lend opens it before anyone sees it")
        };
        connection
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut pool = self.readers.pool();
        pool.lent -= 1;
        pool.idle.extend(self.connection.take());
        let is_awaited = pool.waiting > 0;
        drop(pool);
        if is_awaited {
            self.readers.returned.notify_one();
        }
    }
}
