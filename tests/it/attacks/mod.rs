//! Attacks: each is refused or answered in words, while an ordinary query beside them is answered
//! and the server stays small. How long the ordinary answers took is printed, not judged: the
//! machine may be busy.

mod bodies;
mod documents;
mod doors;
mod names;
mod slow;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::harness::{Home, KEY, PAUSE, Server, within};
use bodies::bodies;
use documents::documents;

/// The most memory that the server may have held.
const MEMORY_KIB_MAX: u64 = 500 << 10;
/// Attackers at the same time.
const ATTACKERS: usize = 16;
/// Attacks of each.
const ROUNDS: usize = 3;
/// Characters of an answer that a failed story shows.
const SHOWN_CHARS_MAX: usize = 500;

#[tokio::test]
async fn documents_are_refused_while_an_ordinary_query_is_answered() {
    let home = Home::new();
    let server = home.start().await;
    server.dataset("asked for").await;
    for attack in documents() {
        let slowest = beside(&server, || async {
            let (status, body) = post(&server, attack.body.clone().into()).await;
            let code = &body["errors"][0]["extensions"]["code"];
            let is_known = attack.codes.iter().any(|known| code == known);
            assert!(is_known, "{}: {status} {}", attack.name, shown(&body));
            // What a resolver refuses stands beside the data of the others.
            let expected = if body.get("data").is_none() { 400 } else { 200 };
            assert_eq!(status, expected, "{}: {}", attack.name, shown(&body));
        });
        println!("{}: {:?} beside it at most", attack.name, slowest.await);
        let peak_kib = server.memory_peak_kib();
        assert!(peak_kib < MEMORY_KIB_MAX, "{}: {peak_kib} KiB", attack.name);
    }
}

#[tokio::test]
async fn bodies_are_refused_while_an_ordinary_query_is_answered() {
    let home = Home::new();
    let server = home.start().await;
    for attack in bodies() {
        let slowest = beside(&server, || async {
            let (status, body) = post(&server, attack.bytes.clone()).await;
            let is_known = attack.statuses.contains(&status);
            assert!(is_known, "{}: {status} {}", attack.name, shown(&body));
            let code = &body["errors"][0]["extensions"]["code"];
            assert!(code.is_string(), "{}: {}", attack.name, shown(&body));
        });
        println!("{}: {:?} beside it at most", attack.name, slowest.await);
        let peak_kib = server.memory_peak_kib();
        assert!(peak_kib < MEMORY_KIB_MAX, "{}: {peak_kib} KiB", attack.name);
    }
}

/// Attacks from many at once, and asks an ordinary question again and again meanwhile; answers
/// how long the slowest answer took.
async fn beside<F: Future<Output = ()>>(server: &Server, attack: impl Fn() -> F) -> Duration {
    let is_over = AtomicBool::new(false);
    let attacks = async {
        for _ in 0..ROUNDS {
            join_all((0..ATTACKERS).map(|_| attack())).await;
        }
        is_over.store(true, Ordering::Relaxed);
    };
    let (_, slowest) = tokio::join!(within("the attacks", attacks), ordinary(server, &is_over));
    slowest
}

/// Asks until it is over; answers how long the slowest answer took.
async fn ordinary(server: &Server, is_over: &AtomicBool) -> Duration {
    let mut slowest = Duration::ZERO;
    loop {
        let begun = Instant::now();
        let found = server.ask("{ datasets(first: 3) { nodes { name } } }", json!({}));
        assert!(found.await["datasets"]["nodes"].is_array());
        slowest = slowest.max(begun.elapsed());
        if is_over.load(Ordering::Relaxed) {
            return slowest;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Posts a body as a GraphQL request; answers the status and the JSON.
async fn post(server: &Server, body: Vec<u8>) -> (u16, Value) {
    let request = server.http.post(format!("{}/graphql", server.address));
    let request = request
        .bearer_auth(KEY)
        .header("Accept", "application/graphql-response+json")
        .header("Content-Type", "application/json");
    let answered = within("an answer", request.body(body).send()).await;
    let answered = answered.expect("the server answers");
    let status = answered.status().as_u16();
    let text = within("a body", answered.text()).await.expect("a body");
    let body = serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    (status, body)
}

/// The beginning of an answer.
fn shown(body: &Value) -> String {
    body.to_string().chars().take(SHOWN_CHARS_MAX).collect()
}
