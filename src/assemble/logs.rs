//! Opening the log: the folder's own, or a shared one through this folder's copy.
//!
//! The two are never taken for each other: a node of a shared log does not touch a log of the
//! folder's own, and one with a log of its own does not begin beside a copy.

use std::fmt::Display;
use std::sync::Arc;

use super::{AssemblyFault, COPY_FILE, DataFolder, LOG_FILE, Purpose};
use crate::clock::Clock;
use crate::config::LogChoice;
use crate::domain::ids::Position;
use crate::event_log::{
    CopiedLog, EventLog, KurrentLog, LogCopy, PostgresLog, SharedLog, SqliteLog,
};

/// Opens the log of a folder for a purpose. `told` hears how far a copy is brought up to its log:
/// position, head.
pub(super) async fn open(
    folder: &DataFolder,
    purpose: &Purpose<'_>,
    clock: &Arc<dyn Clock>,
    told: &mut (dyn FnMut(Position, Position) + Send),
) -> Result<Arc<dyn EventLog>, AssemblyFault> {
    let (own, copy) = (folder.file(LOG_FILE), folder.file(COPY_FILE));
    let shown = || folder.path().display().to_string();
    let address = match (purpose, folder.log()) {
        (Purpose::Rebuild, _) if own.exists() => None,
        (Purpose::Rebuild, _) if copy.exists() => {
            let alone = CopiedLog::alone(LogCopy::open(&copy)?);
            let shown = copy.display().to_string();
            return Ok(Arc::new(alone.map_err(|why| unusable(&shown, &why))?));
        }
        (Purpose::Rebuild, _) => return Err(AssemblyFault::NoLog(shown())),
        (Purpose::Serve(..), LogChoice::Sqlite) if !own.exists() && copy.exists() => {
            return Err(AssemblyFault::CopyOfShared(shown()));
        }
        (Purpose::Serve(..), LogChoice::Sqlite) => None,
        (Purpose::Serve(..), LogChoice::Postgres(_) | LogChoice::Kurrent(_)) if own.exists() => {
            return Err(AssemblyFault::OwnLog(shown()));
        }
        (Purpose::Serve(..), LogChoice::Postgres(address) | LogChoice::Kurrent(address)) => {
            Some(address)
        }
    };
    let Some(address) = address else {
        return Ok(Arc::new(SqliteLog::open(&own, clock.clone())?));
    };
    // First: a folder is not made a node's by an address that leads nowhere.
    let shared = open_shared(folder.log(), clock).await?;
    let copy = LogCopy::open(&copy)?;
    let opened = CopiedLog::open(copy, shared, told).await;
    Ok(Arc::new(
        opened.map_err(|why| unusable(&address.to_string(), &why))?,
    ))
}

/// A log that is not to be had, named without what may be secret.
fn unusable(address: &str, why: &dyn Display) -> AssemblyFault {
    AssemblyFault::SharedLog {
        address: address.to_owned(),
        why: why.to_string(),
    }
}

/// Opens the log that nodes share: the one place that names its adapters.
async fn open_shared(
    choice: &LogChoice,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn SharedLog>, AssemblyFault> {
    match choice {
        LogChoice::Sqlite => Err(unusable("sqlite", &"it is a file of one node")),
        LogChoice::Postgres(address) => {
            let opened = PostgresLog::open(address.reveal(), clock.clone()).await;
            Ok(Arc::new(
                opened.map_err(|why| unusable(&address.to_string(), &why))?,
            ))
        }
        LogChoice::Kurrent(address) => {
            let opened = KurrentLog::open(address.reveal(), clock.clone()).await;
            Ok(Arc::new(
                opened.map_err(|why| unusable(&address.to_string(), &why))?,
            ))
        }
    }
}
