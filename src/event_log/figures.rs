//! What a log measures of its own writing, and what stops it.
//!
//! Measured by the adapter that has a queue of its own; read by whoever shows it.

use std::sync::OnceLock;

use crate::figures::{Histogram, SECONDS, SIZES};

/// The figures of one log since it was opened.
#[derive(Debug)]
pub struct LogFigures {
    /// From the queue to the answer, in seconds, of appends that were answered well or refused.
    pub append_seconds: Histogram,
    /// Appends that were written in one transaction with one sync.
    pub batch_appends: Histogram,
    /// The failed write after which nothing more is appended.
    pub fault: OnceLock<String>,
}

impl Default for LogFigures {
    fn default() -> Self {
        Self {
            append_seconds: Histogram::with_edges(SECONDS),
            batch_appends: Histogram::with_edges(SIZES),
            fault: OnceLock::new(),
        }
    }
}
