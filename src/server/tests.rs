//! Connections at the edges of their limits, over real sockets.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::{Listening, ServerLimits, Serving};

/// How long anything may take before the test fails.
const DEADLINE: Duration = Duration::from_secs(30);
/// A limit that a test waits for.
const SHORT: Duration = Duration::from_millis(150);

struct Server {
    serving: Serving,
    address: std::net::SocketAddr,
    leaving: CancellationToken,
}

/// A server whose limits are wide but for those of the test.
async fn server(limits: ServerLimits) -> Server {
    let localhost = "127.0.0.1:0".parse().expect("an address");
    let listening = Listening::on(localhost).await.expect("a port");
    let address = listening.address();
    let leaving = CancellationToken::new();
    let serving = listening.serve(limits, &leaving);
    let slow = || async {
        tokio::time::sleep(SHORT * 3).await;
        "slow"
    };
    let endless = || async {
        let chunks =
            futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(1 << 16)));
        Body::from_stream(chunks)
    };
    let routes = Router::new()
        .route("/", get(|| async { "well" }))
        .route("/slow", get(slow))
        .route("/endless", get(endless))
        .route("/unread", post(|| async { "not read" }));
    serving.open(routes);
    Server {
        serving,
        address,
        leaving,
    }
}

impl Server {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address)
            .await
            .expect("a connection")
    }
}

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.expect("sent");
}

/// Everything until the server closes, which it must.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut bytes)).await;
    // A reset is an end as well.
    let _ = read.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer, of which the connection stays open.
async fn answer(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut bytes = [0; 1 << 10];
        let read = tokio::time::timeout(DEADLINE, stream.read(&mut bytes)).await;
        let read = read.expect("in time").expect("an answer");
        assert!(read > 0, "closed after {text:?}");
        text.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    text
}

const ASK: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn one_connection_over_the_cap_is_told_so_and_a_place_is_free_again_after_one_goes() {
    let limits = ServerLimits {
        connections_max: 2,
        ..ServerLimits::default()
    };
    let server = server(limits).await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    for stream in [&mut first, &mut second] {
        send(stream, ASK).await;
        assert!(answer(stream, "well").await.starts_with("HTTP/1.1 200"));
    }
    let mut third = server.connect().await;
    send(&mut third, ASK).await;
    let told = rest(&mut third).await;
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    assert!(
        told.contains("\"UNAVAILABLE\"") && told.contains("Retry-After: 1"),
        "{told}"
    );
    assert!(told.contains("X-Content-Type-Options: nosniff"), "{told}");
    let traffic = server.serving.traffic();
    assert_eq!((traffic.open(), traffic.turned_away()), (2, 1));
    drop(first);
    let freed = async {
        while traffic.open() == 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, freed)
        .await
        .expect("a place is given back");
    let mut fourth = server.connect().await;
    send(&mut fourth, ASK).await;
    assert!(
        answer(&mut fourth, "well")
            .await
            .starts_with("HTTP/1.1 200")
    );
}

