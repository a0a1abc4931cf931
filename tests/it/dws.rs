//! The API of the data warehouse: by its vendor's SDK, and beside a writer by GraphQL.

use std::collections::BTreeMap;

use futures_util::future::join;
use serde_json::{Value, json};

use crate::harness::{Home, KEY, Server, item, line, run_python, text, within};

/// Commits, each of one item, that run beside the snapshots.
const COMMITS: u64 = 40;
/// Snapshots, every fourth of which is restored into a cluster, every fifth deleted.
const SNAPSHOTS: u64 = 20;

const ISSUE: &str = "mutation ($input: IssueApiKeyInput!) {
    issueApiKey(input: $input) { accessKey secretKey } }";

/// The id of the default project as this API writes it.
async fn project(server: &Server) -> String {
    let found = server.ask("{ project { id } }", Value::Null).await;
    text(&found["project"]["id"]).replace('-', "")
}

#[tokio::test]
async fn the_vendor_s_sdk_lives_through_a_warehouse() {
    let home = Home::new();
    let server = home.start().await;
    let project = project(&server).await;
    let cluster = server.dataset("dws-1").await;
    server
        .commit(
            &cluster,
            (0..9).map(|number| item(number, 1)).collect(),
            &[],
        )
        .await;
    let input = json!({ "name": "sdk", "role": "EDITOR", "kind": "AK_SK" });
    let issued = server.ask(ISSUE, json!({ "input": input })).await;
    let pair = &issued["issueApiKey"];
    let (access_key, secret_key) = (text(&pair["accessKey"]), text(&pair["secretKey"]));
    let arguments = [
        server.address.as_str(),
        &access_key,
        &secret_key,
        &project,
        &cluster,
    ];
    run_python(&home, "dws", &arguments).await;
    server.stop().await;
}

/// A writer by this API, with a token.
struct Warehouse<'a> {
    server: &'a Server,
    base: String,
}

impl Warehouse<'_> {
    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = method.parse().expect("a method");
        let address = format!("{}{path}", self.base);
        let request = self.server.http.request(method, address);
        let request = request.header("X-Auth-Token", KEY).body(body.to_string());
        let answered = within("an answer", request.send()).await;
        let answered = answered.expect("the server answers");
        let status = answered.status().as_u16();
        let text = answered.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    async fn snapshot(&self, cluster: &str, name: &str) -> String {
        let body = json!({"snapshot": {"name": name, "cluster_id": cluster}});
        let (status, made) = self.call("POST", "/snapshots", body).await;
        assert_eq!(status, 200, "{made}");
        text(&made["snapshot"]["id"])
    }

    async fn restore(&self, snapshot: &str, name: &str) -> String {
        let path = format!("/snapshots/{snapshot}/actions");
        let body = json!({"restore": {"name": name}});
        let (status, made) = self.call("POST", &path, body).await;
        assert_eq!(status, 200, "{made}");
        text(&made["cluster"]["id"])
    }

    async fn delete(&self, snapshot: &str) {
        let path = format!("/snapshots/{snapshot}");
        let (status, told) = self.call("DELETE", &path, Value::Null).await;
        assert_eq!(status, 202, "{told}");
    }
}

#[tokio::test]
async fn beside_a_writer_by_graphql_no_item_is_lost_and_every_snapshot_counts_its_own() {
    let home = Home::new();
    let server = home.start().await;
    let project = project(&server).await;
    let cluster = server.dataset("shared").await;
    let warehouse = Warehouse {
        server: &server,
        base: format!("{}/v1.0/{project}", server.address),
    };
    let commits = async {
        for number in 0..COMMITS {
            server.commit(&cluster, vec![item(number, 1)], &[]).await;
        }
    };
    let snapshots = async {
        let (mut kept, mut restored) = (Vec::new(), BTreeMap::new());
        for number in 0..SNAPSHOTS {
            let id = warehouse
                .snapshot(&cluster, &format!("snapshot-{number}"))
                .await;
            if number % 4 == 0 {
                let name = format!("restored-{number}");
                let clone = warehouse.restore(&id, &name).await;
                restored.insert(clone, id.clone());
            }
            if number % 5 == 4 {
                warehouse.delete(&id).await;
            } else {
                kept.push(id);
            }
        }
        (kept, restored)
    };
    let ((), (kept, restored)) = join(commits, snapshots).await;

    let all: String = (0..COMMITS).map(|number| line(number, 1)).collect();
    assert_eq!(server.export(&cluster, None).await, all);
    let document = "query ($id: ID!) { snapshot(id: $id) { itemCount xactId } }";
    let mut counts = BTreeMap::new();
    for id in &kept {
        let found = server.ask(document, json!({ "id": id })).await;
        let (count, xact) = (
            &found["snapshot"]["itemCount"],
            &found["snapshot"]["xactId"],
        );
        let lines = server.export(&cluster, xact.as_str()).await;
        assert_eq!(count, lines.lines().count(), "{id}");
        // Of one writer the items come in their order: none is missing in between.
        assert!(all.starts_with(&lines), "{id}");
        counts.insert(id, lines);
    }
    for (clone, source) in &restored {
        let lines = server.export(clone, None).await;
        assert_eq!(server.head(clone).await["itemCount"], lines.lines().count());
        if let Some(expected) = counts.get(source) {
            assert_eq!(lines, *expected, "{clone}");
        }
    }
    assert_eq!((kept.len(), restored.len()), (16, 5));
    let (_, list) = warehouse.call("GET", "/snapshots", Value::Null).await;
    // Beside those that were kept: one of the cluster's creation, one of each restored one's.
    assert_eq!(list["count"], kept.len() + 1 + restored.len(), "{list}");
    server.stop().await;
}
