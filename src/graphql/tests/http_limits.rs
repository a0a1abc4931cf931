//! The limits of HTTP, each at its edge: as much as may be is answered, one more is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::desk::{ADMIN_KEY, Desk};
use super::transport::served;
use crate::gatekeeper::Gatekeeper;
use crate::graphql::Limits;

/// A desk with these limits, and its address.
async fn open(limits: Limits) -> (Desk, String) {
    let desk = Desk::set_with(limits).await;
    let address = served(Gatekeeper::new(desk.house.ledger.clone()), &desk).await;
    (desk, address)
}

/// Posts a body: the status, the header `Retry-After`, and the answer.
async fn post(address: &str, body: String) -> (u16, Option<String>, Value) {
    let request = reqwest::Client::new().post(format!("http://{address}"));
    let request = request
        .bearer_auth(ADMIN_KEY)
        .header("content-type", "application/json");
    let response = request.body(body).send().await.expect("an answer");
    let status = response.status().as_u16();
    let wait = response.headers().get("retry-after");
    let wait = wait.map(|value| value.to_str().expect("text").to_owned());
    (status, wait, response.json().await.expect("JSON"))
}

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

fn ledger_query() -> Value {
    json!({ "query": "{ ledger { version } }" })
}

#[tokio::test]
async fn a_body_may_have_as_many_bytes_as_the_limit_says() {
    let body = ledger_query().to_string();
    let limits = Limits {
        body_bytes_max: body.len(),
        ..Limits::default()
    };
    let (_desk, address) = open(limits).await;
    assert_eq!(post(&address, body.clone()).await.0, 200);
    let (status, _, answer) = post(&address, body + " ").await;
    assert_eq!((status, code(&answer)), (413, &json!("TOO_LARGE")));
    assert!(answer.get("data").is_none());
}

#[tokio::test]
async fn a_batch_may_have_as_many_requests_as_the_limit_says() {
    let limits = Limits {
        batch_requests_max: 3,
        ..Limits::default()
    };
    let (_desk, address) = open(limits).await;
    let batch = |count| json!(vec![ledger_query(); count]).to_string();
    let (status, _, answer) = post(&address, batch(3)).await;
    assert_eq!((status, answer.as_array().map(Vec::len)), (200, Some(3)));
    for count in [0, 4] {
        let (status, _, answer) = post(&address, batch(count)).await;
        assert_eq!(
            (status, code(&answer)),
            (400, &json!("BAD_INPUT")),
            "{count}"
        );
    }
}

#[tokio::test]
async fn an_answer_lists_as_many_errors_as_the_limit_says() {
    let limits = Limits {
        errors_listed_max: 2,
        ..Limits::default()
    };
    let (_desk, address) = open(limits).await;
    // Refused before it runs, and wrong while it runs.
    for (query, has_data) in [
        ("{ a b c }", false),
        (
            "{ a: node(id: \"x\") { id } b: node(id: \"x\") { id } c: node(id: \"x\") { id } }",
            true,
        ),
    ] {
        let (_, _, answer) = post(&address, json!({ "query": query }).to_string()).await;
        assert_eq!(
            answer["errors"].as_array().map(Vec::len),
            Some(2),
            "{answer}"
        );
        assert_eq!(answer["extensions"]["errorsLeftOut"], 1, "{answer}");
        assert_eq!(answer.get("data").is_some(), has_data, "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let limits = Limits {
        body_time_max: Duration::from_millis(50),
        ..Limits::default()
    };
    let (_desk, address) = open(limits).await;
    let host = address.trim_end_matches("/graphql");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {ADMIN_KEY}\r\n\
         content-type: application/json\r\ncontent-length: 20\r\n\r\n{{\"query\""
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).await.expect("an answer");
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let mut desk = Desk::set().await;
    desk.schema = desk.schema.charging(Arc::new(|_, _| Err(7)));
    let address = served(Gatekeeper::new(desk.house.ledger.clone()), &desk).await;
    let (status, wait, answer) = post(&address, ledger_query().to_string()).await;
    assert_eq!((status, wait.as_deref()), (429, Some("7")));
    assert_eq!(code(&answer), "RATE_LIMITED");
    assert_eq!(answer["errors"][0]["extensions"]["retryAfterSeconds"], 7);
    // What is not valid costs nothing.
    let (status, _, answer) = post(&address, json!({ "query": "{ a }" }).to_string()).await;
    assert_eq!(
        (status, code(&answer)),
        (200, &json!("GRAPHQL_VALIDATION_FAILED"))
    );
    let (status, _, answer) = post(&address, json!([ledger_query()]).to_string()).await;
    assert_eq!((status, code(&answer[0])), (200, &json!("RATE_LIMITED")));
}

#[tokio::test]
async fn each_request_of_a_batch_is_charged_by_itself() {
    let mut desk = Desk::set().await;
    let charged = Arc::new(AtomicUsize::new(0));
    let counted = charged.clone();
    desk.schema = desk.schema.charging(Arc::new(move |_, _| {
        match counted.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Ok(()),
            _ => Err(7),
        }
    }));
    let address = served(Gatekeeper::new(desk.house.ledger.clone()), &desk).await;
    let (_, _, answer) = post(&address, json!(vec![ledger_query(); 3]).to_string()).await;
    assert_eq!(charged.load(Ordering::Relaxed), 3);
    assert!(answer[1]["data"].is_object(), "{answer}");
    assert_eq!(code(&answer[2]), "RATE_LIMITED", "{answer}");
}
