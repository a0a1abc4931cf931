//! A dataset of one size in an open house, with a past: what most figures are measured on.

use snapledger::domain::ids::{DatasetId, SnapshotId};
use snapledger::domain::values::CommitMode;
use snapledger::ledger::{Committed, NewCommit, NewImport, NewItem, NewSnapshot, VersionSpec};
use snapledger::views::VersionRow;
use tempfile::TempDir;

use super::items;
use super::stage::{Stage, caller};

/// What fits one commit comfortably; more goes through an import.
const COMMIT_ITEMS_MAX: u64 = 2_000;

/// A dataset just imported.
pub struct Imported {
    pub folder: TempDir,
    pub stage: Stage,
    pub dataset: DatasetId,
    pub size: u64,
}

/// A world.
pub struct World {
    pub column: usize,
    pub folder: TempDir,
    pub stage: Stage,
    pub dataset: DatasetId,
    pub size: u64,
    /// The version that the import made.
    pub first: VersionRow,
    /// Snapshots that differ by 1 % of the items, the head's first.
    pub pair: Vec<SnapshotId>,
    rounds: u64,
}

impl World {
    /// A world that begins with what was imported.
    pub async fn new(column: usize, imported: Imported) -> Self {
        let Imported {
            folder,
            stage,
            dataset,
            size,
        } = imported;
        let first = head(&stage, dataset).await;
        // Rounds of imports come before.
        Self {
            column,
            folder,
            stage,
            dataset,
            size,
            first,
            pair: Vec::new(),
            rounds: 100,
        }
    }

    /// The number of the next round of changes: no two rounds have the same values.
    pub fn next_round(&mut self) -> u64 {
        self.rounds += 1;
        self.rounds
    }

    /// The current version.
    pub async fn head(&self) -> VersionRow {
        head(&self.stage, self.dataset).await
    }

    /// Names the head.
    pub async fn snapshot(&self) -> SnapshotId {
        let new = NewSnapshot::default();
        let made = self
            .stage
            .ledger()
            .create_snapshot(&caller(), self.dataset, new)
            .await;
        made.expect("a snapshot").id
    }

    /// Snapshots the head, changes 1 % of the items, and snapshots it again.
    pub async fn change_one_percent(&mut self) {
        let before = self.snapshot().await;
        self.commit_one_percent().await;
        self.pair = vec![self.snapshot().await, before];
    }

    /// Changes 1 % of the items at random keys.
    pub async fn commit_one_percent(&mut self) -> Committed {
        let (round, count) = (self.next_round(), self.size / 100);
        let changes = items::changes(count, self.size, round);
        if count > COMMIT_ITEMS_MAX {
            return import(&self.stage, self.dataset, changes).await;
        }
        let commit = NewCommit {
            upserts: changes.collect(),
            ..NewCommit::default()
        };
        let committed = self
            .stage
            .ledger()
            .commit_items(&caller(), self.dataset, commit)
            .await;
        committed.expect("a commit")
    }
}

async fn head(stage: &Stage, dataset: DatasetId) -> VersionRow {
    let head = VersionSpec::Head(dataset);
    stage.reads().version(head).await.expect("a version")
}

/// Puts these items through an import.
pub async fn import(
    stage: &Stage,
    dataset: DatasetId,
    items: impl Iterator<Item = NewItem>,
) -> Committed {
    let new = NewImport {
        dataset,
        mode: CommitMode::Upsert,
        message: None,
        if_version: None,
        auto_snapshot: false,
    };
    let mut importer = stage
        .ledger()
        .begin_import(&caller(), new)
        .await
        .expect("an import");
    for item in items {
        importer.put(item).await.expect("taken");
    }
    importer.finish().await.expect("committed")
}
