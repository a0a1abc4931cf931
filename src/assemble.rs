//! Puts the house together: the one file that names adapters.
//!
//! ```text
//! data folder (locked) ── log.db ─────┐
//!                      ├─ content.db ─┼─ House ─ Gatekeeper
//!                      ├─ views.db ───┘
//!                      └─ node (this node's name), caches (how they were left), lock
//! ```
//!
//! What cannot be opened of the caches, or not be believed, is dropped and folded anew; the log
//! never is.

mod caches;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::auth::{ApiKeyText, Principal};
use crate::clock::Clock;
use crate::config::Access;
use crate::content::{Fault, KeptNodes, SqliteNodes};
use crate::domain::ids::Position;
use crate::event_log::{EventLog, OpenFault, SqliteLog};
use crate::gatekeeper::Gatekeeper;
use crate::ledger::{Founding, House, LedgerError, Parts};
use crate::views::{ViewFault, Views};

/// The log: the only file of the folder that cannot be made again.
const LOG_FILE: &str = "log.db";
/// The content cache.
const CONTENT_FILE: &str = "content.db";
/// The views.
const VIEWS_FILE: &str = "views.db";
/// Where this node's name is.
const NODE_FILE: &str = "node";
/// What is locked while a process uses the folder.
const LOCK_FILE: &str = "lock";
/// Who calls where everyone is let in.
const OPEN_SUBJECT: &str = "anyone";

/// Why the house does not stand. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyFault {
    /// Another process uses the folder.
    #[error(
        "the data folder {0} is used by another snapledger; stop that one, or choose another \
         folder with --data"
    )]
    InUse(String),
    /// There is nothing to open.
    #[error("there is no log in {0}; name the data folder of a server with --data")]
    NoLog(String),
    /// The folder cannot be used.
    #[error("the data folder {folder} cannot be used: {why}; choose another one with --data")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system says.
        why: io::Error,
    },
    /// The log cannot be opened.
    #[error(transparent)]
    Log(#[from] OpenFault),
    /// The views cannot be opened, nor begun anew.
    #[error(transparent)]
    Views(#[from] ViewFault),
    /// A cache cannot be dropped or synced.
    #[error("a cache cannot be dropped or synced: {0}")]
    Content(#[from] Fault),
    /// The ledger does not open.
    #[error("the ledger does not open: {0}")]
    Ledger(#[from] LedgerError),
}

/// A data folder that is this process's alone.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    // Released by the system with the process, however that ends.
    _lock: File,
}

/// A house with its door.
pub struct Assembled {
    /// The house.
    pub house: House,
    /// Who knows whom to let in.
    pub gatekeeper: Gatekeeper,
    /// The first admin key, when it was made just now: whoever started it must be shown it.
    pub first_key: Option<ApiKeyText>,
}

impl DataFolder {
    /// Takes the folder; makes it when it is not there.
    pub fn take(path: &Path) -> Result<Self, AssemblyFault> {
        let fault = |why| AssemblyFault::Folder {
            folder: path.display().to_string(),
            why,
        };
        fs::create_dir_all(path).map_err(fault)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK_FILE))
            .map_err(fault)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(AssemblyFault::InUse(path.display().to_string())),
            Err(TryLockError::Error(why)) => Err(fault(why)),
        }
    }

    /// Takes a folder that must hold a log.
    pub fn take_existing(path: &Path) -> Result<Self, AssemblyFault> {
        if !path.join(LOG_FILE).exists() {
            return Err(AssemblyFault::NoLog(path.display().to_string()));
        }
        Self::take(path)
    }

    /// This node's name: chosen at its first start, the same ever after.
    fn node(&self, clock: &dyn Clock) -> Result<Arc<str>, AssemblyFault> {
        let fault = |why| AssemblyFault::Folder {
            folder: self.path.display().to_string(),
            why,
        };
        let path = self.path.join(NODE_FILE);
        match fs::read_to_string(&path) {
            Ok(name) if !name.trim().is_empty() => return Ok(name.trim().into()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(fault(error)),
        }
        let name = clock.new_id().to_string();
        fs::write(&path, format!("{name}\n")).map_err(fault)?;
        Ok(name.into())
    }
}

/// Opens the house in this folder, founding the ledger if its log is empty. `told` hears how far
/// the caches are brought up to the log: position, head.
pub async fn assemble(
    folder: &DataFolder,
    access: &Access,
    clock: Arc<dyn Clock>,
    told: &mut (dyn FnMut(Position, Position) + Send),
) -> Result<Assembled, AssemblyFault> {
    let log: Arc<dyn EventLog> =
        Arc::new(SqliteLog::open(&folder.path.join(LOG_FILE), clock.clone())?);
    folder.open_caches(caches::this_boot().as_deref())?;
    let (views, view_writer) = Views::open(&folder.path.join(VIEWS_FILE))?;
    let nodes = folder.path.join(CONTENT_FILE);
    let (admin_key, first_key) = admin_key(House::is_new(&*log), access, &*clock);
    let parts = Parts {
        log,
        open_nodes: Box::new(move |anew| open_nodes(&nodes, anew)),
        views,
        view_writer,
        node: folder.node(&*clock)?,
        clock,
    };
    let founding = Founding {
        admin_key: admin_key.hash(),
    };
    let house = House::open(parts, founding, told).await?;
    let gatekeeper = Gatekeeper::new(house.ledger.clone());
    let gatekeeper = match access {
        Access::Keys(None) => gatekeeper,
        Access::Keys(Some(key)) => gatekeeper.with_bootstrap_key(key),
        Access::Open => gatekeeper.open_to(Principal::administrator(OPEN_SUBJECT, None)),
    };
    Ok(Assembled {
        house,
        gatekeeper,
        first_key,
    })
}

/// The key that a new ledger is founded with, and the same again when it must be shown.
fn admin_key(is_new: bool, access: &Access, clock: &dyn Clock) -> (ApiKeyText, Option<ApiKeyText>) {
    match access {
        Access::Keys(Some(key)) => (key.clone(), None),
        Access::Keys(None) | Access::Open => {
            let key = ApiKeyText::fresh(clock);
            (key.clone(), is_new.then_some(key))
        }
    }
}

fn open_nodes(path: &Path, anew: bool) -> Result<Arc<dyn KeptNodes>, Fault> {
    if anew {
        tracing::warn!("the content cache is begun anew from the log");
        SqliteNodes::remove(path)?;
    }
    Ok(Arc::new(SqliteNodes::open(path)?))
}

#[cfg(test)]
mod tests;
