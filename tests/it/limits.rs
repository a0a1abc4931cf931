//! Limits as an operator sets them: each holds at its edge, and a wrong one is refused at the start.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Home, KEY, Line, Server, binary, reply, run, within};

/// A limit of time that a story waits for.
const SHORT: Duration = Duration::from_millis(400);

/// A server with these limits.
async fn limited(home: &Home, limits: &[&str]) -> Server {
    let flags: Vec<&str> = limits.iter().flat_map(|limit| ["--limit", limit]).collect();
    home.start_with(&flags).await
}

async fn connect(server: &Server) -> TcpStream {
    let address = server.address.trim_start_matches("http://");
    TcpStream::connect(address).await.expect("a connection")
}

/// What the server says to this before it closes.
async fn said(server: &Server, text: &str) -> String {
    let mut stream = connect(server).await;
    stream.write_all(text.as_bytes()).await.expect("sent");
    until_closed(stream).await
}

async fn until_closed(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end as well.
    let _ = within("the connection's end", stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn connections_are_bounded_in_number_time_and_size() {
    let home = Home::new();
    let limits = [
        "connections_max=8",
        "head_ms_max=400",
        "head_bytes_max=2048",
        "idle_ms_max=400",
    ];
    let server = limited(&home, &limits).await;
    assert_eq!(said(&server, "GET /healthz HTTP/1.1\r\nHost:").await, "");
    let long = format!(
        "GET /healthz HTTP/1.1\r\nX-Long: {}\r\n\r\n",
        "a".repeat(2_048)
    );
    assert!(said(&server, &long).await.starts_with("HTTP/1.1 431"));
    let idle = said(&server, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(
        idle.starts_with("HTTP/1.1 200") && idle.ends_with("ok\n"),
        "{idle}"
    );

    // The client of the harness may hold some of the places.
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(connect(&server).await);
    }
    let told = until_closed(connect(&server).await).await;
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    assert!(told.contains("UNAVAILABLE"), "{told}");
    // The slow ones are cut off, and everyone is served again.
    tokio::time::sleep(SHORT * 2).await;
    assert_eq!(
        server.head(&server.dataset("after").await).await["itemCount"],
        0
    );
    server.stop().await;
}

#[tokio::test]
async fn uploads_are_bounded_by_line_by_silence_and_by_number() {
    let home = Home::new();
    let limits = [
        "line_bytes_max=1024",
        "upload_silence_ms_max=3000",
        "uploads_max=1",
    ];
    let server = limited(&home, &limits).await;
    let dataset = server.dataset("bounded").await;
    let line = |length: usize| {
        let frame = r#"{"key":"a","data":{"a":""}}"#.len();
        format!(
            r#"{{"key":"a","data":{{"a":"{}"}}}}"#,
            "x".repeat(length - frame)
        )
    };
    server.import(&dataset, "", line(1_024)).await;
    let over = reply(server.upload(&dataset, "").body(line(1_025))).await;
    assert_eq!((over.status, over.code()), (413, "TOO_LARGE"));

    let other = server.dataset("silent").await;
    let never = futures_util::stream::pending::<Result<String, std::io::Error>>();
    let silent = server
        .upload(&other, "")
        .body(reqwest::Body::wrap_stream(never));
    let silent = tokio::spawn(reply(silent));
    server.import_task(&other).await;
    let busy = reply(server.upload(&dataset, "").body(line(100))).await;
    assert_eq!((busy.status, busy.code()), (503, "UNAVAILABLE"));
    let silent = silent.await.expect("it is answered");
    assert_eq!(silent.status, 408, "{}", silent.body);
    server.import(&dataset, "", line(100)).await;
    server.stop().await;
}

#[tokio::test]
async fn who_asks_for_too_much_is_told_when_to_come_again() {
    let home = Home::new();
    let limits = ["rate_limit_cost_per_second=10", "rate_limit_burst=100000"];
    let server = limited(&home, &limits).await;
    let dataset = server.dataset("asked for").await;
    server.stop().await;

    let limits = ["rate_limit_cost_per_second=1", "rate_limit_burst=30"];
    let server = limited(&home, &limits).await;
    let items = format!("{}/v1/datasets/{dataset}/items", server.address);
    let ask = || server.http.get(&items).bearer_auth(KEY).send();
    for _ in 0..3 {
        assert_eq!(ask().await.expect("an answer").status(), 200);
    }
    let refused = ask().await.expect("an answer");
    assert_eq!(refused.status(), 429);
    let wait = refused.headers()["retry-after"].to_str().expect("a number");
    let wait: u64 = wait.parse().expect("a number of seconds");
    assert!((1..=10).contains(&wait), "{wait}");
    let body: serde_json::Value = refused.json().await.expect("JSON");
    assert_eq!(body["code"], "RATE_LIMITED");
    // One purse for all that a caller does.
    let graph = server
        .refused("{ datasets { nodes { id } } }", json!({}))
        .await;
    assert_eq!(graph.code, "RATE_LIMITED");
    // Health is nobody's.
    let health = server.http.get(format!("{}/readyz", server.address));
    assert_eq!(health.send().await.expect("an answer").status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn a_socket_is_bounded_in_silence_and_by_message() {
    let home = Home::new();
    let limits = ["frame_bytes_max=1024", "init_ms_max=5000"];
    let server = limited(&home, &limits).await;
    let pong = |length: usize| {
        let bare = r#"{"type":"pong"}"#;
        Message::text(format!("{bare}{}", " ".repeat(length - bare.len())))
    };
    let mut line = Line::begun(&server).await;
    line.send(pong(1_024)).await;
    line.say(&json!({ "type": "ping" })).await;
    assert_eq!(line.message().await, json!({ "type": "pong" }));
    line.send(pong(1_025)).await;
    assert_eq!(line.goodbye().await.0, 1009);
    server.stop().await;

    let server = limited(&home, &["init_ms_max=400"]).await;
    let mut silent = Line::speaking(&server).await;
    let goodbye = tokio::time::timeout(SHORT * 10, silent.goodbye()).await;
    assert_eq!(goodbye.expect("before the default").0, 4408);
    server.stop().await;
}

#[tokio::test]
async fn questions_about_the_schema_are_bounded_by_their_own_cost() {
    let home = Home::new();
    let server = limited(&home, &["introspection_cost_max=100"]).await;
    server.ask("{ __typename }", json!({})).await;
    let whole = "{ __schema { types { name fields { name args { name } } } } }";
    let refused = server.refused(whole, json!({})).await;
    assert_eq!(refused.code, "QUERY_TOO_COMPLEX", "{refused:?}");
    server.stop().await;

    let server = limited(&home, &["introspection_cost_max=1000000"]).await;
    server.ask(whole, json!({})).await;
    server.stop().await;
}

#[test]
fn a_wrong_setting_is_refused_at_the_start_with_what_it_may_be() {
    let home = Home::new();
    let serve = |flags: &[&str]| {
        let mut command = binary();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]);
        run(command.arg(home.data()).args(flags))
    };
    for (flags, expected) in [
        (
            &["--limit", "depth_max=0"][..],
            "a whole number from 1 to 64",
        ),
        (&["--limit", "depth_max=65"], "depth_max is \"65\""),
        (&["--limit", "depht_max=6"], "snapledger settings"),
        (&["--limit", "depth_max"], "a name and a value"),
        (&["--cors-origin", "example.com"], "https://app.example"),
    ] {
        let ran = serve(flags);
        assert!(!ran.is_success, "{flags:?}");
        assert!(ran.told.contains(expected), "{flags:?}: {}", ran.told);
    }
    let page = run(binary().arg("settings"));
    assert!(
        page.is_success && page.output.contains("| `depth_max` | 12 |"),
        "{}",
        page.output
    );
}
