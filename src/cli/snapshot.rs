//! `snapledger snapshot`: names the current version of a dataset.

use serde::Deserialize;
use serde_json::json;

use super::connection::Connection;
use super::dataset;
use super::failure::Done;

const CREATE: &str = "mutation($input: CreateSnapshotInput!) { \
    created: createSnapshot(input: $input) { \
        snapshot { id number name itemCount xactId } } }";

/// Name the current version of a dataset, to come back to
#[derive(clap::Args)]
pub(super) struct Snapshot {
    /// The dataset, by name or id
    #[arg(long)]
    dataset: String,
    /// The snapshot's name, unique in the dataset
    #[arg(long)]
    name: Option<String>,
    /// What it is for
    #[arg(long)]
    description: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Deserialize)]
struct Created {
    created: CreatedSnapshot,
}

#[derive(Deserialize)]
struct CreatedSnapshot {
    snapshot: Made,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    id: String,
    number: u64,
    name: String,
    item_count: u64,
    xact_id: String,
}

impl Snapshot {
    pub async fn run(&self) -> Done {
        let client = self.connection.client()?;
        let dataset = dataset::need(&client, &self.dataset).await?;
        let input = json!({
            "datasetId": dataset.id,
            "name": self.name,
            "description": self.description,
        });
        let created: Created = client.ask(CREATE, json!({ "input": input })).await?;
        let Made {
            id,
            number,
            name,
            item_count,
            xact_id,
        } = created.created.snapshot;
        println!("snapshot {number} of {}: {name:?}", dataset.name);
        println!("  id {id}, version {xact_id}, {item_count} items");
        Ok(())
    }
}
