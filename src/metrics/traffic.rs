//! How many connections there are: the server counts them where they come and go.
//!
//! Atomics and nothing else; what becomes of a connection is never decided by them.

use std::sync::atomic::{AtomicU64, Ordering};

/// The connections of a server.
#[derive(Debug, Default)]
pub struct Traffic {
    open: AtomicU64,
    sockets: AtomicU64,
    turned_away: AtomicU64,
    broken_off: AtomicU64,
}

impl Traffic {
    /// Connections that are open, WebSockets included.
    pub fn open(&self) -> u64 {
        self.open.load(Ordering::Relaxed)
    }

    /// WebSockets that are open.
    pub fn sockets(&self) -> u64 {
        self.sockets.load(Ordering::Relaxed)
    }

    /// Connections that found no place since the start.
    pub fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Connections that were closed for being too slow since the start.
    pub fn broken_off(&self) -> u64 {
        self.broken_off.load(Ordering::Relaxed)
    }

    /// A connection was opened.
    pub fn came(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection that is counted already became a WebSocket.
    pub fn became_socket(&self) {
        self.sockets.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection was closed; `was_socket` where it had become a WebSocket.
    pub fn went(&self, was_socket: bool) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        self.sockets.fetch_sub(was_socket.into(), Ordering::Relaxed);
    }

    /// A connection found no place.
    pub fn turn_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection was closed for being too slow.
    pub fn break_off(&self) {
        self.broken_off.fetch_add(1, Ordering::Relaxed);
    }
}
