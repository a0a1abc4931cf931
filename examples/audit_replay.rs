//! Audit: what every dataset held at any moment, folded from the log's events alone.
//!
//! ```text
//! SNAPLEDGER_KEY=… cargo run --example audit_replay -- [XACT_ID]
//! ```
//!
//! Reads all events from the first one on, up to the xact id (without one: to the end), applies
//! what each changed, and prints the items as lines of JSON. Believes nothing: a change that does
//! not fit the state before it ends the audit.

#[path = "client/http.rs"]
mod http;

use std::collections::BTreeMap;

pub use http::{Client, Outcome};
use serde_json::{Value, json};

/// What a dataset holds: items by key, in byte order.
pub type Items = BTreeMap<String, Value>;
/// What every live dataset holds, by its id.
pub type State = BTreeMap<String, Items>;

/// The events that change what a dataset holds, or end it.
const CONTENT_EVENTS: [&str; 4] = [
    "DatasetCreated",
    "ItemsCommitted",
    "SnapshotRestored",
    "DatasetDeleted",
];

const EVENTS: &str = "query ($after: XactId) {
    events(after: $after, first: 200) {
        nodes { xactId type data }
        pageInfo { hasNextPage endCursor }
    }
}";

const CHANGES: &str = "query ($xactId: XactId!, $after: String) {
    event(xactId: $xactId) {
        changes(first: 200, after: $after) {
            nodes {
                key change
                before { ...Body }
                after { ...Body }
            }
            pageInfo { hasNextPage endCursor }
        }
    }
}
fragment Body on Item { kind data media { uri mimeType byteSize digest } digest }";

#[tokio::main]
async fn main() -> Outcome<()> {
    let until = std::env::args().nth(1);
    let client = Client::of_environment()?;
    let state = replay(&client, until.as_deref()).await?;
    for (dataset, items) in &state {
        for (key, item) in items {
            let line = json!({ "datasetId": dataset, "key": key, "item": item });
            println!("{line}");
        }
        eprintln!("dataset {dataset}: {} items", items.len());
    }
    Ok(())
}

/// The state that all events up to this one come to.
pub async fn replay(client: &Client, until: Option<&str>) -> Outcome<State> {
    let mut state = State::new();
    let mut after = Value::Null;
    loop {
        let page = client.ask(EVENTS, json!({ "after": after })).await?;
        let page = &page["events"];
        for event in page["nodes"].as_array().into_iter().flatten() {
            let xact_id = text(&event["xactId"])?;
            // Xact ids are of one width: ordered as texts, they are ordered as the log.
            if until.is_some_and(|until| xact_id > until) {
                return Ok(state);
            }
            take_up(client, &mut state, event).await?;
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok(state);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// Applies one event.
async fn take_up(client: &Client, state: &mut State, event: &Value) -> Outcome<()> {
    let kind = text(&event["type"])?;
    if !CONTENT_EVENTS.contains(&kind) {
        return Ok(());
    }
    let dataset = text(&event["data"]["datasetId"])?;
    match kind {
        "DatasetDeleted" => {
            state.remove(dataset);
            return Ok(());
        }
        "DatasetCreated" => {
            state.insert(dataset.to_owned(), Items::new());
        }
        _changes_what_is_there => {}
    }
    let items = state
        .get_mut(dataset)
        .ok_or_else(|| format!("{event} comes before its dataset"))?;
    apply_changes(client, items, text(&event["xactId"])?).await
}

/// Applies what an event changed, page by page.
async fn apply_changes(client: &Client, items: &mut Items, xact_id: &str) -> Outcome<()> {
    let mut after = Value::Null;
    loop {
        let variables = json!({ "xactId": xact_id, "after": after });
        let page = client.ask(CHANGES, variables).await?;
        let page = &page["event"]["changes"];
        for change in page["nodes"].as_array().into_iter().flatten() {
            apply(items, change).map_err(|why| format!("event {xact_id}: {why}"))?;
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok(());
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// Applies one change, if what it says was there before is there.
fn apply(items: &mut Items, change: &Value) -> Result<(), String> {
    let key = change["key"].as_str().ok_or("a change has no key")?;
    let before = items.get(key).unwrap_or(&Value::Null);
    if *before != change["before"] {
        let told = &change["before"];
        return Err(format!("{key:?} was {before}, not {told}"));
    }
    match &change["after"] {
        Value::Null => items.remove(key),
        after => items.insert(key.to_owned(), after.clone()),
    };
    Ok(())
}

/// A text that the schema promises.
fn text(value: &Value) -> Outcome<&str> {
    value
        .as_str()
        .ok_or_else(|| format!("expected a text, got {value}").into())
}
