//! Quickstart: a dataset's first minutes. Put items in, take a snapshot, change something by
//! mistake, see what changed, go back.
//!
//! ```text
//! SNAPLEDGER_KEY=… cargo run --example quickstart
//! ```
//!
//! Asks a running server; each run begins with a dataset of its own.

#[path = "client/http.rs"]
mod http;
#[path = "client/pushes.rs"]
mod pushes;

use http::{Client, Outcome};
use pushes::Pushes;
use serde_json::{Value, json};

/// The name of the dataset.
const NAME: &str = "quickstart";

#[tokio::main]
async fn main() -> Outcome<()> {
    let client = Client::of_environment()?;
    let dataset = fresh_dataset(&client).await?;
    println!("dataset {dataset}");

    let cities = json!([
        { "key": "lagos", "data": { "country": "Nigeria", "rivers": 0 } },
        { "key": "lima", "data": { "country": "Peru", "rivers": 3 } },
        { "key": "lyon", "data": { "country": "France", "rivers": 2 } },
    ]);
    commit(&client, &dataset, cities, json!([])).await?;
    let snapshot = take_snapshot(&client, &dataset).await?;

    // A mistake: one item changed, one deleted.
    let mistake = json!([{ "key": "lyon", "data": { "country": "Italy", "rivers": 2 } }]);
    commit(&client, &dataset, mistake, json!(["lima"])).await?;
    show_difference(&client, &dataset, &snapshot).await?;

    restore(&client, &dataset, &snapshot).await?;
    show_items(&client, &dataset).await
}

/// An empty dataset; the one that an earlier run left is deleted first.
async fn fresh_dataset(client: &Client) -> Outcome<String> {
    let find = "query ($name: String!) { datasetByName(name: $name) { id } }";
    let found = client.ask(find, json!({ "name": NAME })).await?;
    if let Some(old) = found["datasetByName"]["id"].as_str() {
        let delete = "mutation ($id: ID!) {
            deleteDataset(input: { datasetId: $id }) { xactId }
        }";
        client.ask(delete, json!({ "id": old })).await?;
    }
    let create = "mutation ($name: String!) {
        createDataset(input: { name: $name }) { dataset { id } }
    }";
    let made = client.ask(create, json!({ "name": NAME })).await?;
    text(&made["createDataset"]["dataset"]["id"])
}

/// Puts and deletes items together: one new version.
async fn commit(client: &Client, dataset: &str, upserts: Value, deletes: Value) -> Outcome<()> {
    let document = "mutation ($input: CommitItemsInput!) {
        commitItems(input: $input) { xactId summary { added removed modified } }
    }";
    let input = json!({ "datasetId": dataset, "upserts": upserts, "deletes": deletes });
    let made = client.ask(document, json!({ "input": input })).await?;
    let made = &made["commitItems"];
    println!("version {}: {}", text(&made["xactId"])?, made["summary"]);
    Ok(())
}

async fn take_snapshot(client: &Client, dataset: &str) -> Outcome<String> {
    let document = "mutation ($id: ID!) {
        createSnapshot(input: { datasetId: $id, name: \"three cities\" }) {
            snapshot { id number name itemCount digest }
        }
    }";
    let made = client.ask(document, json!({ "id": dataset })).await?;
    let snapshot = &made["createSnapshot"]["snapshot"];
    println!("snapshot {snapshot}");
    text(&snapshot["id"])
}

/// What was done since the snapshot.
async fn show_difference(client: &Client, dataset: &str, snapshot: &str) -> Outcome<()> {
    let document = "query ($snapshot: ID!, $dataset: ID!) {
        diff(from: { snapshotId: $snapshot }, to: { dataset: { id: $dataset } }) {
            nodes { key change before { data } after { data } }
        }
    }";
    let variables = json!({ "snapshot": snapshot, "dataset": dataset });
    let found = client.ask(document, variables).await?;
    for change in found["diff"]["nodes"].as_array().into_iter().flatten() {
        println!("changed {change}");
    }
    Ok(())
}

/// Goes back to the snapshot, and waits until it is done.
async fn restore(client: &Client, dataset: &str, snapshot: &str) -> Outcome<()> {
    let document = "mutation ($dataset: ID!, $snapshot: ID!) {
        restoreSnapshot(input: { datasetId: $dataset, target: { snapshotId: $snapshot } }) {
            task { id }
        }
    }";
    let variables = json!({ "dataset": dataset, "snapshot": snapshot });
    let begun = client.ask(document, variables).await?;
    let task = text(&begun["restoreSnapshot"]["task"]["id"])?;
    let document = "subscription ($id: ID!) { taskProgress(taskId: $id) { phase error } }";
    let mut pushes = Pushes::open(client, document, json!({ "id": task })).await?;
    while let Some(pushed) = pushes.next().await? {
        println!("restore {}", pushed["taskProgress"]["phase"]);
    }
    Ok(())
}

async fn show_items(client: &Client, dataset: &str) -> Outcome<()> {
    let document = "query ($id: ID!) { dataset(id: $id) { items { nodes { key data } } } }";
    let found = client.ask(document, json!({ "id": dataset })).await?;
    let items = found["dataset"]["items"]["nodes"].as_array();
    for item in items.into_iter().flatten() {
        println!("item {item}");
    }
    Ok(())
}

/// A text that the schema promises.
fn text(value: &Value) -> Outcome<String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("expected a text, got {value}"))?;
    Ok(text.to_owned())
}
