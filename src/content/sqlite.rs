//! Nodes in a SQLite file: the content cache of a ledger.
//!
//! Written by one thread a little later, read in line by a few connections, and never synced for a
//! command: what a crash takes is folded from the log again. It must never answer a node whose
//! hash it has not checked, and never say "no such node" where the file is broken.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::cache::NodeCache;
use super::node::{NewNode, Node};
use super::node_writer::{Batch, Meeting, NodeWriter};
use super::store::{Checkpoint, Fault, KeptNodes, NodeStore};
use super::stored::decode;
use crate::digest::Digest;

const SCHEMA: &str = include_str!("../../migrations/content/0001_nodes.sql");
const SCHEMA_VERSION: i64 = 1;
/// Decoded nodes kept in memory, in bytes: a version of a million items with short keys (about
/// 86 MiB) and some dozen rounds of changes, each of which leaves dead nodes behind.
const CACHE_BYTES_DEFAULT: usize = 256 << 20;
/// Connections that read: a read takes microseconds, so few serve many threads.
const READERS: usize = 4;
/// Prepared statements a connection keeps: more than there are below.
const STATEMENTS_MAX: usize = 8;
/// The size of a page. Nodes have one to a few thousand bytes: in larger pages fewer bytes are
/// left over, and the index is flatter.
const PAGE_BYTES: i64 = 16 << 10;
/// Pages a connection keeps, in KiB: the writer's hold what one commit of many nodes dirties.
const WRITER_PAGES_KIB: i64 = 32 << 10;
const READER_PAGES_KIB: i64 = 8 << 10;
/// As much of the file a reader looks at in place, without copying its pages.
const READER_MAPPED_BYTES: i64 = 1 << 30;
/// What the write-ahead log is cut back to after a large transaction, in bytes.
const WAL_BYTES_KEPT: i64 = 16 << 20;
/// How long a statement waits for a lock of another process (a backup, a person's shell).
const BUSY_TIMEOUT_MS: u64 = 5_000;

/// A store of nodes in one file.
pub struct SqliteNodes {
    cache: NodeCache,
    readers: [Mutex<Connection>; READERS],
    next_reader: AtomicUsize,
    // Closed last, as fields are dropped in their order: so the file is left whole, without a
    // write-ahead log beside it.
    writer: NodeWriter,
}

impl SqliteNodes {
    /// Opens the file, and makes it if it is not there. [`Fault::Corrupt`] says that it is no
    /// content cache of this format: drop it with [`SqliteNodes::remove`] and open again.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Self::open_with_cache(path, CACHE_BYTES_DEFAULT)
    }

    /// As [`Self::open`], remembering decoded nodes up to about `cache_bytes` of memory.
    pub fn open_with_cache(path: &Path, cache_bytes: usize) -> Result<Self, Fault> {
        let writer = open_writer(path)?;
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            readers.push(Mutex::new(open_reader(path)?));
        }
        let Ok(readers) = readers.try_into() else {
            unreachable!("as many as were opened")
        };
        let cache = NodeCache::new(cache_bytes);
        Ok(Self {
            cache,
            readers,
            next_reader: AtomicUsize::new(0),
            writer: NodeWriter::start(writer)?,
        })
    }

    /// Deletes the file and what SQLite keeps beside it. No store may have it open.
    pub fn remove(path: &Path) -> Result<(), Fault> {
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            match std::fs::remove_file(&name) {
                Ok(()) => (),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => (),
                Err(error) => return Err(Fault::Storage(error.to_string())),
            }
        }
        Ok(())
    }

    /// Puts the file on the disk for good, once nothing is given to it any more; while it is used
    /// nothing is synced. Does nothing where there is none.
    pub fn sync(path: &Path) -> Result<(), Fault> {
        let storage = |error: std::io::Error| Fault::Storage(error.to_string());
        if !path.exists() {
            return Ok(());
        }
        let connection = Connection::open(path).map_err(fault)?;
        prepare(&connection, READER_PAGES_KIB)?;
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(fault)?;
        let truncate = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy: bool = connection
            .query_row(truncate, [], |row| row.get(0))
            .map_err(fault)?;
        if is_busy {
            let message = "content.db is still in use and cannot be synced";
            return Err(Fault::Storage(message.to_owned()));
        }
        // What was moved before is in the system's memory only.
        let file = std::fs::File::open(path).map_err(storage)?;
        file.sync_all().map_err(storage)
    }

    #[cfg(test)]
    pub(super) fn cached_bytes(&self) -> usize {
        self.cache.bytes()
    }

    fn give(&self, batch: Batch) -> Result<(), Fault> {
        for node in &batch.nodes {
            self.cache.insert(Arc::clone(node.node()));
        }
        self.writer.give(batch)
    }

    /// A connection that is free, else the one whose turn it is.
    fn reader(&self) -> MutexGuard<'_, Connection> {
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed);
        for offset in 0..READERS {
            match self.readers[turn.wrapping_add(offset) % READERS].try_lock() {
                Ok(reader) => return reader,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => (),
            }
        }
        self.readers[turn % READERS]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, hash: &Digest) -> Result<Node, Fault> {
        const SQL: &str = "SELECT body FROM nodes WHERE hash = ?1";
        let reader = self.reader();
        let mut statement = reader.prepare_cached(SQL).map_err(fault)?;
        let mut rows = statement.query([&hash.as_bytes()[..]]).map_err(fault)?;
        let row = rows.next().map_err(fault)?.ok_or(Fault::Missing(*hash))?;
        let body = row.get_ref(0).map_err(fault)?.as_blob();
        let body = body.map_err(|_| Fault::Damaged(*hash))?;
        decode(hash, body).ok_or(Fault::Damaged(*hash))
    }
}

