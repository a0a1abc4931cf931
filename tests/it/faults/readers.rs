//! Clients that read: each looks at a dataset at some node, mostly demanding that what anybody was
//! told before is seen.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::asking::{Said, ask, asker};
use super::clients::Clients;
use super::history::{Read, Seen, Sight};
use crate::harness::{KEY, Random, position, text, xact_id};

/// What a reader looks at.
const LOOK: &str = "query ($id: ID!) {
    dataset(id: $id) { xactId digest itemCount status currentSnapshot { id } }
}";
/// The longest pause between two looks, in milliseconds.
const PAUSE_MS_MAX: u64 = 60;

/// Looks at one dataset after the other until it is told to stop.
pub async fn read_until(clients: Arc<Clients>, mut random: Random, stop: CancellationToken) {
    let http = asker();
    while !stop.is_cancelled() {
        let pause = Duration::from_millis(random.below(PAUSE_MS_MAX));
        tokio::time::sleep(pause).await;
        let dataset = clients.dataset(&mut random);
        let node = random.below(clients.nodes.len() as u64) as usize;
        let at_least = (random.below(4) > 0).then(|| clients.history.acknowledged());
        let is_foreign = random.below(4) == 0;
        let (request, at_least) = if is_foreign {
            // Whoever calls a foreign API sees all that was acknowledged before, unasked.
            let list = format!("/api/v1/dataset/{dataset}/snapshot");
            let request = http.get(clients.nodes[node].clone() + &list);
            (request, Some(clients.history.acknowledged()))
        } else {
            let request = http.post(format!("{}/graphql", clients.nodes[node]));
            (request.json(&look(&dataset, at_least)), at_least)
        };
        let began = clients.history.now();
        let said = ask(request.bearer_auth(KEY)).await;
        let ended = clients.history.now();
        let body = match said {
            Said::Answer(body) => body,
            Said::Nothing(_) => continue,
            Said::Refusal(code) => panic!("node {node} refused to read at {at_least:?}: {code}"),
        };
        clients.history.note_read(Read {
            node,
            sight: if is_foreign {
                Sight::Snapshots(listed(&body))
            } else {
                Sight::Itself(seen(&body["data"]["dataset"]))
            },
            dataset,
            at_least,
            began,
            ended,
        });
    }
}

/// The question for a dataset, demanding what anybody was told up to this place.
fn look(dataset: &str, at_least: Option<u64>) -> Value {
    let mut body = json!({ "query": LOOK, "variables": { "id": dataset } });
    if let Some(position) = at_least {
        body["extensions"] = json!({ "minXactId": xact_id(position) });
    }
    body
}

/// The snapshots that a foreign API lists.
fn listed(body: &Value) -> BTreeSet<String> {
    let snapshots = body.as_array().expect("a list");
    let ids = snapshots.iter().map(|row| text(&row["snapshot_id"]));
    ids.collect()
}

/// What is seen; none where the node does not know the dataset.
fn seen(dataset: &Value) -> Option<Seen> {
    if dataset.is_null() {
        return None;
    }
    let current = dataset["currentSnapshot"]["id"].as_str();
    Some(Seen {
        version: position(&dataset["xactId"]),
        root: text(&dataset["digest"]),
        items: dataset["itemCount"].as_u64().expect("a count"),
        status: text(&dataset["status"]),
        current: current.map(str::to_owned),
    })
}