#[tokio::test]
async fn while_the_ledger_opens_only_health_answers_and_as_everything_does() {
    let localhost = "127.0.0.1:0".parse().expect("an address");
    let listening = Listening::on(localhost).await.expect("a port");
    let address = listening.address();
    let _serving = listening.serve(ServerLimits::default(), &CancellationToken::new());
    for (path, status) in [("healthz", 200), ("readyz", 503), ("graphql", 503)] {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let asked = format!("GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        send(&mut stream, &asked).await;
        let told = rest(&mut stream).await;
        let is_told = told.starts_with(&format!("HTTP/1.1 {status}"));
        assert!(
            is_told && told.contains("x-content-type-options: nosniff"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_head_that_comes_too_slowly_is_cut_off_and_one_in_time_is_answered() {
    let limits = ServerLimits {
        head_time_max: SHORT,
        ..ServerLimits::default()
    };
    let server = server(limits).await;
    let mut silent = server.connect().await;
    assert_eq!(rest(&mut silent).await, "");
    let mut dripping = server.connect().await;
    let (mut from, mut to) = dripping.split();
    let drip = async {
        for byte in ASK.bytes().cycle() {
            if to.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(SHORT / 10).await;
        }
    };
    let mut read = Vec::new();
    tokio::select! {
        () = drip => {}
        // A reset is an end as well.
        _ = from.read_to_end(&mut read) => {}
    }
    assert_eq!(String::from_utf8_lossy(&read), "");
    assert_eq!(server.serving.traffic().broken_off(), 2);
    // The time of an answer and of a pause after it are not the head's.
    let mut fine = server.connect().await;
    for _ in 0..2 {
        send(&mut fine, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert!(answer(&mut fine, "slow").await.starts_with("HTTP/1.1 200"));
        tokio::time::sleep(SHORT * 2).await;
    }
}

#[tokio::test]
async fn a_head_up_to_the_limit_is_read_and_one_over_it_is_answered_431() {
    let limits = ServerLimits {
        head_bytes_max: 4 << 10,
        ..ServerLimits::default()
    };
    let server = server(limits).await;
    let head = |length: usize| {
        let frame = "GET / HTTP/1.1\r\nHost: x\r\nX-Long: \r\n\r\n".len();
        format!(
            "GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n",
            "a".repeat(length - frame)
        )
    };
    let mut fits = server.connect().await;
    send(&mut fits, &head(4 << 10)).await;
    assert!(answer(&mut fits, "well").await.starts_with("HTTP/1.1 200"));
    let mut over = server.connect().await;
    send(&mut over, &head((4 << 10) + 1)).await;
    let told = rest(&mut over).await;
    assert!(told.starts_with("HTTP/1.1 431"), "{told}");
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed_after_a_while() {
    let limits = ServerLimits {
        idle_time_max: SHORT,
        ..ServerLimits::default()
    };
    let server = server(limits).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        send(&mut stream, ASK).await;
        answer(&mut stream, "well").await;
        tokio::time::sleep(SHORT / 3).await;
    }
    assert_eq!(rest(&mut stream).await, "");
    assert_eq!(
        server.serving.traffic().broken_off(),
        0,
        "it was idle, not slow"
    );
}

#[tokio::test]
async fn who_takes_no_byte_of_an_answer_is_cut_off() {
    let limits = ServerLimits {
        write_stall_max: SHORT,
        ..ServerLimits::default()
    };
    let server = server(limits).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let traffic = server.serving.traffic();
    let cut_off = async {
        while traffic.open() > 0 || traffic.broken_off() == 0 {
            tokio::time::sleep(SHORT / 10).await;
        }
    };
    tokio::time::timeout(DEADLINE, cut_off)
        .await
        .expect("it is cut off");
}

#[tokio::test]
async fn a_body_that_nobody_reads_holds_no_connection() {
    let server = server(ServerLimits::default()).await;
    let mut stream = server.connect().await;
    let head = "POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc";
    send(&mut stream, head).await;
    let told = rest(&mut stream).await;
    assert!(told.ends_with("not read"), "{told}");
}

#[tokio::test]
async fn at_the_end_what_runs_is_answered_and_nothing_new_is_taken() {
    let server = server(ServerLimits::default()).await;
    let (mut idle, mut busy) = (server.connect().await, server.connect().await);
    send(&mut idle, ASK).await;
    answer(&mut idle, "well").await;
    send(&mut busy, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
    // The request has arrived when it is being answered.
    tokio::time::sleep(SHORT).await;
    server.leaving.cancel();
    let mut serving = server.serving;
    serving.accepted().await.expect("it stops accepting");
    assert!(
        TcpStream::connect(server.address).await.is_err(),
        "nobody listens"
    );
    assert_eq!(rest(&mut idle).await, "");
    let told = rest(&mut busy).await;
    assert!(
        told.ends_with("slow") && told.contains("connection: close"),
        "{told}"
    );
    assert!(serving.finish().await, "all was done");
}

#[tokio::test]
async fn what_does_not_end_in_time_is_cut_off() {
    let limits = ServerLimits {
        finish_time_max: SHORT,
        ..ServerLimits::default()
    };
    let server = server(limits).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut some = [0; 16];
    stream.read_exact(&mut some).await.expect("it has begun");
    let reading = tokio::spawn(async move { rest(&mut stream).await.len() });
    assert!(!server.serving.finish().await, "it was still going on");
    assert!(reading.await.expect("the reader ends") > 0);
}
