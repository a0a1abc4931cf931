//! How many connections there are: counted where they come and go, read where they are shown.

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

    pub(super) fn came(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn became_socket(&self) {
        self.sockets.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn went(&self, was_socket: bool) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        self.sockets.fetch_sub(was_socket.into(), Ordering::Relaxed);
    }

    pub(super) fn turn_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn break_off(&self) {
        self.broken_off.fetch_add(1, Ordering::Relaxed);
    }
}
