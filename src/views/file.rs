//! The file of the views: opened, made, or made anew when it is not one of this program's.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::fault::ViewFault;
use super::pool::settle;

/// The tables. Their numbers of application and version are set in it.
const TABLES: &str = include_str!("../../migrations/views/0001_views.sql");
/// The `user_version` of a file that [`TABLES`] made.
const USER_VERSION: i64 = 5;
/// The `application_id` of a file that [`TABLES`] made: "SNLV".
const APPLICATION_ID: i64 = 0x534E_4C56;

/// Opens the file for writing. One of another version, or broken, is removed and begun anew: it is
/// a cache, and nothing is lost but the time to fold it.
pub(super) fn open(path: &Path) -> Result<Connection, ViewFault> {
    match open_ours(path) {
        Ok(Some(connection)) => return Ok(connection),
        Ok(None) => {}
        Err(ViewFault::Storage(error)) if is_broken(&error) => {}
        Err(fault) => return Err(fault),
    }
    remove(path)?;
    let connection = connect(path)?;
    connection.execute_batch(&format!("BEGIN; {TABLES} COMMIT;"))?;
    Ok(connection)
}

/// The file, if it is one of this program's version.
fn open_ours(path: &Path) -> Result<Option<Connection>, ViewFault> {
    if !path.exists() {
        return Ok(None);
    }
    let connection = connect(path)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok((version == USER_VERSION && application == APPLICATION_ID).then_some(connection))
}

fn connect(path: &Path) -> Result<Connection, ViewFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    settle(&connection)?;
    // Nothing is ever synced: after a crash of the machine the log still has every fact.
    connection.execute_batch(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
         PRAGMA wal_autocheckpoint = 10000; PRAGMA cache_size = -65536;
         PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

/// Moves what SQLite keeps beside the file into it, and syncs it. Whoever has it open may read on.
pub(super) fn sync(path: &Path) -> Result<(), ViewFault> {
    if !path.exists() {
        return Ok(());
    }
    let connection = connect(path)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let truncate = "PRAGMA wal_checkpoint(TRUNCATE)";
    let is_busy: bool = connection.query_row(truncate, [], |row| row.get(0))?;
    if is_busy {
        let busy = io::Error::other("views.db is still in use and cannot be synced");
        return Err(busy.into());
    }
    // What was moved before is in the system's memory only.
    fs::File::open(path)?.sync_all()?;
    Ok(())
}

/// Removes the file with its companions; what is not there is gone already.
pub(super) fn remove(path: &Path) -> Result<(), ViewFault> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(PathBuf::from(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn is_broken(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
    )
}
