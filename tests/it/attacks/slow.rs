//! Slow senders: connections that are held open by a byte now and then.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{MEMORY_KIB_MAX, ordinary};
use crate::harness::{Home, KEY};

/// Slow senders of each kind.
const SENDERS: usize = 200;
/// Bytes that each sends, one at a time.
const BYTES: usize = 10;
/// The time between two of them.
const BETWEEN: Duration = Duration::from_millis(250);

#[tokio::test]
async fn slow_senders_keep_nobody_from_an_answer() {
    let home = Home::new();
    let server = home.start().await;
    let host = server.address.trim_start_matches("http://");
    let request = format!("POST /graphql HTTP/1.1\r\nHost: {host}\r\n");
    let body_to_come = format!(
        "{request}Authorization: Bearer {KEY}\r\nContent-Type: application/json\r\n\
         Content-Length: 100000\r\n\r\n{{"
    );
    let heads = (0..SENDERS).map(|_| send_slowly(host, &request));
    let bodies = (0..SENDERS).map(|_| send_slowly(host, &body_to_come));
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let senders = async {
        join_all(heads.chain(bodies)).await;
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    let begun = Instant::now();
    let (_, slowest) = tokio::join!(senders, ordinary(&server, &is_over));
    println!("slow senders: {slowest:?} beside them at most");
    assert!(begun.elapsed() >= BETWEEN, "the senders were not slow");
    assert!(server.memory_peak_kib() < MEMORY_KIB_MAX);
}

/// Sends the beginning of a request, then a byte now and then; the server may have enough of it.
async fn send_slowly(host: &str, beginning: &str) {
    let mut connection = TcpStream::connect(host).await.expect("a connection");
    let begun = connection.write_all(beginning.as_bytes()).await;
    begun.expect("the beginning is sent");
    for _ in 0..BYTES {
        tokio::time::sleep(BETWEEN).await;
        if connection.write_all(b"a").await.is_err() {
            return;
        }
    }
}
