//! The data folder: this process's alone while it runs, and what lies in it besides databases.
//!
//! ```text
//! lock      taken while a process uses the folder
//! node      what this node's name is made of
//! seal.key  the sealing key, when the operator gives none
//! caches    how the caches were left (`caches.rs`)
//! ```

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use super::{AssemblyFault, COPY_FILE, KEYS_FILE, LOG_FILE};
use crate::auth::Secret;
use crate::clock::Clock;
use crate::config::LogChoice;
use crate::key_store::{KeyFault, SealingKey};

/// Where this node's name is.
const NODE_FILE: &str = "node";
/// What is locked while a process uses the folder.
const LOCK_FILE: &str = "lock";
/// The sealing key.
const SEAL_FILE: &str = "seal.key";

/// A data folder that is this process's alone.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    log: LogChoice,
    // Released by the system with the process, however that ends.
    _lock: File,
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
                log: LogChoice::Sqlite,
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(AssemblyFault::InUse(path.display().to_string())),
            Err(TryLockError::Error(why)) => Err(fault(why)),
        }
    }

    /// The folder of a node whose log is there; one of its own, unless this is said.
    #[must_use]
    pub fn of_log(self, log: LogChoice) -> Self {
        Self { log, ..self }
    }

    /// Where its node's log is.
    pub(super) const fn log(&self) -> &LogChoice {
        &self.log
    }

    /// Takes a folder that must hold a log, or the copy of one.
    pub fn take_existing(path: &Path) -> Result<Self, AssemblyFault> {
        if ![LOG_FILE, COPY_FILE]
            .iter()
            .any(|file| path.join(file).exists())
        {
            return Err(AssemblyFault::NoLog(path.display().to_string()));
        }
        Self::take(path)
    }

    /// This node's name on a log of its own: chosen at its first start, the same ever after.
    pub(super) fn node(&self, clock: &dyn Clock) -> Result<Arc<str>, AssemblyFault> {
        let fault = |why| self.unusable(why);
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

    /// This node's name among others: the same after a restart, so that what it has claimed is its
    /// own again, but another one in a copy of the folder, whose file is another one, or under
    /// another boot of a machine. Where the system does not tell the boot, a new one at every
    /// start: then what was claimed is waited for.
    pub(super) fn node_among_others(
        &self,
        boot: Option<&str>,
        clock: &dyn Clock,
    ) -> Result<Arc<str>, AssemblyFault> {
        let chosen = self.node(clock)?;
        let Some(boot) = boot else {
            return Ok(clock.new_id().to_string().into());
        };
        let file = fs::metadata(self.path.join(NODE_FILE)).map_err(|why| self.unusable(why))?;
        let place = format!("{chosen} {boot} {} {}", file.dev(), file.ino());
        let name = Uuid::new_v5(&Uuid::NAMESPACE_OID, place.as_bytes());
        Ok(name.to_string().into())
    }

    /// The sealing key: the operator's, else the one in its file. One is made only where there is
    /// no key store yet: what is sealed could not be opened with another.
    pub(super) fn sealing_key(
        &self,
        given: Option<&Secret>,
        clock: &dyn Clock,
    ) -> Result<SealingKey, AssemblyFault> {
        if let Some(text) = given {
            return Ok(SealingKey::of_text(text));
        }
        let path = self.path.join(SEAL_FILE);
        let fault = |why| AssemblyFault::SealingKey {
            path: path.display().to_string(),
            why,
        };
        if let Some(found) = SealingKey::of_file(&path).map_err(fault)? {
            return Ok(found);
        }
        if self.path.join(KEYS_FILE).exists() {
            return Err(KeyFault::OtherSeal.into());
        }
        SealingKey::make_file(&path, clock).map_err(fault)
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Says that the folder cannot be used.
    pub(super) fn unusable(&self, why: io::Error) -> AssemblyFault {
        AssemblyFault::Folder {
            folder: self.path.display().to_string(),
            why,
        }
    }

    /// A file of this folder.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}
