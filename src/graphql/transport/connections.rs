//! The connections that stay open: how many there may be, and how they end with the server.
//!
//! Sockets and event streams count alike. Each holds a place for as long as it lasts; what runs on
//! its own is tracked, so that the server can wait for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// How long the queries and mutations of a connection that stays open have to end once the server
/// ends; the server may cut all off sooner.
pub(super) const FINISH_TIME_MAX: Duration = Duration::from_secs(5);

/// All connections that stay open. Clones are handles to the same ones.
#[derive(Debug, Clone, Default)]
pub struct Connections {
    leaving: CancellationToken,
    tracker: TaskTracker,
}

/// Places for connections.
#[derive(Debug, Clone)]
pub struct Places(Arc<Semaphore>);

/// One connection's place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    /// Connections that end once this token is cancelled.
    pub fn until(leaving: CancellationToken) -> Self {
        Self {
            leaving,
            tracker: TaskTracker::new(),
        }
    }

    /// Waits until every socket has been closed; each of them sees to it that this is soon after
    /// the token was cancelled.
    pub async fn closed(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// Whether, and when, the server ends.
    pub(super) const fn leaving(&self) -> &CancellationToken {
        &self.leaving
    }

    /// Runs a socket; what is told of it belongs to the request that opened it.
    pub(super) fn run(&self, socket: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(socket.in_current_span());
    }
}

impl Places {
    /// So many places.
    pub fn new(places_max: usize) -> Self {
        Self(Arc::new(Semaphore::new(
            places_max.min(Semaphore::MAX_PERMITS),
        )))
    }

    /// A place, if one is free.
    pub fn take(&self) -> Option<Place> {
        let permit = self.0.clone().try_acquire_owned().ok()?;
        Some(Place { _permit: permit })
    }
}
