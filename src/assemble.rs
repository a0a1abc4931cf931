//! Puts the house together: the one file that names adapters.
//!
//! ```text
//! data folder (locked) ── log.db, or copy.db of a shared log ─┐
//!                      ├─ content.db ─────────────────────────┼─ House ─ Gatekeeper
//!                      ├─ views.db ───────────────────────────┤
//!                      ├─ keys.db ────────────────────────────┘
//!                      └─ node (this node's name), seal.key, caches (how they were left), lock
//! ```
//!
//! What cannot be opened of the caches, or not be believed, is dropped and made anew; a log and
//! the key store never are.

mod caches;
mod folder;
mod logs;

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::auth::{ApiKeyText, Principal};
use crate::clock::Clock;
use crate::config::{Access, Secrets};
use crate::content::{Fault, KeptNodes, SqliteNodes};
use crate::domain::ids::Position;
use crate::event_log::{EventLog, OpenFault};
use crate::gatekeeper::Gatekeeper;
use crate::key_store::{KeyFault, KeyStore, SealingKey, SqliteKeys};
use crate::ledger::{Founding, House, LedgerError, PairSecrets, Parts};
use crate::views::{ViewFault, Views};

pub use folder::DataFolder;

/// The log: the only file of the folder that cannot be made again.
const LOG_FILE: &str = "log.db";
/// The copy of a shared log. Another file, so that the one is never taken for the other.
const COPY_FILE: &str = "copy.db";
/// The content cache.
const CONTENT_FILE: &str = "content.db";
/// The views.
const VIEWS_FILE: &str = "views.db";
/// The secrets that must be had in clear: no cache.
const KEYS_FILE: &str = "keys.db";
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
    /// The folder holds the log of a ledger, and its node is to use a shared one.
    #[error(
        "{0} holds the log of a ledger of its own, which a node of a shared log would leave \
         behind: choose another folder with --data, or serve that ledger with --log sqlite"
    )]
    OwnLog(String),
    /// The folder holds the copy of a shared log, and its node is to use one of its own.
    #[error(
        "{0} holds a copy of a log that nodes share: say where that log is with --log, or choose \
         another folder with --data"
    )]
    CopyOfShared(String),
    /// The shared log cannot be used.
    #[error("the log {address} cannot be used: {why}")]
    SharedLog {
        /// The log, without what may be secret.
        address: String,
        /// What is wrong.
        why: String,
    },
    /// The views cannot be opened, nor begun anew.
    #[error(transparent)]
    Views(#[from] ViewFault),
    /// A cache cannot be dropped or synced.
    #[error("a cache cannot be dropped or synced: {0}")]
    Content(#[from] Fault),
    /// The sealing key cannot be read or made.
    #[error("the sealing key {path} cannot be used: {why}")]
    SealingKey {
        /// The file.
        path: String,
        /// What the system says.
        why: io::Error,
    },
    /// The key store cannot be opened.
    #[error(transparent)]
    Keys(#[from] KeyFault),
    /// The ledger does not open.
    #[error("the ledger does not open: {0}")]
    Ledger(#[from] LedgerError),
}

/// What a house is opened for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'a> {
    /// To serve whoever has access, with these secrets.
    Serve(&'a Access, &'a Secrets),
    /// To fold the caches anew: nobody is let in, so no secret is needed and none is looked at.
    Rebuild,
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

/// Opens the house in this folder, founding the ledger if its log is empty. `told` hears how far
/// the caches are brought up to the log: position, head.
pub async fn assemble(
    folder: &DataFolder,
    purpose: Purpose<'_>,
    clock: Arc<dyn Clock>,
    told: &mut (dyn FnMut(Position, Position) + Send),
) -> Result<Assembled, AssemblyFault> {
    let boot = caches::this_boot();
    folder.open_caches(boot.as_deref())?;
    let log = logs::open(folder, &purpose, &clock, told).await?;
    let keys = open_keys(folder, &purpose, &clock)?;
    let (access, jwt_secret) = match purpose {
        Purpose::Serve(access, secrets) => (access, secrets.jwt_secret.clone()),
        Purpose::Rebuild => (&Access::Keys(None), None),
    };
    let is_serving = matches!(purpose, Purpose::Serve(..));
    let node = if log.is_shared() {
        folder.node_among_others(boot.as_deref(), &*clock)?
    } else {
        folder.node(&*clock)?
    };
    let (views, view_writer) = Views::open(&folder.file(VIEWS_FILE))?;
    let nodes = folder.file(CONTENT_FILE);
    let (admin_key, is_told) = admin_key(access, &*clock);
    let parts = Parts {
        pairs: pair_secrets(&*log, &purpose),
        works: is_serving,
        log,
        open_nodes: Box::new(move |anew| open_nodes(&nodes, anew)),
        views,
        view_writer,
        node,
        keys,
        clock,
    };
    let founding = Founding {
        admin_key: admin_key.hash(),
    };
    let house = House::open(parts, founding, told).await?;
    if is_serving {
        house.ledger.tell_lost_pairs()?;
    }
    let gatekeeper = Gatekeeper::new(house.ledger.clone());
    let gatekeeper = match access {
        Access::Keys(None) => gatekeeper,
        Access::Keys(Some(key)) => gatekeeper.with_bootstrap_key(key),
        Access::Open => gatekeeper.open_to(Principal::administrator(OPEN_SUBJECT, None)),
    };
    let gatekeeper = match jwt_secret {
        None => gatekeeper,
        Some(secret) => gatekeeper.with_jwt_secret(secret),
    };
    // Of nodes that founded a ledger together, only the key of the one that was first opens.
    let first_key = (is_told && house.is_founder).then_some(admin_key);
    Ok(Assembled {
        house,
        gatekeeper,
        first_key,
    })
}

/// The key that a new ledger is founded with, and whether it must be shown then.
fn admin_key(access: &Access, clock: &dyn Clock) -> (ApiKeyText, bool) {
    match access {
        Access::Keys(Some(key)) => (key.clone(), false),
        Access::Keys(None) | Access::Open => (ApiKeyText::fresh(clock), true),
    }
}

/// Where the secrets of pairs come from on this log.
fn pair_secrets(log: &dyn EventLog, purpose: &Purpose<'_>) -> PairSecrets {
    let has_seal_key = match purpose {
        Purpose::Serve(_, secrets) => secrets.seal_key.is_some(),
        Purpose::Rebuild => false,
    };
    match (log.is_shared(), has_seal_key) {
        (false, _) => PairSecrets::Kept,
        (true, true) => PairSecrets::Derived,
        (true, false) => PairSecrets::Unshared,
    }
}

fn open_keys(
    folder: &DataFolder,
    purpose: &Purpose<'_>,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn KeyStore>, AssemblyFault> {
    Ok(Arc::new(match purpose {
        Purpose::Serve(_, secrets) => {
            let sealing = folder.sealing_key(secrets.seal_key.as_ref(), &**clock)?;
            SqliteKeys::open(&folder.file(KEYS_FILE), sealing, clock.clone())?
        }
        Purpose::Rebuild => SqliteKeys::in_memory(SealingKey::fresh(&**clock), clock.clone())?,
    }))
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
