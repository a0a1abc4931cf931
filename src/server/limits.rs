//! The limits on connections, each with what it protects.

use std::time::Duration;

/// What callers may hold of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    /// Connections open at once, sockets included. More are answered 503 and closed.
    pub connections_max: usize,
    /// How long a request's head may take from its first byte on, and the first byte of a new
    /// connection from its opening on.
    pub head_time_max: Duration,
    /// Bytes of a request's head: its first line and its headers. Larger ones are answered 431.
    pub head_bytes_max: usize,
    /// How long a connection may be without a request.
    pub idle_time_max: Duration,
    /// How long a caller may take no byte of an answer.
    pub write_stall_max: Duration,
    /// How long what runs may go on after the first signal to end.
    pub finish_time_max: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections_max: 10_000,
            head_time_max: Duration::from_secs(10),
            head_bytes_max: 32 << 10,
            idle_time_max: Duration::from_secs(75),
            write_stall_max: Duration::from_secs(60),
            finish_time_max: Duration::from_secs(10),
        }
    }
}
