//! The limits of this border, each with what it protects.
//!
//! What an operator may set is in [`Limits`]; the rest is part of the contract and stands here as
//! constants. Nothing here reads settings.

use std::time::Duration;

use super::gate::GateLimits;

/// Entries of a page when none are asked for.
pub const PAGE_ROWS_DEFAULT: usize = 50;
/// The most entries of a page: keeps an answer's size and time in bounds.
pub const PAGE_ROWS_MAX: usize = 500;
/// The most ids of one `nodes`.
pub const NODES_MAX: usize = 500;
/// Events of one batch of a subscription when none are asked for.
pub const BATCH_EVENTS_DEFAULT: i32 = 100;
/// The most events of one batch of a subscription.
pub const BATCH_EVENTS_MAX: usize = 1_000;
/// The longest idempotency key, in characters.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;
/// The longest cursor: a key of 1,024 bytes, its version, and room.
pub const CURSOR_BYTES_MAX: usize = 8 << 10;

/// The limits that an operator may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body: a commit of 1 MiB and no more. 1 MiB.
    pub body_bytes_max: usize,
    /// How long a body may take to arrive, so that a slow sender holds nothing for long. 10 s.
    pub body_time_max: Duration,
    /// Requests of one batch, each of which may cost as much as one alone. 10.
    pub batch_requests_max: usize,
    /// Errors that one answer lists; how many more there were is told. 20.
    pub errors_listed_max: usize,
    /// How long one execution may take, waiting for `minXactId` included. 10 s.
    pub execution_time_max: Duration,
    /// Whether the schema may be asked for, and names in it be suggested. Yes.
    pub introspection: bool,
    /// What one document may ask for.
    pub gate: GateLimits,
    /// Sockets and event streams open at once. 1,000.
    pub sockets_max: usize,
    /// Subscriptions, and other operations still running, of one socket. 100.
    pub subscriptions_per_socket_max: usize,
    /// How long a socket may stay open without `connection_init`. 3 s.
    pub init_time_max: Duration,
    /// How often a socket is asked whether its client is still there. 12 s.
    pub ping_interval: Duration,
    /// Bytes of one message that a client sends on a socket. 1 MiB.
    pub frame_bytes_max: usize,
    /// Answers of one subscription that wait for its client to read. 64.
    pub queue_answers_max: usize,
    /// How long the answers of a subscription that promises every event may wait for a client who
    /// takes none of them; then it is told `LAGGED`. 10 s.
    pub lag_time_max: Duration,
    /// How often `events` sends an empty batch when there is nothing to tell. 15 s.
    pub heartbeat_interval: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 1 << 20,
            body_time_max: Duration::from_secs(10),
            batch_requests_max: 10,
            errors_listed_max: 20,
            execution_time_max: Duration::from_secs(10),
            introspection: true,
            gate: GateLimits::default(),
            sockets_max: 1_000,
            subscriptions_per_socket_max: 100,
            init_time_max: Duration::from_secs(3),
            ping_interval: Duration::from_secs(12),
            frame_bytes_max: 1 << 20,
            queue_answers_max: 64,
            lag_time_max: Duration::from_secs(10),
            heartbeat_interval: Duration::from_secs(15),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_reckons_with_the_pages_that_are_given() {
        let gate = GateLimits::default();
        assert_eq!(gate.page_rows_default, PAGE_ROWS_DEFAULT as u64);
        assert_eq!(gate.page_rows_max, PAGE_ROWS_MAX as u64);
    }
}
