//! Watch a restore: every phase and step of it, pushed by the server as it happens.
//!
//! ```text
//! SNAPLEDGER_KEY=… cargo run --example subscribe_restore -- [DATASET] [SNAPSHOT]
//! ```
//!
//! Both are names; without them it is the newest snapshot of the dataset `penguins`. The state
//! before the restore gets a snapshot of its own, so nothing is lost.

#[path = "client/http.rs"]
mod http;
#[path = "client/pushes.rs"]
mod pushes;

use http::{Client, Outcome};
use pushes::Pushes;
use serde_json::{Value, json};

/// The dataset when none is named.
const DATASET_DEFAULT: &str = "penguins";

/// What the server pushes at every change of the restore.
const PROGRESS: &str = "subscription ($dataset: ID!) {
    restoreProgress(datasetId: $dataset) {
        id phase error summary { added removed modified }
        progress { done total percent ratePerSecond etaSeconds }
    }
}";

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let dataset_name = arguments.next().unwrap_or_else(|| DATASET_DEFAULT.into());
    let client = Client::of_environment()?;
    let dataset = find_dataset(&client, &dataset_name).await?;
    let snapshot = find_snapshot(&client, &dataset, arguments.next()).await?;

    // Subscribed first, so that no phase is missed.
    let variables = json!({ "dataset": dataset });
    let mut pushes = Pushes::open(&client, PROGRESS, variables).await?;
    let task = begin_restore(&client, &dataset, &snapshot).await?;
    while let Some(mut pushed) = pushes.next().await? {
        let restore = pushed["restoreProgress"].take();
        // A restore that ended before ours is not what we wait for.
        if restore["id"] != task {
            continue;
        }
        println!("{}", line(&restore));
        match restore["phase"].as_str() {
            Some("COMPLETED") => return Ok(()),
            Some("FAILED" | "CANCELLED") => {
                return Err(format!("the restore ended otherwise: {}", restore["error"]).into());
            }
            Some(_) | None => {}
        }
    }
    Err("the server ended the subscription; subscribe again to go on watching".into())
}

async fn find_dataset(client: &Client, name: &str) -> Outcome<Value> {
    let document = "query ($name: String!) { datasetByName(name: $name) { id } }";
    let mut found = client.ask(document, json!({ "name": name })).await?;
    match found["datasetByName"]["id"].take() {
        Value::Null => Err(format!("there is no dataset {name:?}; `make run` makes one").into()),
        id => Ok(id),
    }
}

/// The snapshot of this name, or the newest one.
async fn find_snapshot(client: &Client, dataset: &Value, name: Option<String>) -> Outcome<Value> {
    let Some(name) = name else {
        let document = "query ($id: ID!) {
            dataset(id: $id) { snapshots(first: 1) { nodes { id } } }
        }";
        let mut found = client.ask(document, json!({ "id": dataset })).await?;
        return match found["dataset"]["snapshots"]["nodes"][0]["id"].take() {
            Value::Null => Err("the dataset has no snapshot; make one first".into()),
            id => Ok(id),
        };
    };
    let document = "query ($id: ID!, $name: String!) {
        snapshotByName(datasetId: $id, name: $name) { id }
    }";
    let variables = json!({ "id": dataset, "name": name });
    let mut found = client.ask(document, variables).await?;
    match found["snapshotByName"]["id"].take() {
        Value::Null => Err(format!("the dataset has no snapshot {name:?}").into()),
        id => Ok(id),
    }
}

/// Answers the task's id: the restore goes on by itself.
async fn begin_restore(client: &Client, dataset: &Value, snapshot: &Value) -> Outcome<Value> {
    let document = "mutation ($input: RestoreSnapshotInput!) {
        restoreSnapshot(input: $input) { task { id } }
    }";
    let target = json!({ "snapshotId": snapshot });
    let input = json!({ "datasetId": dataset, "target": target, "safetySnapshot": true });
    let mut begun = client.ask(document, json!({ "input": input })).await?;
    Ok(begun["restoreSnapshot"]["task"]["id"].take())
}

/// One line for people: phase, steps, what part of all, and how long it will take.
fn line(restore: &Value) -> String {
    let phase = restore["phase"].as_str().unwrap_or_default();
    let progress = &restore["progress"];
    let percent = progress["percent"].as_f64().unwrap_or_default();
    let steps = match (progress["done"].as_u64(), progress["total"].as_u64()) {
        (Some(done), Some(total)) => format!("{done} of {total}"),
        (Some(done), None) => format!("{done}"),
        (None, _) => String::new(),
    };
    let left = progress["etaSeconds"]
        .as_f64()
        .map(|seconds| format!(", {seconds:.1} s left"));
    format!(
        "{phase:<10} {percent:>5.1} %  {steps}{}",
        left.unwrap_or_default()
    )
}
