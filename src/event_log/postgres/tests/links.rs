//! Links that break in the middle of an append: the answer is lost, or nothing moves any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::server::Server;
use super::{next, open, places};
use crate::domain::ids::Position;
use crate::event_log::contract::harness::{event, stream, to};
use crate::event_log::port::AppendFault;
use crate::event_log::shared::SharedLog;

/// Moves everything.
const PASS: u8 = 0;
/// Moves a commit to the server, and closes both ends before its answer comes back; then PASS.
const LOSE_THE_ANSWER: u8 = 1;
/// Begins to swallow all, both ways, when a transaction begins, and stays open.
const SWALLOW: u8 = 2;

/// A link to the server that a test breaks. It ends with the test's runtime.
struct Link {
    port: u16,
    mode: Arc<AtomicU8>,
}

impl Link {
    async fn to(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let mode = Arc::new(AtomicU8::new(PASS));
        let (to, told) = (server.port(), mode.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if let Ok(server) = TcpStream::connect(("127.0.0.1", to)).await {
                    tokio::spawn(carry(client, server, told.clone()));
                }
            }
        });
        Self { port, mode }
    }

    fn set(&self, mode: u8) {
        self.mode.store(mode, Ordering::SeqCst);
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, mode: Arc<AtomicU8>) {
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let contains = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|at| at == word);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(count @ 1..) = read else { return };
                let sent = &up[..count];
                match mode.load(Ordering::SeqCst) {
                    SWALLOW if contains(sent, b"INSERT") || contains(sent, b"COMMIT") => {
                        return std::future::pending().await;
                    }
                    LOSE_THE_ANSWER if contains(sent, b"COMMIT") => {
                        server.write_all(sent).await.expect("sent");
                        // What the server answers shows that it has done it.
                        let _ = server.read(&mut down).await;
                        mode.store(PASS, Ordering::SeqCst);
                        return;
                    }
                    _ => {}
                }
                if server.write_all(sent).await.is_err() { return }
            }
            read = server.read(&mut down) => {
                let Ok(count @ 1..) = read else { return };
                if client.write_all(&down[..count]).await.is_err() { return }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_whose_answer_is_lost_is_found_and_answered() {
    let server = Server::shared();
    let database = server.database();
    let link = Link::to(&server).await;
    let log = open(&database.tcp_url(link.port)).await;
    for number in 0..5 {
        link.set(LOSE_THE_ANSWER);
        let position = number + 1;
        let append = to(stream(1), number, vec![event(number)]);
        assert_eq!(places(&log, append).await, Ok((position, position)));
        assert_eq!(log.head().await, Ok(Position(position)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_behind_a_dead_link_holds_nobody_up_for_long() {
    let server = Server::shared();
    let database = server.database();
    let link = Link::to(&server).await;
    let cut_off = open(&database.tcp_url(link.port)).await;
    let other = open(&database.url()).await;
    places(&other, to(stream(1), 0, vec![event(0)]))
        .await
        .expect("appended");
    // Its transaction has the lock, and nothing more comes through.
    link.set(SWALLOW);
    let lost = cut_off.append(to(stream(2), 0, vec![event(1)]));
    let lost = tokio::spawn(lost);
    let mut written = 1;
    for number in 1..4 {
        let append = to(stream(1), number, vec![event(10 + number)]);
        written = places(&other, append).await.expect("appended").1;
    }
    let fault = lost.await.expect("no panic").expect_err("out of reach");
    assert!(matches!(fault, AppendFault::Unreachable(_)), "{fault:?}");
    link.set(PASS);
    let again = places(&cut_off, to(stream(2), 0, vec![event(1)])).await;
    assert_eq!(again, Ok((written + 1, written + 1)));
    let mut follower = cut_off.follow(Position(written));
    assert_eq!(next(&mut *follower, 1).await[0].position, Position(written));
}
