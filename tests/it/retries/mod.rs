//! Every mutation, retried with its key: after a cut connection, from eight clients at once, in
//! other words, across a kill and without caches. One effect, one answer.

mod rows;

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::{Home, KEY, Server, text};
use rows::{Row, rows};

/// Clients that retry at the same time.
const CLIENTS: usize = 8;
/// The key of every retry here: it belongs to one mutation each.
const RETRY: &str = "retried";

/// A mutation that was done, in two wordings that say the same.
struct Done {
    row: Row,
    document: String,
    /// Its input with its key.
    terse: Value,
    /// The same, with every other member said to be what it is when it is not said.
    wordy: Value,
    answer: Value,
}

#[tokio::test]
async fn every_mutation_retried_has_one_effect_and_one_answer() {
    let home = Home::new();
    let mut server = home.start().await;
    let rows = rows(&server).await;
    let known: Vec<&str> = rows.iter().map(|row| row.mutation).collect();
    assert_eq!(known, mutations(&server).await, "each mutation has a row");
    let mut done = Vec::new();
    for row in rows {
        done.push(do_once(&server, row).await);
    }
    for one in &done {
        if let Some(task) = one.answer[one.row.mutation]["task"]["id"].as_str() {
            server.task_end(task).await;
        }
    }
    let effects = effects(&server, &done).await;
    for round in ["at once", "after a kill", "without caches"] {
        for one in &done {
            for input in [&one.wordy, &one.terse] {
                let again = server.ask(&one.document, json!({ "input": input })).await;
                assert_eq!(again, one.answer, "{round}");
            }
            refuse_another(&server, one, round).await;
        }
        let now = self::effects(&server, &done).await;
        assert_eq!(now, effects, "{round}: something was done twice");
        server.kill();
        if round == "after a kill" {
            home.forget("views.db");
            home.forget("content.db");
        }
        server = home.start().await;
    }
}

/// Asks once over a connection that is cut, then from all clients at once.
async fn do_once(server: &Server, row: Row) -> Done {
    let name = row.mutation;
    let (first, rest) = name.split_at(1);
    let kind = format!("{}{rest}Input", first.to_uppercase());
    let wanted = row.wanted;
    let document =
        format!("mutation ($input: {kind}!) {{ {name}(input: $input) {{ xactId {wanted} }} }}");
    let mut terse = row.input.clone();
    terse["idempotencyKey"] = json!(RETRY);
    let wordy = wordy(server, &kind, &terse).await;
    let before = server.events("type").await.len();
    cut_off(server, &document, &terse).await;
    let tries = (0..CLIENTS).map(|client| {
        let input = if client % 2 == 0 { &terse } else { &wordy };
        server.ask(&document, json!({ "input": input }))
    });
    let mut answers = join_all(tries).await;
    let answer = answers.swap_remove(0);
    for other in answers {
        assert_eq!(other, answer, "{name}");
    }
    let events = server.events("type").await.split_off(before);
    let facts = events.iter().filter(|event| event["type"] == row.fact);
    assert_eq!(facts.count(), 1, "{name} made {events:?}");
    Done {
        row,
        document,
        terse,
        wordy,
        answer,
    }
}

/// Sends a request whole, and is gone before the answer.
async fn cut_off(server: &Server, document: &str, input: &Value) {
    let body = json!({ "query": document, "variables": { "input": input } }).to_string();
    let host = server.address.trim_start_matches("http://");
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(host).await.expect("a connection");
    let sent = connection.write_all(request.as_bytes()).await;
    sent.expect("the request is sent");
}

/// The same input, with every member that it leaves out said: by its default, else by null.
async fn wordy(server: &Server, kind: &str, terse: &Value) -> Value {
    let document = "query ($kind: String!) {
        __type(name: $kind) { inputFields { name defaultValue } }
    }";
    let found = server.ask(document, json!({ "kind": kind })).await;
    let fields = found["__type"]["inputFields"].as_array().expect("fields");
    let mut wordy = terse.clone();
    for field in fields {
        let name = text(&field["name"]);
        if wordy[&name].is_null() {
            let default = field["defaultValue"].as_str().unwrap_or("null");
            // What is no JSON is a word of an enum.
            wordy[&name] = serde_json::from_str(default).unwrap_or_else(|_| json!(default));
        }
    }
    wordy
}

async fn refuse_another(server: &Server, one: &Done, round: &str) {
    let mut other = one.terse.clone();
    for (name, value) in one.row.other.as_object().expect("members") {
        other[name] = value.clone();
    }
    let refused = server.refused(&one.document, json!({ "input": other }));
    let (refused, name) = (refused.await, one.row.mutation);
    assert_eq!(refused.code, "IDEMPOTENCY_KEY_REUSED", "{round}: {name}");
}

/// The names of all mutations, in order.
async fn mutations(server: &Server) -> Vec<String> {
    let document = "{ __schema { mutationType { fields { name } } } }";
    let found = server.ask(document, json!({})).await;
    let fields = found["__schema"]["mutationType"]["fields"].as_array();
    let names = fields.expect("fields").iter();
    let names: BTreeSet<String> = names.map(|field| text(&field["name"])).collect();
    names.into_iter().collect()
}

/// How many events there are of the kinds that these mutations make.
async fn effects(server: &Server, done: &[Done]) -> usize {
    let events = server.events("type").await;
    let facts = |event: &&Value| done.iter().any(|one| event["type"] == one.row.fact);
    events.iter().filter(facts).count()
}
