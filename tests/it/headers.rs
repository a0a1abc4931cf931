//! Headers: what every answer says to browsers, which pages may ask, and a request's own id.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Home, KEY, Line, PAUSE, Server, within};

const PAGE: &str = "https://app.example";

async fn ask(
    server: &Server,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> reqwest::Response {
    let mut request = server
        .http
        .request(method, format!("{}{path}", server.address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

fn header<'a>(answered: &'a reqwest::Response, name: &str) -> &'a str {
    let value = answered.headers().get(name);
    value.map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test]
async fn every_answer_says_that_it_is_no_page_and_is_kept_by_nobody() {
    let home = Home::new();
    let server = home.start().await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/healthz"),
        (Method::GET, "/nothing"),
        (Method::DELETE, "/healthz"),
        (Method::POST, "/graphql"),
        (Method::GET, "/v1/datasets/x/items"),
    ] {
        let answered = ask(&server, method, path, &[]).await;
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("access-control-allow-origin", ""),
        ] {
            assert_eq!(header(&answered, name), expected, "{path} {name}");
        }
        assert!(!header(&answered, "x-request-id").is_empty(), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_request_keeps_its_id_in_the_answer_the_log_and_the_events() {
    let home = Home::new();
    let server = home
        .start_with(&["--trace", "snapledger=debug", "--trace-format", "json"])
        .await;
    let id = "0190a000-0000-7000-8000-00000000abcd";
    let dataset = server.dataset("traced").await;
    let path = format!("/v1/datasets/{dataset}/items");
    let key = format!("Bearer {KEY}");
    let request = server.http.post(format!("{}{path}", server.address));
    let request = request
        .header("authorization", &key)
        .header("x-request-id", id);
    let answered = request
        .body("{\"key\":\"a\",\"data\":{\"secret\":\"inside\"}}")
        .send();
    let answered = answered.await.expect("an answer");
    assert_eq!(
        (
            answered.status().as_u16(),
            header(&answered, "x-request-id")
        ),
        (200, id)
    );
    let document = "query Named { events(last: 1) { nodes { type correlationId } } }";
    let body = json!({ "query": document, "operationName": "Named" });
    let events = server.post_graphql(body.to_string()).await.data();
    assert_eq!(
        events["events"]["nodes"][0]["correlationId"], id,
        "{events}"
    );

    let other = "0190a000-0000-7000-8000-00000000beef";
    let create =
        json!({ "query": "mutation { createDataset(input: { name: \"n\" }) { xactId } }" });
    let request = server.http.post(format!("{}/graphql", server.address));
    let request = request
        .header("authorization", &key)
        .header("x-request-id", other);
    let request = request.header("content-type", "application/json");
    let created = request.body(create.to_string()).send().await;
    assert_eq!(header(&created.expect("an answer"), "x-request-id"), other);
    let last = server.ask(document, json!({})).await;
    assert_eq!(last["events"]["nodes"][0]["correlationId"], other, "{last}");

    let unfit = ask(
        &server,
        Method::GET,
        "/healthz",
        &[("x-request-id", "a b\"c")],
    )
    .await;
    let made = header(&unfit, "x-request-id");
    assert!(made.len() == 36 && made != "a b\"c", "{made}");

    let words = server.words();
    server.stop().await;
    let lines: Vec<Value> = words
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let answers = lines.iter().filter(|line| line["message"] == "answered");
    let answers: Vec<&Value> = answers.collect();
    let find = |route: &str| {
        let found = answers
            .iter()
            .find(|line| line["span"]["http.route"] == route);
        *found.unwrap_or_else(|| panic!("nothing is told of {route}: {words}"))
    };
    let upload = find("/v1/datasets/{id}/items");
    assert_eq!(upload["span"]["request.id"], id);
    assert_eq!(upload["span"]["http.method"], "POST");
    assert_eq!(upload["span"]["principal.subject"], "admin");
    assert_eq!(upload["http.status"], 200);
    assert!(upload["duration_ms"].as_f64().is_some_and(|ms| ms > 0.0));
    let named = answers
        .iter()
        .find(|line| line["span"]["operation.name"] == "Named");
    let named = named.expect("the operation is named");
    assert_eq!(named["span"]["operation.kind"], "query");
    for secret in [KEY, "inside", "correlationId", dataset.as_str()] {
        assert!(!words.contains(secret), "{secret} is told: {words}");
    }
}

#[tokio::test]
async fn what_a_socket_runs_is_told_with_its_caller_and_its_name() {
    let home = Home::new();
    let server = home
        .start_with(&["--trace", "snapledger=debug", "--trace-format", "json"])
        .await;
    let mut line = Line::begun(&server).await;
    let payload = json!({ "query": "query Named { ledger { head } }", "operationName": "Named" });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
    line.say(&subscribe).await;
    while line.message().await["type"] != "complete" {}
    let ended = within("the operation's line", async {
        loop {
            let words = server.words();
            let mut lines = words
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let found = lines.find(|line| line["message"] == "an operation of a socket ended");
            if let Some(found) = found {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
    .await;
    for (field, expected) in [
        ("principal.subject", "admin"),
        ("operation.kind", "query"),
        ("operation.name", "Named"),
    ] {
        assert_eq!(ended["span"][field], expected, "{ended}");
    }
    server.stop().await;
}

#[tokio::test]
async fn pages_of_the_list_may_ask_and_read_and_no_others() {
    let home = Home::new();
    let server = home.start_with(&["--cors-origin", PAGE]).await;
    let preflight = |origin: &'static str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "authorization,content-type,last-event-id",
            ),
        ];
        let server = &server;
        async move { ask(server, Method::OPTIONS, "/graphql", &headers).await }
    };
    let listed = preflight(PAGE).await;
    assert_eq!(listed.status(), 200);
    assert_eq!(header(&listed, "access-control-allow-origin"), PAGE);
    for (name, expected) in [
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "authorization"),
        ("access-control-allow-headers", "last-event-id"),
        ("access-control-max-age", "3600"),
    ] {
        assert!(header(&listed, name).contains(expected), "{name}");
    }
    assert_eq!(header(&listed, "access-control-allow-credentials"), "");
    let foreign = preflight("https://evil.example").await;
    assert_eq!(header(&foreign, "access-control-allow-origin"), "");

    let answered = ask(&server, Method::GET, "/metrics", &[("origin", PAGE)]).await;
    assert_eq!(
        answered.status(),
        401,
        "a page's key is asked for like anybody's"
    );
    assert_eq!(header(&answered, "access-control-allow-origin"), PAGE);
    assert!(header(&answered, "access-control-expose-headers").contains("retry-after"));
    assert!(header(&answered, "vary").contains("origin"));
    server.stop().await;
}

#[tokio::test]
async fn without_keys_foreign_pages_and_foreign_names_are_refused() {
    let home = Home::new();
    let server = home
        .start_with(&["--insecure-no-auth", "--cors-origin", PAGE])
        .await;
    let own = server.address.clone();
    let host = own.trim_start_matches("http://").to_owned();
    let other_port = "http://127.0.0.1:1";
    let rebound = format!(
        "evil.example:{}",
        host.rsplit(':').next().unwrap_or_default()
    );
    for (headers, expected) in [
        (&[][..], 200),
        (&[("origin", own.as_str())], 200),
        (&[("origin", PAGE)], 200),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("origin", other_port)], 403),
        (&[("host", rebound.as_str())], 403),
    ] {
        let body = json!({ "query": "{ datasets { nodes { id } } }" }).to_string();
        let mut request = server.http.post(format!("{own}/graphql"));
        request = request.header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answered = request.body(body).send().await.expect("an answer");
        assert_eq!(answered.status(), expected, "{headers:?}");
    }
    // A socket is asked like everything else.
    let upgrade = [
        ("origin", "https://evil.example"),
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "graphql-transport-ws"),
    ];
    let answered = ask(&server, Method::GET, "/graphql", &upgrade).await;
    assert_eq!(answered.status(), 403);
    server.stop().await;
}
