//! One row for each mutation of the schema: an input that can be done, and another one.
//!
//! A mutation without a row fails the story. Every row works on datasets of its own, so that no
//! retry meets what another row did.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::harness::{PAUSE, Server, item, text, within};

/// A mutation to be retried.
pub struct Row {
    /// Its name.
    pub mutation: &'static str,
    /// What of its payload tells one effect from another.
    pub wanted: &'static str,
    /// The event of which it makes exactly one.
    pub fact: &'static str,
    /// What it is asked, without a key.
    pub input: Value,
    /// What makes another input of it.
    pub other: Value,
}

/// A row for each mutation, in the order of their names.
pub async fn rows(server: &Server) -> Vec<Row> {
    let mut rows = datasets(server).await;
    rows.extend(snapshots(server).await);
    rows.extend(work(server).await);
    rows.extend(keys(server).await);
    rows.sort_unstable_by_key(|row| row.mutation);
    rows
}

/// Of projects, datasets and items.
async fn datasets(server: &Server) -> Vec<Row> {
    let changed = server.dataset("to be updated").await;
    let filled = server.dataset("to be filled").await;
    let deleted = server.dataset("to be deleted").await;
    let described = project(server, "to be described").await;
    let closed = project(server, "to be closed").await;
    let version = server.head(&filled).await["xactId"].take();
    vec![
        Row {
            mutation: "createProject",
            wanted: "project { id }",
            fact: "ProjectCreated",
            input: json!({ "name": "made once" }),
            other: json!({ "name": "another" }),
        },
        Row {
            mutation: "updateProject",
            wanted: "project { id description }",
            fact: "ProjectUpdated",
            input: json!({ "projectId": described, "description": "said once" }),
            other: json!({ "description": "said otherwise" }),
        },
        Row {
            mutation: "deleteProject",
            wanted: "projectId",
            fact: "ProjectDeleted",
            // The retry comes when there is no such project any more.
            input: json!({ "projectId": closed }),
            other: json!({ "projectId": described }),
        },
        Row {
            mutation: "createDataset",
            wanted: "dataset { id }",
            fact: "DatasetCreated",
            input: json!({ "name": "made once" }),
            other: json!({ "draft": true }),
        },
        Row {
            mutation: "updateDataset",
            wanted: "dataset { id description }",
            fact: "DatasetUpdated",
            input: json!({ "datasetId": changed, "description": "changed once" }),
            other: json!({ "description": "changed otherwise" }),
        },
        Row {
            mutation: "commitItems",
            wanted: "dataset { id } summary { added }",
            fact: "ItemsCommitted",
            // The retry comes when the version that was seen is no longer the head.
            input: json!({ "datasetId": filled, "upserts": [item(1, 1)], "ifVersion": version }),
            other: json!({ "message": "for another reason" }),
        },
        Row {
            mutation: "deleteDataset",
            wanted: "dataset { id deletedAt }",
            fact: "DatasetDeleted",
            input: json!({ "datasetId": deleted }),
            other: json!({ "datasetId": changed }),
        },
    ]
}

async fn project(server: &Server, name: &str) -> String {
    let document = "mutation ($name: String!) {
        createProject(input: { name: $name }) { project { id } } }";
    let made = server.ask(document, json!({ "name": name })).await;
    text(&made["createProject"]["project"]["id"])
}

/// Of snapshots.
async fn snapshots(server: &Server) -> Vec<Row> {
    let dataset = server.dataset("with snapshots").await;
    let renamed = server.snapshot(&dataset, "to be renamed").await;
    let deleted = server.snapshot(&dataset, "to be deleted").await;
    let back = server.snapshot(&dataset, "to be back").await;
    server.snapshot(&dataset, "the current one").await;
    let document = "mutation ($id: ID!) { deleteSnapshot(input: { snapshotId: $id }) { xactId } }";
    server.ask(document, json!({ "id": back })).await;
    vec![
        Row {
            mutation: "createSnapshot",
            wanted: "snapshot { id number }",
            fact: "SnapshotCreated",
            input: json!({ "datasetId": dataset, "name": "made once" }),
            other: json!({ "trainingModelName": "another" }),
        },
        Row {
            mutation: "renameSnapshot",
            wanted: "snapshot { id name }",
            fact: "SnapshotRenamed",
            input: json!({ "snapshotId": renamed, "name": "renamed once" }),
            other: json!({ "description": "" }),
        },
        Row {
            mutation: "deleteSnapshot",
            wanted: "snapshot { id deletedAt }",
            fact: "SnapshotDeleted",
            input: json!({ "snapshotId": deleted }),
            other: json!({ "evenIfCurrent": true }),
        },
        Row {
            mutation: "undeleteSnapshot",
            wanted: "snapshot { id deletedAt }",
            fact: "SnapshotUndeleted",
            input: json!({ "snapshotId": back }),
            other: json!({ "name": "back under another name" }),
        },
        Row {
            mutation: "cloneSnapshot",
            wanted: "dataset { id name } task { id }",
            fact: "SnapshotCloned",
            input: json!({ "snapshotId": renamed }),
            other: json!({ "name": "another clone" }),
        },
    ]
}

