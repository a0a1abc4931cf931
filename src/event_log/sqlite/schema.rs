//! Opening the file: its schema, its settings, and the refusal of files that are not ours.
//!
//! Never scans the log: opening ten million events takes no longer than opening one.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Row, ffi};

/// One file a step, applied in order; a file's number is the `user_version` it leads to.
const MIGRATIONS: &[&str] = &[include_str!("../../../migrations/log/0001_events.sql")];
/// "SLOG": tells a log from any other SQLite file.
const APPLICATION_ID: i64 = 0x534C_4F47;
/// How long to wait for a foreign process that looks into the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages of 4 KiB in the write-ahead log after which a commit moves them into the main file.
const CHECKPOINT_PAGES: i64 = 2_000;
/// The writer's page cache: it holds the right edges of the indexes.
const WRITER_CACHE_KIB: i64 = 16 << 10;
/// A reader's page cache.
const READER_CACHE_KIB: i64 = 4 << 10;

/// Why a log cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    /// The file cannot be read or written.
    #[error("the log {path} cannot be opened: {message}")]
    Storage {
        /// The file.
        path: String,
        /// What the store says.
        message: String,
    },
    /// The file belongs to something else.
    #[error("{path} is a file of another program: give the log a data folder of its own")]
    NotALog {
        /// The file.
        path: String,
    },
    /// The file was written by a newer program.
    #[error("the log {path} has format {found}, and this program knows {known}: use a newer one")]
    Newer {
        /// The file.
        path: String,
        /// The format found.
        found: i64,
        /// The newest format this program knows.
        known: i64,
    },
}

/// Opens the file to write, makes it if it is not there, and brings its schema up to date.
pub(super) fn open_writer(path: &Path) -> Result<Connection, OpenFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let storage = |error: rusqlite::Error| OpenFault::Storage {
        path: path.display().to_string(),
        message: error.to_string(),
    };
    let mut connection = Connection::open_with_flags(path, flags).map_err(storage)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(storage)?;
    let format = format_of(&connection).map_err(storage)?;
    let known = MIGRATIONS.len() as i64;
    let path = path.display().to_string();
    match format {
        Format::Foreign => return Err(OpenFault::NotALog { path }),
        Format::Ours(found) if found > known => {
            return Err(OpenFault::Newer { path, found, known });
        }
        Format::Ours(found) => prepare(&mut connection, found).map_err(storage)?,
    }
    Ok(connection)
}

/// Drops every event and begins the tables anew, all or nothing.
pub(super) fn begin_anew(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch("DROP TABLE events")?;
    for migration in MIGRATIONS {
        transaction.execute_batch(migration)?;
    }
    transaction.commit()
}

/// Opens the file to read, its first `mapped_bytes` through a map of the file. It must have been
/// opened to write before.
pub(super) fn open_reader(path: &Path, mapped_bytes: i64) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    connection.pragma_update(None, "mmap_size", mapped_bytes)?;
    Ok(connection)
}

enum Format {
    /// A log of this format; 0 for an empty file.
    Ours(i64),
    Foreign,
}

fn format_of(connection: &Connection) -> rusqlite::Result<Format> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    let count_objects = "SELECT count(*) FROM sqlite_schema";
    let objects: i64 = connection.query_row(count_objects, [], |row| row.get(0))?;
    Ok(match (application, version, objects) {
        (0, 0, 0) => Format::Ours(0),
        (APPLICATION_ID, version, _) => Format::Ours(version),
        _ => Format::Foreign,
    })
}

fn prepare(connection: &mut Connection, format: i64) -> rusqlite::Result<()> {
    let wal = |row: &Row<'_>| row.get::<_, String>(0);
    let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", wal)?;
    if mode != "wal" {
        return Err(rusqlite::Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_CANTOPEN),
            Some("its file system takes no write-ahead log".to_owned()),
        ));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    for (number, migration) in (1_i64..).zip(MIGRATIONS) {
        if number <= format {
            continue;
        }
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
