//! How the ledger is: whether it can serve, and the figures of its work.
//!
//! Read by those who look after the node. Never waits, and reads no file.

use super::Ledger;
use crate::domain::ids::Position;
use crate::figures::Distribution;

/// Whether the ledger can serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The last durable position.
    pub head: Position,
    /// The last position that the views show.
    pub views: Position,
    /// The failed write after which the log takes nothing more, until a restart.
    pub log_fault: Option<String>,
    /// Whether the caches still follow the log.
    pub is_following: bool,
    /// Whether it hears nothing from a log that nodes share, for so long that it answers nobody.
    pub is_silent: bool,
}

/// The figures of a ledger's work on this node since its start.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerFigures {
    /// How often damaged content was rebuilt from the log.
    pub content_repairs: u64,
    /// Those who follow the log or listen to news.
    pub subscribers: usize,
    /// How many positions the slowest of them is behind.
    pub subscriber_lag_max: u64,
    /// Seconds since this node caught up with a log that nodes share, and how many events it is
    /// known to be behind it; none on a log of its own.
    pub shared_log: Option<(f64, u64)>,
    /// Tasks that this node works on.
    pub tasks_running: usize,
    /// From an append's place in the queue to its answer, in seconds; none where the log does not
    /// measure it.
    pub append_seconds: Option<Distribution>,
    /// Appends written with one sync; none where the log does not measure it.
    pub batch_appends: Option<Distribution>,
}

impl Ledger {
    /// Whether it can serve.
    pub fn condition(&self) -> Condition {
        let figures = self.inner.log.figures();
        Condition {
            // First: they follow the head, and must not seem to be before it.
            views: self.view_position(),
            head: self.head(),
            log_fault: figures.and_then(|figures| figures.fault.get().cloned()),
            is_following: !self.inner.fallen.is_cancelled(),
            is_silent: self.inner.contact.is_silent(),
        }
    }

    /// The figures of its work.
    pub fn figures(&self) -> LedgerFigures {
        let log = self.inner.log.figures();
        let contact = &self.inner.contact;
        let (subscribers, subscriber_lag_max) = self.inner.watching.lag(self.view_position());
        LedgerFigures {
            content_repairs: self.inner.content.repairs(),
            subscribers,
            subscriber_lag_max,
            shared_log: contact
                .unheard()
                .map(|unheard| (unheard.as_secs_f64(), contact.lag())),
            tasks_running: self.inner.jobs.at_work(),
            append_seconds: log.map(|figures| figures.append_seconds.read()),
            batch_appends: log.map(|figures| figures.batch_appends.read()),
        }
    }
}
