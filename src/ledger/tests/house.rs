//! The harness: a house over a log in memory and caches in a temporary folder.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::auth::{Principal, Secret};
use crate::clock::{Clock, SystemClock};
use crate::content::{KeptNodes, SqliteNodes};
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, TaskId};
use crate::domain::values::TaskPhase;
use crate::event_log::{EventLog, MemoryLog};
use crate::key_store::{SealingKey, SqliteKeys};
use crate::ledger::{
    Caller, Committed, Founding, House, ItemKind, ItemWindow, Ledger, LedgerError, NewCommit,
    NewDataset, NewItem, Outcome, PairSecrets, Parts, VersionSpec,
};
use crate::views::Views;

/// A house to tell stories in.
pub(super) struct Stage {
    pub folder: tempfile::TempDir,
    pub log: Arc<dyn EventLog>,
    role: Role,
    house: Option<House>,
}

/// What a house is in a story.
pub(super) struct Role {
    pub clock: Arc<dyn Clock>,
    pub node: &'static str,
    pub pairs: PairSecrets,
    pub works: bool,
}

impl Stage {
    pub async fn set() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let log = Arc::new(MemoryLog::new(clock.clone()));
        let role = Role {
            clock,
            node: "stage",
            pairs: PairSecrets::Kept,
            works: true,
        };
        Self::on(log, role).await
    }

    /// A house of this role on a log.
    pub async fn on(log: Arc<dyn EventLog>, role: Role) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut stage = Self {
            folder,
            log,
            role,
            house: None,
        };
        stage.open().await;
        stage
    }

    async fn open(&mut self) {
        let (views, view_writer) =
            Views::open(&self.folder.path().join("views.db")).expect("views");
        let nodes = self.folder.path().join("content.db");
        let sealing = SealingKey::of_text(&Secret::given("the seal of the stage"));
        let path = self.folder.path().join("keys.db");
        let keys = SqliteKeys::open(&path, sealing, self.role.clock.clone()).expect("a key store");
        let parts = Parts {
            log: self.log.clone(),
            open_nodes: Box::new(move |anew| open_nodes(&nodes, anew)),
            views,
            view_writer,
            clock: self.role.clock.clone(),
            node: self.role.node.into(),
            pairs: self.role.pairs,
            works: self.role.works,
            keys: Arc::new(keys),
        };
        let founding = Founding {
            admin_key: Digest::of(b"sl_test"),
        };
        let house = House::open(parts, founding, &mut |_, _| {})
            .await
            .expect("the house opens");
        self.house = Some(house);
    }

    /// Closes the house, lets something happen to its folder, and opens it again.
    pub async fn reopen_after(&mut self, meanwhile: impl FnOnce(&Path)) {
        if let Some(house) = self.house.take() {
            house.close().await.expect("the house closes");
        }
        meanwhile(self.folder.path());
        self.open().await;
    }

    pub fn ledger(&self) -> &Ledger {
        &self.house().ledger
    }

    pub fn house(&self) -> &House {
        self.house.as_ref().expect("open")
    }

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
            .create_dataset(&ada(), new)
            .await
            .expect("a dataset")
            .id
    }

    /// Puts items of these keys, each with the value given.
    pub async fn put(&self, dataset: DatasetId, keys: &[&str], value: &Value) -> Committed {
        self.try_put(dataset, keys, value).await.expect("a commit")
    }

    pub async fn try_put(
        &self,
        dataset: DatasetId,
        keys: &[&str],
        value: &Value,
    ) -> Outcome<Committed> {
        let upserts = keys.iter().map(|key| item(key, value)).collect();
        let commit = NewCommit {
            upserts,
            ..NewCommit::default()
        };
        self.ledger().commit_items(&ada(), dataset, commit).await
    }

    /// Keys and data at a version.
    pub async fn items(&self, spec: VersionSpec) -> Vec<(String, Value)> {
        let reads = self.ledger().reads(&ada().principal);
        let version = reads.version(spec).await.expect("a version");
        let window = ItemWindow {
            limit: 1_000,
            ..ItemWindow::default()
        };
        let slice = reads.items(&version, &window).await.expect("items");
        slice
            .items
            .into_iter()
            .map(|item| (item.key, item.data))
            .collect()
    }

    /// Watches a task to its end: every phase it went through.
    pub async fn watched(&self, task: TaskId) -> Vec<TaskPhase> {
        let reads = self.ledger().reads(&ada().principal);
        let mut watcher = reads.watch(task).expect("readable").expect("on the board");
        let mut phases = Vec::new();
        while let Some(progress) = watcher.next().await {
            phases.push(progress.phase);
        }
        phases.dedup();
        phases
    }
}

fn open_nodes(path: &Path, anew: bool) -> Result<Arc<dyn KeptNodes>, crate::content::Fault> {
    if anew {
        SqliteNodes::remove(path)?;
    }
    // Nothing decoded is kept in memory, so that what the file holds is what is read.
    Ok(Arc::new(SqliteNodes::open_with_cache(path, 0)?))
}

pub(super) fn ada() -> Caller {
    let principal = Principal::administrator("ada", None);
    Caller {
        principal,
        correlation: None,
        causation: None,
        key: None,
    }
}

pub(super) fn item(key: &str, value: &Value) -> NewItem {
    let (key, data) = (Some(key.to_owned()), json!({ "value": value }));
    NewItem {
        key,
        kind: ItemKind::Record,
        data,
        media: None,
    }
}

pub(super) fn refusal<T: std::fmt::Debug>(outcome: Outcome<T>) -> Refusal {
    match outcome {
        Err(LedgerError::Refused { refusal, .. }) => refusal,
        other => panic!("expected a refusal, found {other:?}"),
    }
}
