//! The API of the visual catalogue: by a program of its users, and beside a writer by GraphQL.

use futures_util::future::join;
use serde_json::{Value, json};

use crate::harness::{
    Home, KEY, PAUSE, Server, item, line, run_python, run_python_in, text, within,
};

/// Commits, each of one item, that run beside the snapshots.
const COMMITS: u64 = 40;
/// Snapshots, every fourth of which is cloned, every fifth deleted.
const SNAPSHOTS: u64 = 20;
/// Restores that run beside commits.
const RESTORES: u64 = 8;

#[tokio::test]
async fn a_program_of_its_users_lives_through_a_catalogue() {
    let home = Home::new();
    let server = home.start().await;
    run_python(&home, "visual_layer", &[&server.address, KEY]).await;
    server.stop().await;
}

#[tokio::test]
async fn the_vendor_s_own_guide_is_followed_call_by_call() {
    let home = Home::new();
    let server = home.start().await;
    let program = ("visual_layer", "visual_layer_guide");
    let arguments = [server.address.as_str(), KEY];
    let followed = run_python_in(&home, program, &arguments);
    within("the guide", followed).await;
    server.stop().await;
}

/// A writer by this API.
struct Catalogue<'a> {
    server: &'a Server,
}

impl Catalogue<'_> {
    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = method.parse().expect("a method");
        let address = format!("{}/api/v1{path}", self.server.address);
        let request = self.server.http.request(method, address).bearer_auth(KEY);
        let answered = within("an answer", request.body(body.to_string()).send()).await;
        let answered = answered.expect("the server answers");
        let status = answered.status().as_u16();
        let text = answered.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    async fn snapshot(&self, dataset: &str, name: &str) -> Value {
        let path = format!("/dataset/{dataset}/snapshot");
        let (status, made) = self.call("POST", &path, json!({ "name": name })).await;
        assert_eq!(status, 200, "{made}");
        made
    }

    /// Restores the current snapshot, and waits as programs do.
    async fn restore(&self, dataset: &str) {
        let path = format!("/dataset/{dataset}/snapshot/current/restore");
        let (status, told) = self.call("POST", &path, Value::Null).await;
        assert_eq!(status, 202, "{told}");
        let path = format!("/tasks?dataset_id={dataset}&task_type=SNAPSHOT_RESTORE");
        within("a restore", async {
            loop {
                let (_, page) = self.call("GET", &path, Value::Null).await;
                let status = &page["tasks"][0]["status"];
                assert_ne!(*status, "FAILED", "{page}");
                if *status == "COMPLETED" {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        })
        .await;
    }
}

/// The versions of a dataset: xact ids and item counts.
async fn versions(server: &Server, dataset: &str) -> Vec<(String, Value)> {
    let document = "query ($id: ID!) {
        dataset(id: $id) { versions(first: 200) { nodes { xactId itemCount } } } }";
    let found = server.ask(document, json!({ "id": dataset })).await;
    let nodes = found["dataset"]["versions"]["nodes"].as_array().cloned();
    let nodes = nodes.expect("versions").into_iter();
    nodes
        .map(|node| (text(&node["xactId"]), node["itemCount"].clone()))
        .collect()
}

#[tokio::test]
async fn beside_a_writer_by_graphql_no_item_is_lost_and_every_snapshot_counts_its_own() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("shared").await;
    let catalogue = Catalogue { server: &server };
    let commits = async {
        for number in 0..COMMITS {
            server.commit(&dataset, vec![item(number, 1)], &[]).await;
        }
    };
    let snapshots = async {
        let mut kept = Vec::new();
        for number in 0..SNAPSHOTS {
            let made = catalogue.snapshot(&dataset, "nightly").await;
            let path = format!("/dataset/{dataset}/snapshot/{}", text(&made["snapshot_id"]));
            if number % 4 == 0 {
                let clone = format!("{path}/clone");
                let (status, told) = catalogue.call("POST", &clone, Value::Null).await;
                assert_eq!(status, 202, "{told}");
            }
            if number % 5 == 4 {
                catalogue.snapshot(&dataset, "another").await;
                let (status, told) = catalogue.call("DELETE", &path, Value::Null).await;
                assert_eq!(status, 200, "{told}");
            } else {
                kept.push(text(&made["snapshot_id"]));
            }
        }
        kept
    };
    let ((), kept) = join(commits, snapshots).await;

    let all: String = (0..COMMITS).map(|number| line(number, 1)).collect();
    assert_eq!(server.export(&dataset, None).await, all);
    for (xact, count) in versions(&server, &dataset).await {
        let lines = server.export(&dataset, Some(&xact)).await;
        assert_eq!(count, lines.lines().count(), "{xact}");
    }
    let document = "query ($id: ID!) { snapshot(id: $id) { itemCount xactId } }";
    for id in &kept {
        let found = server.ask(document, json!({ "id": id })).await;
        let found = &found["snapshot"];
        let lines = server.export(&dataset, found["xactId"].as_str()).await;
        assert_eq!(found["itemCount"], lines.lines().count(), "{id}");
        // Of one writer the items come in their order: none is missing in between.
        assert!(all.starts_with(&lines), "{id}");
    }
    let path = format!("/dataset/{dataset}/snapshot");
    let (_, listed) = catalogue.call("GET", &path, Value::Null).await;
    // Beside those that were kept: the one of the creation, and four that became the current one.
    assert_eq!(listed.as_array().map(Vec::len), Some(kept.len() + 5));
    let (_, page) = catalogue
        .call("GET", "/tasks?task_type=SNAPSHOT_CLONE", Value::Null)
        .await;
    assert_eq!(page["total"], 5, "{page}");
    server.stop().await;
}

#[tokio::test]
async fn restores_beside_a_writer_by_graphql_leave_versions_that_count_their_items() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("restored").await;
    let catalogue = Catalogue { server: &server };
    let document = "mutation ($input: CommitItemsInput!) { commitItems(input: $input) { xactId } }";
    let commits = async {
        let mut made = Vec::new();
        for number in 0..COMMITS {
            let input = json!({ "datasetId": dataset, "upserts": [item(number, 1)] });
            let answer = server.answer(document, json!({ "input": input })).await;
            if answer.is_refused() {
                assert_eq!(answer.error().code, "DATASET_LOCKED");
            } else {
                made.push((text(&answer.data()["commitItems"]["xactId"]), number));
            }
        }
        made
    };
    let restores = async {
        for _ in 0..RESTORES {
            catalogue.restore(&dataset).await;
        }
    };
    let (made, ()) = join(commits, restores).await;
    assert!(!made.is_empty(), "no commit came between the restores");
    for (xact, number) in made {
        let lines = server.export(&dataset, Some(&xact)).await;
        assert!(lines.contains(&line(number, 1)), "{xact} lost its item");
    }
    let versions = versions(&server, &dataset).await;
    assert!(versions.len() > RESTORES as usize);
    for (xact, count) in versions {
        let lines = server.export(&dataset, Some(&xact)).await;
        assert_eq!(count, lines.lines().count(), "{xact}");
    }
    let (_, found) = catalogue
        .call("GET", &format!("/dataset/{dataset}"), Value::Null)
        .await;
    assert_eq!(found["status_new"], "READY");
    server.stop().await;
}
