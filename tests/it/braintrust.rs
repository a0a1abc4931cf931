//! The Braintrust API, as its vendor's own clients use it, and beside a GraphQL writer.

use futures_util::future::join;
use serde_json::{Value, json};

use crate::harness::{Home, KEY, Server, run_client, text};

/// Writes of each of two writers.
const WRITES: u64 = 24;

#[tokio::test]
async fn the_python_clients_live_through_a_dataset_s_life() {
    let home = Home::new();
    let server = home.start().await;
    run_client(&home, server, "braintrust.py").await;
}

#[tokio::test]
async fn the_javascript_client_lives_through_a_dataset_s_life() {
    let home = Home::new();
    let server = home.start().await;
    run_client(&home, server, "braintrust.mjs").await;
}

#[tokio::test]
async fn beside_a_graphql_writer_no_row_is_lost_and_every_version_counts_its_items() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("shared").await;
    let by_graphql = async {
        for n in 0..WRITES {
            let own = json!({ "key": format!("g{n:02}"), "data": { "input": n } });
            let shared = json!({ "key": format!("shared{n:02}"), "data": { "graphql": n } });
            server.commit(&dataset, vec![own, shared], &[]).await;
        }
    };
    let by_rest = async {
        for n in 0..WRITES {
            let events = json!([
                { "id": format!("b{n:02}"), "input": n },
                { "id": format!("shared{n:02}"), "_is_merge": true, "metadata": { "rest": n } },
                { "id": "tagged", "_is_merge": true, "tags": [format!("t{n:02}")] },
            ]);
            let path = format!("/v1/dataset/{dataset}/insert");
            server.post(&path, json!({ "events": events })).await;
        }
    };
    join(by_graphql, by_rest).await;
    let told = server
        .post(&format!("/v1/dataset/{dataset}/fetch"), json!({}))
        .await;
    let rows = told["events"].as_array().expect("rows");
    let ids: Vec<String> = rows.iter().map(|row| text(&row["id"])).collect();
    for n in 0..WRITES {
        for id in [
            format!("g{n:02}"),
            format!("b{n:02}"),
            format!("shared{n:02}"),
        ] {
            assert!(ids.contains(&id), "{id} is lost");
        }
    }
    assert_eq!(ids.len() as u64, 3 * WRITES + 1);
    let tagged = rows
        .iter()
        .find(|row| row["id"] == "tagged")
        .expect("it is there");
    assert_eq!(
        tagged["tags"].as_array().map(Vec::len),
        Some(WRITES as usize)
    );
    every_version_counts_its_items(&server, &dataset).await;
}

async fn every_version_counts_its_items(server: &Server, dataset: &str) {
    let document = "query ($id: ID!) {
        dataset(id: $id) { versions(first: 100) { nodes { xactId itemCount } } }
    }";
    let found = server.ask(document, json!({ "id": dataset })).await;
    let versions = found["dataset"]["versions"]["nodes"]
        .as_array()
        .expect("versions");
    assert_eq!(versions.len() as u64, 2 * WRITES + 1);
    for version in versions {
        let asked = json!({ "version": version["xactId"] });
        let told = server
            .post(&format!("/v1/dataset/{dataset}/fetch"), asked)
            .await;
        let rows = told["events"].as_array().expect("rows");
        assert_eq!(version["itemCount"], rows.len(), "{version}");
    }
}

impl Server {
    async fn post(&self, path: &str, body: Value) -> Value {
        let asked = self
            .http
            .post(format!("{}{path}", self.address))
            .bearer_auth(KEY);
        let answer = asked
            .body(body.to_string())
            .send()
            .await
            .expect("an answer");
        let status = answer.status();
        let body = answer.text().await.expect("text");
        assert!(status.is_success(), "{path}: {status} {body}");
        serde_json::from_str(&body).expect("JSON")
    }
}
