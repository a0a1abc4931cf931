//! A node whose link to the database fails while it restores and takes an upload: it answers
//! nobody for as long as it cannot know what was revoked, others end its tasks, and it comes back.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::asking::{Said, ask};
use super::clients::made;
use super::cluster::Cluster;
use super::deeds::Deed;
use super::large::Large;
use super::postgres::Server as Postgres;
use super::work_time;
use super::writers::Writer;
use crate::harness::{PAUSE, Passage, Random, Server, Socket, text, within};

/// How a link to the database fails.
const FAILURES: [Passage; 3] = [Passage::Cut, Passage::HalfOpen, Passage::Held];
/// A revoked key opens nothing from so long on, anywhere.
const REVOKED_WITHIN: Duration = Duration::from_secs(10);
/// Links are slow for so long before they fail.
const SLOW: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_cut_off_from_the_log_answers_nobody_and_its_tasks_end_elsewhere() {
    let mut random = Random::fresh();
    let postgres = Postgres::own(&[]);
    let database = postgres.database();
    let mut cluster = Cluster::new(3, &database, postgres.port()).await;
    cluster.start().await;
    let crowd = cluster.crowd(&mut random).await;
    let mut writer = Writer::discreet(&crowd.clients, random.another());
    let large = Large::new(&mut writer, "large").await;
    let end = Instant::now() + work_time(0);
    for round in random.below(3) as usize.. {
        let failure = FAILURES[round % FAILURES.len()];
        let victim = random.below(3) as usize;
        println!("node {victim}: {failure:?}");
        part(&cluster, (victim, failure), &mut writer, &large).await;
        if Instant::now() >= end {
            break;
        }
    }
    let told = crowd.end(&cluster.servers()).await;
    let figures = told.judge(&cluster.servers()).await;
    println!("partitions: {figures}");
}

/// One node is parted from the database in the middle of its work, and comes back.
async fn part(
    cluster: &Cluster,
    (victim, failure): (usize, Passage),
    writer: &mut Writer,
    large: &Large,
) {
    let (server, back) = (cluster.nodes[victim].server(), &cluster.backs[victim]);
    let other = cluster.nodes[(victim + 1) % 3].server();
    let (key, token) = issue_key(other).await;
    let mut watching = watching_with(server, &token).await;
    back.set(Passage::Slow(SLOW));
    let (upload, _uploading) = begin_upload(writer, victim, server).await;
    let part = || back.set(failure);
    let restore = large.in_the_middle(writer, (victim, server), part).await;
    revoke_key(other, &key).await;
    let revoked = Instant::now();

    // What it opened ends too.
    while watching
        .message()
        .await
        .is_some_and(|it| it["type"] == "next")
    {}
    assert!(
        revoked.elapsed() < REVOKED_WITHIN,
        "a socket lived for {:?}",
        revoked.elapsed()
    );
    within("the node's silence", async {
        while server.is_ready().await {
            check_key(server, &token, revoked).await;
            tokio::time::sleep(PAUSE).await;
        }
    })
    .await;
    println!("not ready {:.1?} after the revocation", revoked.elapsed());
    check_key(server, &token, revoked).await;
    let alive = server.http.get(format!("{}/healthz", server.address));
    let alive = within("health", alive.send()).await.expect("an answer");
    assert!(alive.status().is_success(), "{}", alive.status());

    let ended = other.task_end(&restore).await;
    assert_eq!(ended["phase"], "COMPLETED", "{ended}");
    let ended = other.task_end(&upload).await;
    assert_eq!(ended["phase"], "FAILED", "{ended}");
    println!(
        "its tasks ended elsewhere {:.1?} after the revocation",
        revoked.elapsed()
    );

    back.set(Passage::Open);
    let healed = Instant::now();
    within("the node's return", async {
        while !server.is_ready().await {
            check_key(server, &token, revoked).await;
            tokio::time::sleep(PAUSE).await;
        }
    })
    .await;
    println!("ready again {:.1?} after the link healed", healed.elapsed());
    match try_key(server, &token).await {
        Said::Refusal(code) => assert_eq!(code, "UNAUTHENTICATED"),
        other => panic!("a revoked key is answered {other:?}"),
    }
}

async fn issue_key(server: &Server) -> (String, String) {
    let issue = "mutation {
        issueApiKey(input: { name: \"passing\", role: VIEWER }) { apiKey { id } token }
    }";
    let issued = server.ask(issue, json!({})).await["issueApiKey"].take();
    (text(&issued["apiKey"]["id"]), text(&issued["token"]))
}

async fn revoke_key(server: &Server, key: &str) {
    let revoke = "mutation ($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { xactId } }";
    server.ask(revoke, json!({ "id": key })).await;
}

/// A socket that this key opens and that tells something.
async fn watching_with(server: &Server, token: &str) -> Socket {
    let watch = "subscription { events { checkpoint } }";
    let opened = Socket::open_as(server, token, watch, json!({})).await;
    let mut socket = opened.expect("a key that was just issued elsewhere opens a socket");
    socket.next().await;
    socket
}

/// An upload at this node that never ends: its task, and what keeps it going.
async fn begin_upload(
    writer: &mut Writer,
    node: usize,
    server: &Server,
) -> (String, tokio::task::JoinSet<()>) {
    let name = format!("uploads {}", writer.chance());
    let created = writer.must(Deed::CreateDataset { name }).await;
    let dataset = made(&created.made, "/dataset/id");
    let deed = Deed::Import {
        dataset: dataset.clone(),
        items: 0,
        edition: 0,
    };
    let uploading = writer.begin_endless(node, deed);
    (server.import_task(&dataset).await, uploading)
}

async fn try_key(server: &Server, token: &str) -> Said {
    let request = server.http.post(format!("{}/graphql", server.address));
    let body: Value = json!({ "query": "{ ledger { id } }" });
    ask(request.bearer_auth(token).json(&body)).await
}

/// A revoked key opens nothing once its time is over.
async fn check_key(server: &Server, token: &str, revoked: Instant) {
    let asked = revoked.elapsed();
    if let Said::Answer(body) = try_key(server, token).await {
        assert!(
            asked < REVOKED_WITHIN,
            "opened {asked:?} after its revocation: {body}"
        );
    }
}
