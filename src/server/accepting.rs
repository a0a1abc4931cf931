//! Accepting: every connection gets a place, or is told at once that there is none.
//!
//! At the cap connections are still accepted, answered 503 and closed: a caller learns it, where
//! in the system's queue it would only wait.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection;
use super::limits::ServerLimits;
use super::wire::{Place, Pulse, Wire};
use crate::metrics::Traffic;

/// Farewells at a time; beyond, connections are closed without a word.
const FAREWELLS_MAX: usize = 64;
/// How long a farewell may take.
const FAREWELL_TIME_MAX: Duration = Duration::from_secs(1);
/// The pause after the system could give no connection: it has no more files, most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// What is told to whom there is no place for.
const FULL: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n\
                    Content-Length: 142\r\nRetry-After: 1\r\nConnection: close\r\n\
                    X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n\r\n\
                    {\"code\":\"UNAVAILABLE\",\"message\":\"the server has as many connections as it \
                    takes\",\"hint\":\"send the same request again in a moment\",\"line\":null}";

/// What all connections share.
pub(super) struct Desk {
    pub limits: ServerLimits,
    pub traffic: Arc<Traffic>,
    /// Answers while the ledger opens.
    pub starting: Router,
    /// Answers from then on.
    pub opened: OnceLock<Router>,
    /// Cancelled when nothing new is to be begun.
    pub leaving: CancellationToken,
    /// Cancelled when nothing may go on.
    pub cut: CancellationToken,
    /// Knows everything that is still going on.
    pub tracker: TaskTracker,
}

impl Desk {
    pub fn routes(&self) -> Router {
        self.opened.get().unwrap_or(&self.starting).clone()
    }
}

/// Accepts until the server is leaving.
pub(super) async fn accept(desk: Arc<Desk>, listener: TcpListener) {
    let slots = Arc::new(Semaphore::new(desk.limits.connections_max));
    let farewells = Arc::new(Semaphore::new(FAREWELLS_MAX));
    loop {
        let accepted = tokio::select! {
            biased;
            () = desk.leaving.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(fault) if is_of_one_connection(&fault) => continue,
            Err(fault) => {
                tracing::warn!(%fault, "no connection can be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if let Err(fault) = stream.set_nodelay(true) {
            tracing::debug!(%fault, "a connection keeps gathering small packets");
        }
        if let Ok(slot) = slots.clone().try_acquire_owned() {
            let pulse = Arc::new(Pulse::new());
            desk.traffic.came();
            let place = Place {
                traffic: desk.traffic.clone(),
                pulse: pulse.clone(),
                _slot: slot,
                _token: desk.tracker.token(),
            };
            let wire = Wire::new(stream, place, desk.limits.write_stall_max);
            desk.tracker
                .spawn(connection::serve(desk.clone(), wire, pulse));
            continue;
        }
        desk.traffic.turn_away();
        if let Ok(farewell) = farewells.clone().try_acquire_owned() {
            desk.tracker.spawn(async move {
                // Whoever does not wait for it has gone anyhow.
                let _ = tokio::time::timeout(FAREWELL_TIME_MAX, turn_away(stream)).await;
                drop(farewell);
            });
        }
    }
}

/// Whether only the connection that was about to come is lost.
fn is_of_one_connection(fault: &io::Error) -> bool {
    matches!(
        fault.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// Says that there is no place, and reads on: closing with bytes unread would cut the words off.
async fn turn_away(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(FULL.as_bytes()).await?;
    stream.shutdown().await?;
    let mut unread = [0; 4 << 10];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_farewell_is_as_long_as_it_says() {
        let (head, body) = FULL.split_once("\r\n\r\n").expect("a head and a body");
        let length = format!("Content-Length: {}\r\n", body.len());
        assert!(head.contains(&length), "{length}");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(body["code"], "UNAVAILABLE");
    }
}
