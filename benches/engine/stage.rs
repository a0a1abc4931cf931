//! A house as it is run by default, all its files in one folder on the disk.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use snapledger::auth::Principal;
use snapledger::clock::{Clock, SystemClock};
use snapledger::content::{KeptNodes, SqliteNodes};
use snapledger::digest::Digest;
use snapledger::domain::ids::DatasetId;
use snapledger::event_log::{EventLog, SqliteLog};
use snapledger::key_store::{KeyStore, SealingKey, SqliteKeys};
use snapledger::ledger::{Caller, Founding, House, Ledger, NewDataset, PairSecrets, Parts, Reads};
use snapledger::views::Views;
use tempfile::TempDir;

use super::stopwatch::Stopwatch;

/// The log's file.
pub const LOG: &str = "log.db";
/// The content cache's file.
pub const CONTENT: &str = "content.db";
/// The views' file.
pub const VIEWS: &str = "views.db";
/// What one small append writes: some pages.
const PROBE_BYTES: usize = 16 << 10;

/// An open house, and what is measured beside its verbs.
pub struct Stage {
    pub log: Arc<dyn EventLog>,
    pub clock: Arc<dyn Clock>,
    house: House,
    nodes: Arc<Mutex<Option<Arc<dyn KeptNodes>>>>,
}

/// A folder beside the build, hence on a disk and not in memory.
pub fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

impl Stage {
    /// Opens the house in this folder.
    pub async fn open(folder: &Path) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let log = SqliteLog::open(&folder.join(LOG), clock.clone()).expect("a log");
        let log: Arc<dyn EventLog> = Arc::new(log);
        let (views, view_writer) = Views::open(&folder.join(VIEWS)).expect("views");
        let nodes = Arc::new(Mutex::new(None));
        let (kept, file) = (nodes.clone(), folder.join(CONTENT));
        let open_nodes = move |anew| {
            if anew {
                SqliteNodes::remove(&file)?;
            }
            let opened: Arc<dyn KeptNodes> = Arc::new(SqliteNodes::open(&file)?);
            *kept.lock().expect("nobody panics here") = Some(opened.clone());
            Ok(opened)
        };
        let keys = keys(&clock);
        let parts = Parts {
            log: log.clone(),
            open_nodes: Box::new(open_nodes),
            views,
            view_writer,
            clock: clock.clone(),
            node: "bench".into(),
            pairs: PairSecrets::Kept,
            works: true,
            keys,
        };
        let founding = Founding {
            admin_key: Digest::of(b"sl_bench"),
        };
        let house = House::open(parts, founding, &mut |_, _| {})
            .await
            .expect("a house");
        Self {
            log,
            clock,
            house,
            nodes,
        }
    }

    /// Stops the house; its files stay.
    pub async fn close(self) {
        self.house.close().await.expect("it closes");
    }

    pub fn ledger(&self) -> &Ledger {
        &self.house.ledger
    }

    pub fn reads(&self) -> Reads {
        self.ledger().reads(&caller().principal)
    }

    /// The nodes of the content cache, as the house reads them.
    pub fn nodes(&self) -> Arc<dyn KeptNodes> {
        let nodes = self.nodes.lock().expect("nobody panics here");
        nodes.clone().expect("opened with the house")
    }

    /// Waits until all nodes are in their file: a commit is answered before.
    pub fn flush(&self) {
        self.nodes().flush().expect("all is stored");
    }

    /// An empty dataset.
    pub async fn dataset(&self, name: &str) -> DatasetId {
        let new = NewDataset {
            project: None,
            name: name.to_owned(),
            description: String::new(),
            metadata: None,
            draft: false,
            snapshots_enabled: true,
        };
        self.ledger()
            .create_dataset(&caller(), new)
            .await
            .expect("a dataset")
            .id
    }
}

/// How long this folder's disk takes to write and sync what one small append writes.
pub fn sync_milliseconds(folder: &Path) -> f64 {
    let file = File::options()
        .create(true)
        .append(true)
        .open(folder.join("probe"));
    let mut file = file.expect("a file");
    let watch = Stopwatch::start();
    file.write_all(&[7; PROBE_BYTES]).expect("a write");
    file.sync_data().expect("a sync");
    watch.milliseconds()
}

/// The bytes of a file of the house when its write-ahead log is folded in.
pub fn stored_bytes(folder: &Path, file: &str) -> f64 {
    let path = folder.join(file);
    let connection = rusqlite::Connection::open(&path).expect("the file");
    connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("a checkpoint");
    std::fs::metadata(&path).expect("the file").len() as f64
}

/// Who measures.
pub fn caller() -> Caller {
    let principal = Principal::administrator("bench", None);
    Caller {
        principal,
        correlation: None,
        causation: None,
        key: None,
    }
}

fn keys(clock: &Arc<dyn Clock>) -> Arc<dyn KeyStore> {
    let sealing = SealingKey::fresh(&**clock);
    Arc::new(SqliteKeys::in_memory(sealing, clock.clone()).expect("a key store"))
}