impl KeptNodes for SqliteNodes {
    fn insert(&self, nodes: &[NewNode], checkpoint: Option<&Checkpoint>) -> Result<(), Fault> {
        self.give(Batch {
            nodes: nodes.to_vec(),
            meeting: Meeting::Keep,
            checkpoint: checkpoint.copied(),
        })
    }

    fn replace(&self, nodes: &[NewNode]) -> Result<(), Fault> {
        self.give(Batch {
            nodes: nodes.to_vec(),
            meeting: Meeting::Replace,
            checkpoint: None,
        })?;
        self.flush()
    }

    fn flush(&self) -> Result<(), Fault> {
        self.writer.flush()
    }

    fn checkpoint(&self) -> Result<Option<Checkpoint>, Fault> {
        const SQL: &str = "SELECT ledger, position, event FROM checkpoint WHERE id = 1";
        self.flush()?;
        let reader = self.reader();
        let mut statement = reader.prepare_cached(SQL).map_err(fault)?;
        let row = statement.query_row([], |row| {
            let (ledger, event) = (row.get(0)?, row.get(2)?);
            Ok(Checkpoint {
                ledger,
                position: row.get::<_, i64>(1)?.cast_unsigned(),
                event,
            })
        });
        row.optional().map_err(fault)
    }
}

impl NodeStore for SqliteNodes {
    fn node(&self, hash: &Digest) -> Result<Arc<Node>, Fault> {
        if let Some(node) = self.cache.get(hash) {
            return Ok(node);
        }
        // Asked before the file: what leaves the writer is in the file by then.
        if let Some(node) = self.writer.waiting(hash) {
            return Ok(node);
        }
        let node = Arc::new(self.read(hash)?);
        self.cache.insert(Arc::clone(&node));
        Ok(node)
    }
}

fn open_writer(path: &Path) -> Result<Connection, Fault> {
    let writer = Connection::open(path).map_err(fault)?;
    prepare(&writer, WRITER_PAGES_KIB)?;
    writer
        .pragma_update(None, "page_size", PAGE_BYTES)
        .map_err(fault)?;
    writer
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(fault)?;
    writer
        .pragma_update(None, "synchronous", "OFF")
        .map_err(fault)?;
    writer
        .pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT)
        .map_err(fault)?;
    let version: i64 = writer
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(fault)?;
    match version {
        0 => writer
            .execute_batch(&format!("BEGIN;\n{SCHEMA}\nCOMMIT;"))
            .map_err(fault)?,
        SCHEMA_VERSION => (),
        other => {
            return Err(Fault::Corrupt(format!(
                "its schema has the unknown version {other}"
            )));
        }
    }
    Ok(writer)
}

fn open_reader(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags).map_err(fault)?;
    prepare(&reader, READER_PAGES_KIB)?;
    reader
        .pragma_update(None, "mmap_size", READER_MAPPED_BYTES)
        .map_err(fault)?;
    Ok(reader)
}

fn prepare(connection: &Connection, pages_kib: i64) -> Result<(), Fault> {
    connection
        .pragma_update(None, "cache_size", -pages_kib)
        .map_err(fault)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Without it SQLite plans a cached statement anew when what is bound to it differs.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(fault)?;
    connection
        .busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT_MS))
        .map_err(fault)
}

pub(super) fn fault(error: rusqlite::Error) -> Fault {
    let corrupt = match &error {
        rusqlite::Error::SqliteFailure(failure, _) => {
            matches!(
                failure.code,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase
            )
        }
        // A row of another shape than the schema's: the file is not one of ours.
        rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..) => {
            true
        }
        _ => false,
    };
    let message = error.to_string();
    if corrupt {
        Fault::Corrupt(message)
    } else {
        Fault::Storage(message)
    }
}
