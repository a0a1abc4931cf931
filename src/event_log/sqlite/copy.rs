//! A copy of a shared log, in the format of the embedded one: events come as they stand there.
//!
//! A cache: it is never synced for an event, and may be deleted at any time. It gives out no
//! position, revision or time of its own, and takes no event out of its order.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::watch;

use super::reading::Reading;
use super::ring::Ring;
use super::{OpenFault, RING_BYTES_MAX, queries, row, schema};
use crate::domain::ids::Position;
use crate::event_log::port::{ReadFault, Recorded};

/// The copy, to write; whoever has it is the only one.
pub struct LogCopy {
    path: PathBuf,
    connection: Connection,
    ring: Arc<Ring>,
    head: watch::Sender<Position>,
    reading: Reading,
}

impl LogCopy {
    /// Opens the copy in this file; begins it if it is not there. Its folder must be there.
    pub fn open(path: &Path) -> Result<Self, OpenFault> {
        let connection = schema::open_writer(path)?;
        let opened = || {
            connection.pragma_update(None, "synchronous", "OFF")?;
            queries::head(&connection)
        };
        let head = opened().map_err(|error| storage(path, error.to_string()))?;
        let head = head.map_or(Position::START, |(position, _)| position);
        let (head, heads) = watch::channel(head);
        let ring = Arc::new(Ring::new(RING_BYTES_MAX));
        Ok(Self {
            path: path.to_owned(),
            connection,
            reading: Reading::of(path, ring.clone(), heads),
            ring,
            head,
        })
    }

    /// Deletes the file and what SQLite keeps beside it. Nobody may have it open.
    pub fn remove(path: &Path) -> Result<(), OpenFault> {
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            match std::fs::remove_file(&name) {
                Ok(()) => (),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => (),
                Err(error) => return Err(storage(path, error.to_string())),
            }
        }
        Ok(())
    }

    /// Puts the file on the disk for good, once nothing is written to it any more. Does nothing
    /// where there is none.
    pub fn sync(path: &Path) -> Result<(), OpenFault> {
        if !path.exists() {
            return Ok(());
        }
        let connection = schema::open_writer(path)?;
        let truncate = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy = connection.query_row(truncate, [], |row| row.get::<_, bool>(0));
        if is_busy.map_err(|error| storage(path, error.to_string()))? {
            let message = "the copy of the log is still in use and cannot be synced";
            return Err(storage(path, message.to_owned()));
        }
        // What was moved before is in the system's memory only.
        let synced = std::fs::File::open(path).and_then(|file| file.sync_all());
        synced.map_err(|error| storage(path, error.to_string()))
    }

    /// The reading half.
    pub(in crate::event_log) fn reading(&self) -> Reading {
        self.reading.clone()
    }

    /// The last position it has.
    pub(in crate::event_log) fn head(&self) -> Position {
        *self.head.borrow()
    }

    /// The event at this position.
    pub(in crate::event_log) fn event_at(
        &self,
        position: Position,
    ) -> Result<Option<Recorded>, ReadFault> {
        let events = self.reading.events(position, 1)?;
        Ok(events.into_iter().find(|event| event.position == position))
    }

    /// Takes up the events that follow those it has: all of them or, on any fault, none.
    pub(in crate::event_log) fn take_up(&mut self, events: Vec<Recorded>) -> Result<(), ReadFault> {
        let mut head = self.head();
        for event in &events {
            if event.position != head.next() {
                let (found, head) = (event.position.0, head.0);
                let message = format!("the log handed out event {found} after {head}");
                return Err(ReadFault::Storage(message));
            }
            head = event.position;
        }
        let inserted = self.insert(&events);
        inserted.map_err(|error| {
            let path = self.path.display();
            ReadFault::Storage(format!("{path} cannot be written: {error}"))
        })?;
        self.ring.push(events);
        self.head.send_replace(head);
        Ok(())
    }

    /// Drops every event: the log is to be copied from its first event on.
    pub(in crate::event_log) fn begin_anew(&mut self) -> Result<(), OpenFault> {
        let begun = schema::begin_anew(&mut self.connection);
        begun.map_err(|error| storage(&self.path, error.to_string()))?;
        self.ring.clear();
        self.head.send_replace(Position::START);
        Ok(())
    }

    fn insert(&mut self, events: &[Recorded]) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(row::INSERT)?;
            for event in events {
                row::insert(&mut insert, event)?;
            }
        }
        transaction.commit()
    }
}

fn storage(path: &Path, message: String) -> OpenFault {
    let path = path.display().to_string();
    OpenFault::Storage { path, message }
}
