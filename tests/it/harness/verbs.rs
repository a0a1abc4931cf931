//! What stories do with datasets, in their words: each one mutation that must succeed, or a read.

use serde_json::{Value, json};

use super::{ENDS, PAUSE, Server, within};

/// The fields by which a task's end is told.
const TASK: &str = "query ($id: ID!) {
    task(id: $id) {
        id type status phase error resultXactId startedAt finishedAt
        summary { added removed modified unchanged }
        progress { done total percent }
    }
}";

impl Server {
    /// Makes an empty dataset; answers its id.
    pub async fn dataset(&self, name: &str) -> String {
        let document = "mutation ($name: String!) {
            createDataset(input: { name: $name }) { dataset { id } }
        }";
        let made = self.ask(document, json!({ "name": name })).await;
        text(&made["createDataset"]["dataset"]["id"])
    }

    /// Puts and deletes items; answers the xact id of the new version.
    pub async fn commit(&self, dataset: &str, upserts: Vec<Value>, deletes: &[&str]) -> String {
        let document = "mutation ($input: CommitItemsInput!) {
            commitItems(input: $input) { xactId }
        }";
        let input = json!({ "datasetId": dataset, "upserts": upserts, "deletes": deletes });
        let made = self.ask(document, json!({ "input": input })).await;
        text(&made["commitItems"]["xactId"])
    }

    /// Takes a snapshot of the head; answers its id.
    pub async fn snapshot(&self, dataset: &str, name: &str) -> String {
        let document = "mutation ($input: CreateSnapshotInput!) {
            createSnapshot(input: $input) { snapshot { id } }
        }";
        let input = json!({ "datasetId": dataset, "name": name });
        let made = self.ask(document, json!({ "input": input })).await;
        text(&made["createSnapshot"]["snapshot"]["id"])
    }

    /// Begins a restore; answers the task's id.
    pub async fn begin_restore(&self, dataset: &str, target: Value) -> String {
        let document = "mutation ($input: RestoreSnapshotInput!) {
            restoreSnapshot(input: $input) { task { id } }
        }";
        let input = json!({ "datasetId": dataset, "target": target });
        let begun = self.ask(document, json!({ "input": input })).await;
        text(&begun["restoreSnapshot"]["task"]["id"])
    }

    /// Restores a snapshot and waits; answers the task as it ended.
    pub async fn restore(&self, dataset: &str, snapshot: &str) -> Value {
        let task = self
            .begin_restore(dataset, json!({ "snapshotId": snapshot }))
            .await;
        self.task_end(&task).await
    }

    /// Clones a snapshot; answers the new dataset's id.
    pub async fn clone_snapshot(&self, snapshot: &str, name: Option<&str>) -> String {
        let document = "mutation ($input: CloneSnapshotInput!) {
            cloneSnapshot(input: $input) { dataset { id } task { id } }
        }";
        let input = json!({ "snapshotId": snapshot, "name": name });
        let made = self.ask(document, json!({ "input": input })).await;
        self.task_end(&text(&made["cloneSnapshot"]["task"]["id"]))
            .await;
        text(&made["cloneSnapshot"]["dataset"]["id"])
    }

    /// The id of the snapshot with number 1.
    pub async fn snapshot_of_creation(&self, dataset: &str) -> String {
        let document = "query ($id: ID!) {
            dataset(id: $id) { snapshots(last: 1) { nodes { id number } } }
        }";
        let found = self.ask(document, json!({ "id": dataset })).await;
        let first = &found["dataset"]["snapshots"]["nodes"][0];
        assert_eq!(first["number"], 1, "{found}");
        text(&first["id"])
    }

    /// Deletes a dataset.
    pub async fn delete_dataset(&self, dataset: &str) {
        let document = "mutation ($id: ID!) {
            deleteDataset(input: { datasetId: $id }) { xactId }
        }";
        self.ask(document, json!({ "id": dataset })).await;
    }

    /// Waits for a task's end; answers the task.
    pub async fn task_end(&self, id: &str) -> Value {
        within("a task", async {
            loop {
                let mut found = self.ask(TASK, json!({ "id": id })).await;
                let task = found["task"].take();
                if ENDS.iter().any(|end| task["phase"] == *end) {
                    return task;
                }
                tokio::time::sleep(PAUSE).await;
            }
        })
        .await
    }

    /// The import that has begun on a dataset, which must have one; answers the task's id.
    pub async fn import_task(&self, dataset: &str) -> String {
        let document = "query ($id: ID!) {
            tasks(filter: { datasetId: $id, types: [IMPORT] }) { nodes { id } }
        }";
        within("an import", async {
            loop {
                let found = self.ask(document, json!({ "id": dataset })).await;
                if let Some(task) = found["tasks"]["nodes"].get(0) {
                    return text(&task["id"]);
                }
                tokio::time::sleep(PAUSE).await;
            }
        })
        .await
    }

    /// A dataset as it is.
    pub async fn head(&self, dataset: &str) -> Value {
        let document = "query ($id: ID!) {
            dataset(id: $id) {
                xactId digest itemCount status isModified currentSnapshot { id }
            }
        }";
        self.ask(document, json!({ "id": dataset })).await["dataset"].take()
    }

    /// The content root of a dataset as it is.
    pub async fn digest(&self, dataset: &str) -> String {
        text(&self.head(dataset).await["digest"])
    }

    /// The names of the events on a task's stream, and of those elsewhere that tell of it.
    pub async fn task_events(&self, task: &str) -> Vec<String> {
        let events = self.events("type task { id }").await;
        let its = events.iter().filter(|event| event["task"]["id"] == task);
        its.map(|event| text(&event["type"])).collect()
    }

    /// All events there are, with these fields.
    pub async fn events(&self, fields: &str) -> Vec<Value> {
        let document = format!(
            "query ($after: XactId) {{
                events(after: $after, first: 500) {{
                    nodes {{ {fields} }}
                    pageInfo {{ hasNextPage endCursor }}
                }}
            }}"
        );
        let mut events = Vec::new();
        let mut after = Value::Null;
        loop {
            let mut page = self.ask(&document, json!({ "after": after })).await["events"].take();
            events.append(page["nodes"].as_array_mut().expect("events"));
            if page["pageInfo"]["hasNextPage"] != true {
                return events;
            }
            after = page["pageInfo"]["endCursor"].take();
        }
    }
}

/// A text that the schema promises.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("expected a text, got {value}"))
        .to_owned()
}

/// The place in the log that an xact id names.
pub fn position(xact_id: &Value) -> u64 {
    let number: u64 = text(xact_id).parse().expect("19 digits");
    number & ((1 << 48) - 1)
}

/// The xact id of a place in the log.
pub fn xact_id(position: u64) -> String {
    ((0x0DE1 << 48) | position).to_string()
}