/// Of tasks and operations.
async fn work(server: &Server) -> Vec<Row> {
    let restored = server.dataset("to be restored").await;
    let first = server.snapshot(&restored, "first").await;
    server.commit(&restored, vec![item(1, 1)], &[]).await;
    let version = server.head(&restored).await["xactId"].take();
    let begun = server.dataset("to be worked on").await;
    let finished = server.dataset("worked on").await;
    let document = "mutation ($id: ID!) {
        beginOperation(input: { datasetId: $id, kind: REINDEX }) { operation { id } }
    }";
    let operation = server.ask(document, json!({ "id": finished })).await;
    let operation = text(&operation["beginOperation"]["operation"]["id"]);
    vec![
        Row {
            mutation: "restoreSnapshot",
            wanted: "task { id }",
            fact: "RestoreBegun",
            input: json!({
                "datasetId": restored, "target": { "snapshotId": first }, "ifVersion": version,
            }),
            other: json!({ "safetySnapshot": true }),
        },
        Row {
            mutation: "cancelTask",
            wanted: "task { id phase }",
            fact: "TaskCancelled",
            input: json!({ "taskId": import(server, "to be called off").await }),
            other: json!({ "taskId": import(server, "to go on").await }),
        },
        Row {
            mutation: "beginOperation",
            wanted: "operation { id }",
            fact: "OperationBegun",
            input: json!({ "datasetId": begun, "kind": "REINDEX" }),
            other: json!({ "kind": "TRAINING" }),
        },
        Row {
            mutation: "finishOperation",
            wanted: "operation { id outcome }",
            fact: "OperationFinished",
            input: json!({ "operationId": operation, "outcome": "SUCCEEDED" }),
            other: json!({ "outcome": "FAILED" }),
        },
    ]
}

/// Of API keys.
async fn keys(server: &Server) -> Vec<Row> {
    let document = "mutation ($name: String!) {
        issueApiKey(input: { name: $name, role: VIEWER }) { apiKey { id } }
    }";
    let mut issued = Vec::new();
    for name in ["to be revoked", "to stay"] {
        let made = server.ask(document, json!({ "name": name })).await;
        issued.push(text(&made["issueApiKey"]["apiKey"]["id"]));
    }
    vec![
        Row {
            mutation: "issueApiKey",
            wanted: "apiKey { id } token",
            fact: "ApiKeyIssued",
            input: json!({ "name": "issued once", "role": "EDITOR" }),
            other: json!({ "role": "ADMIN" }),
        },
        Row {
            mutation: "revokeApiKey",
            wanted: "apiKey { id }",
            fact: "ApiKeyRevoked",
            input: json!({ "apiKeyId": issued[0] }),
            other: json!({ "apiKeyId": issued[1] }),
        },
    ]
}

/// The task of an import into a new dataset, which waits for ever for its next line.
async fn import(server: &Server, name: &str) -> String {
    let dataset = server.dataset(name).await;
    let line = Ok::<_, std::io::Error>("{\"key\":\"a\",\"data\":{}}\n");
    let lines = stream::iter([line]).chain(stream::pending());
    let upload = server.upload(&dataset, "");
    let upload = upload.body(reqwest::Body::wrap_stream(lines));
    // It is cut off when the server goes.
    tokio::spawn(upload.send());
    let document = "query ($id: ID!) {
        tasks(filter: { datasetId: $id, types: [IMPORT] }) { nodes { id } }
    }";
    within("an import's begin", async {
        loop {
            let found = server.ask(document, json!({ "id": dataset })).await;
            match found["tasks"]["nodes"][0]["id"].as_str() {
                Some(task) => return task.to_owned(),
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    })
    .await
}
