//! The limits of this border, each with what it protects.

use std::time::Duration;

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
/// The largest request body: a commit of 1 MiB and no more.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// How far a body that is too large is read on, for the sake of its sender.
pub const READ_ON_BYTES_MAX: usize = 64 << 20;
/// The most requests of one batch.
pub const BATCH_REQUESTS_MAX: usize = 10;
/// The longest cursor: a key of 1,024 bytes, its version, and room.
pub const CURSOR_BYTES_MAX: usize = 8 << 10;

/// The limits that an operator may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How deep a document may nest fields.
    pub depth_max: usize,
    /// How deep a document may nest fields of the schema itself.
    pub introspection_depth_max: usize,
    /// How many fields a document may have once its fragments are expanded.
    pub expanded_fields_max: u64,
    /// How long one execution may take, waiting for `minXactId` included.
    pub execution_time_max: Duration,
    /// How often `events` sends an empty batch when there is nothing to tell.
    pub heartbeat_interval: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth_max: 12,
            introspection_depth_max: 15,
            expanded_fields_max: 5_000,
            execution_time_max: Duration::from_secs(10),
            heartbeat_interval: Duration::from_secs(15),
        }
    }
}
