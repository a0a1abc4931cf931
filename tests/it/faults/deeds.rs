//! What the clients of these stories want done: each deed with how it is asked for.
//!
//! Knows nothing of nodes, of tries and of what comes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{KEY, item, item_key, lines, xact_id};

/// How long a client waits for the answer to an upload.
const UPLOAD_MAX: Duration = Duration::from_secs(60);

/// Items of a dataset: the edition of each, by its number.
pub type Items = BTreeMap<u64, u32>;

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// A new dataset of this name, empty.
    CreateDataset { name: String },
    /// Items put and deleted; only if the version is this one still, when one is given.
    Commit {
        dataset: String,
        puts: Items,
        deletes: BTreeSet<u64>,
        if_version: Option<u64>,
    },
    /// The first `items` items in this edition, put by an upload.
    Import {
        dataset: String,
        items: u64,
        edition: u32,
    },
    /// A snapshot of the head.
    CreateSnapshot { dataset: String, name: String },
    /// Another name for a snapshot.
    RenameSnapshot {
        dataset: String,
        snapshot: String,
        name: String,
    },
    /// A snapshot hidden, unless it is the current one.
    DeleteSnapshot { dataset: String, snapshot: String },
    /// A dataset moved back to a snapshot.
    Restore { dataset: String, snapshot: String },
    /// A new dataset of this name that begins at a snapshot of another.
    Clone {
        source: String,
        snapshot: String,
        name: String,
    },
}

impl Deed {
    /// The name of the one event that says that it is done.
    pub const fn fact(&self) -> &'static str {
        match self {
            Self::CreateDataset { .. } => "DatasetCreated",
            Self::Commit { .. } | Self::Import { .. } => "ItemsCommitted",
            Self::CreateSnapshot { .. } => "SnapshotCreated",
            Self::RenameSnapshot { .. } => "SnapshotRenamed",
            Self::DeleteSnapshot { .. } => "SnapshotDeleted",
            Self::Restore { .. } => "RestoreBegun",
            Self::Clone { .. } => "SnapshotCloned",
        }
    }

    /// The request that asks a node at this address for it. A retry is the same request, wherever
    /// it goes.
    pub fn request(
        &self,
        http: &reqwest::Client,
        address: &str,
        id: Uuid,
    ) -> reqwest::RequestBuilder {
        let request = match self {
            Self::Import {
                dataset,
                items,
                edition,
            } => {
                let upload = http.post(format!("{address}/v1/datasets/{dataset}/items"));
                let upload = upload.header("Idempotency-Key", id.to_string());
                upload.timeout(UPLOAD_MAX).body(lines(*items, *edition))
            }
            Self::CreateDataset { .. }
            | Self::Commit { .. }
            | Self::CreateSnapshot { .. }
            | Self::RenameSnapshot { .. }
            | Self::DeleteSnapshot { .. }
            | Self::Restore { .. }
            | Self::Clone { .. } => {
                let body =
                    json!({ "query": self.document(), "variables": { "input": self.input(id) } });
                http.post(format!("{address}/graphql")).json(&body)
            }
        };
        // Whatever it does bears this id in the log.
        request
            .bearer_auth(KEY)
            .header("X-Request-Id", id.to_string())
    }

    /// The mutation, and of its answer what never changes.
    const fn document(&self) -> &'static str {
        match self {
            Self::CreateDataset { .. } => {
                "mutation ($input: CreateDatasetInput!) {
                    done: createDataset(input: $input) { xactId dataset { id } }
                }"
            }
            Self::Commit { .. } => {
                "mutation ($input: CommitItemsInput!) {
                    done: commitItems(input: $input) { xactId dataset { id } }
                }"
            }
            Self::CreateSnapshot { .. } => {
                "mutation ($input: CreateSnapshotInput!) {
                    done: createSnapshot(input: $input) { xactId snapshot { id number } }
                }"
            }
            Self::RenameSnapshot { .. } => {
                "mutation ($input: RenameSnapshotInput!) {
                    done: renameSnapshot(input: $input) { xactId snapshot { id number } }
                }"
            }
            Self::DeleteSnapshot { .. } => {
                "mutation ($input: DeleteSnapshotInput!) {
                    done: deleteSnapshot(input: $input) { xactId snapshot { id number } }
                }"
            }
            Self::Restore { .. } => {
                "mutation ($input: RestoreSnapshotInput!) {
                    done: restoreSnapshot(input: $input) { xactId task { id } }
                }"
            }
            Self::Clone { .. } => {
                "mutation ($input: CloneSnapshotInput!) {
                    done: cloneSnapshot(input: $input) { xactId dataset { id } task { id } }
                }"
            }
            // An upload is no mutation.
            Self::Import { .. } => "",
        }
    }

    fn input(&self, id: Uuid) -> Value {
        let mut input = match self {
            Self::CreateDataset { name } => json!({ "name": name }),
            Self::Commit {
                dataset,
                puts,
                deletes,
                if_version,
            } => {
                let puts = puts.iter().map(|(number, edition)| item(*number, *edition));
                let deletes = deletes.iter().map(|number| item_key(*number));
                json!({
                    "datasetId": dataset,
                    "upserts": puts.collect::<Vec<_>>(),
                    "deletes": deletes.collect::<Vec<_>>(),
                    "ifVersion": if_version.map(xact_id),
                })
            }
            Self::CreateSnapshot { dataset, name } => {
                json!({ "datasetId": dataset, "name": name })
            }
            Self::RenameSnapshot { snapshot, name, .. } => {
                json!({ "snapshotId": snapshot, "name": name })
            }
            Self::DeleteSnapshot { snapshot, .. } => json!({ "snapshotId": snapshot }),
            Self::Restore { dataset, snapshot } => {
                json!({ "datasetId": dataset, "target": { "snapshotId": snapshot } })
            }
            Self::Clone { snapshot, name, .. } => {
                json!({ "snapshotId": snapshot, "name": name })
            }
            Self::Import { .. } => Value::Null,
        };
        input["idempotencyKey"] = json!(id);
        input
    }
}
