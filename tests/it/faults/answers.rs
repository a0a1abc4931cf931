//! All that a node can be asked, answered: every dataset, version, snapshot, task, event and item.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::checks::same::Answers;
use crate::harness::{Server, text};

/// Rows of one page.
const PAGE_ROWS: usize = 100;
const EVENT: &str = "id xactId type stream revision recordedAt actor correlationId data
    dataset { id } snapshot { id } task { id } project { id }";
const DATASET: &str = "id name description metadata owner status snapshotsEnabled createdAt
    updatedAt xactId digest itemCount imageCount videoCount byteCount isModified
    currentSnapshot { id } activeTask { id } clonedFrom { id } clonedFromXactId";
const SNAPSHOT: &str = "id dataset { id } number name description reason xactId digest itemCount
    byteCount createdAt createdBy updatedAt deletedAt isCurrent isRestoring restoredFrom { id }";
const TASK: &str = "id type status phase error createdBy createdAt startedAt finishedAt
    resultXactId dataset { id } snapshot { id } summary { added removed modified unchanged }
    progress { done total percent }";
const VERSION: &str = "xactId kind digest itemCount byteCount createdAt actor message
    summary { added removed modified unchanged } snapshots { id } restoredFrom { id }";

/// Everything that this server answers.
pub async fn answers(server: &Server) -> Answers {
    let mut answers = Answers::new();
    let datasets = listed(server, "datasets", DATASET).await;
    for (kind, rows) in [
        ("snapshot", listed(server, "snapshots", SNAPSHOT).await),
        ("task", listed(server, "tasks", TASK).await),
        ("event", server.events(EVENT).await),
    ] {
        tell(&mut answers, kind, &rows);
    }
    for dataset in &datasets {
        let id = text(&dataset["id"]);
        let versions = versions(server, &id).await;
        tell(&mut answers, &format!("version of {id}"), &versions);
    }
    tell(&mut answers, "dataset", &datasets);
    answers
}

/// The items of every dataset as they come out, by its id.
pub async fn exports(server: &Server) -> Answers {
    let mut exports = BTreeMap::new();
    for dataset in listed(server, "datasets", "id").await {
        let id = text(&dataset["id"]);
        let items = server.export(&id, None).await;
        exports.insert(id, items);
    }
    exports
}

/// The number of tasks that have not ended.
pub async fn unfinished(server: &Server) -> usize {
    let document = "{ tasks(first: 1, filter: { statuses: [QUEUED, RUNNING] }) { nodes { id } } }";
    let found = server.ask(document, json!({})).await;
    found["tasks"]["nodes"].as_array().map_or(0, Vec::len)
}

fn tell(answers: &mut Answers, kind: &str, rows: &[Value]) {
    for row in rows {
        let name = row["id"].as_str().or_else(|| row["xactId"].as_str());
        let question = format!("{kind} {}", name.expect("a row has a name"));
        answers.insert(question, row.to_string());
    }
}

async fn listed(server: &Server, list: &str, fields: &str) -> Vec<Value> {
    let document = format!(
        "query ($after: String) {{
            page: {list}(first: {PAGE_ROWS}, after: $after) {{
                nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }}
            }}
        }}"
    );
    pages(server, &document, json!({}), "/page").await
}

async fn versions(server: &Server, dataset: &str) -> Vec<Value> {
    let document = format!(
        "query ($id: ID!, $after: String) {{
            dataset(id: $id) {{
                page: versions(first: {PAGE_ROWS}, after: $after) {{
                    nodes {{ {VERSION} }} pageInfo {{ hasNextPage endCursor }}
                }}
            }}
        }}"
    );
    pages(server, &document, json!({ "id": dataset }), "/dataset/page").await
}

async fn pages(server: &Server, document: &str, mut variables: Value, place: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let mut answer = server.ask(document, variables.clone()).await;
        let page = answer.pointer_mut(place).expect("a page");
        rows.append(page["nodes"].as_array_mut().expect("rows"));
        if page["pageInfo"]["hasNextPage"] != true {
            return rows;
        }
        variables["after"] = page["pageInfo"]["endCursor"].take();
    }
}
