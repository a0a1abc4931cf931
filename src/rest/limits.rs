//! The limits of the routes that are not GraphQL, each with what it protects.

use std::time::Duration;

/// What one request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestLimits {
    /// Uploads read at a time; each holds a thread. More are told to come again.
    pub uploads_max: usize,
    /// Bytes of one line or record of an upload, which is held as a whole.
    pub line_bytes_max: usize,
    /// How long the sender of an upload may be silent.
    pub silence_max: Duration,
    /// Bytes of the body of any request but an upload.
    pub body_bytes_max: usize,
}

impl Default for RestLimits {
    fn default() -> Self {
        Self {
            uploads_max: 32,
            line_bytes_max: 2 << 20,
            silence_max: Duration::from_secs(60),
            body_bytes_max: 20 << 20,
        }
    }
}
