//! A bounded pool of read-only connections. A read is shorter than a hop to another thread, so it
//! is done in line; who finds all connections busy waits for the next that is free.
//!
//! A connection sees the views as of one commit during a read, whatever the writer does meanwhile.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault::ViewFault;

/// The most connections that are open for reading at once.
const READERS_MAX: usize = 16;
/// The most prepared statements that a connection keeps.
const STATEMENTS_MAX: usize = 256;
/// How long a connection waits for a lock. In WAL mode only opening and recovery ever take one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The pool.
pub(super) struct Pool {
    path: PathBuf,
    readers: Mutex<Readers>,
    returned: Condvar,
}

/// The connections that nobody uses, and how many there are in all.
struct Readers {
    idle: Vec<Connection>,
    opened: usize,
    /// Who waits for one: without them nobody need be woken, which is a call to the system.
    waiting: usize,
}

impl Pool {
    /// A pool over this file, which must exist and be in WAL mode.
    pub(super) fn over(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            readers: Mutex::new(Readers {
                idle: Vec::new(),
                opened: 0,
                waiting: 0,
            }),
            returned: Condvar::new(),
        }
    }

    /// Reads with one statement.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ViewFault>,
    ) -> Result<T, ViewFault> {
        let reader = self.take()?;
        read(reader.connection())
    }

    /// Reads with several statements that all see the views at one position.
    pub(super) fn read_together<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ViewFault>,
    ) -> Result<T, ViewFault> {
        let reader = self.take()?;
        let transaction = reader.connection().unchecked_transaction()?;
        read(&transaction)
    }

    fn take(&self) -> Result<Reader<'_>, ViewFault> {
        let mut readers = self.readers();
        loop {
            if let Some(connection) = readers.idle.pop() {
                return Ok(Reader {
                    pool: self,
                    connection: Some(connection),
                });
            }
            if readers.opened < READERS_MAX {
                break;
            }
            readers.waiting += 1;
            readers = self
                .returned
                .wait(readers)
                .unwrap_or_else(PoisonError::into_inner);
            readers.waiting -= 1;
        }
        let connection = open_reader(&self.path)?;
        readers.opened += 1;
        Ok(Reader {
            pool: self,
            connection: Some(connection),
        })
    }

    /// Nothing is left half done under this lock, so a panic elsewhere does not spoil it.
    fn readers(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan; given back when dropped.
struct Reader<'pool> {
    pool: &'pool Pool,
    connection: Option<Connection>,
}

impl Reader<'_> {
    fn connection(&self) -> &Connection {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("only drop takes the connection"),
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let mut readers = self.pool.readers();
            readers.idle.push(connection);
            let is_awaited = readers.waiting > 0;
            drop(readers);
            if is_awaited {
                self.pool.returned.notify_one();
            }
        }
    }
}

fn open_reader(path: &Path) -> Result<Connection, ViewFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    settle(&connection)?;
    connection.execute_batch("PRAGMA cache_size = -16000;")?;
    Ok(connection)
}

/// What readers and the writer have in common.
pub(super) fn settle(connection: &Connection) -> Result<(), ViewFault> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Plans must not depend on the values bound: else SQLite prepares a cached statement anew for
    // almost every value, which costs ten times what the read does.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}
