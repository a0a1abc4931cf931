//! What is known of the tries of one batch, and how many there may be.
//!
//! Never tries anything itself.

use chrono::{DateTime, Utc};

use super::pauses::Pauses;
use crate::event_log::port::AppendFault;

/// How often a batch loses the race. Somebody has won each time, so it is rarely more than a few.
const LOSSES_MAX: u32 = 100;
/// How often a batch meets a failure.
const FAILURES_MAX: u32 = 20;

/// The tries of one batch.
pub(super) struct Tries {
    /// The clock's time when the batch was begun; the same for all tries, so that all write the
    /// same unless the log has gone on.
    pub(super) now: DateTime<Utc>,
    /// Races lost.
    pub(super) losses: u32,
    /// An append got no answer: it may stand, or come to stand.
    pub(super) in_doubt: bool,
    /// The end of the log was read since the batch was begun.
    pub(super) fresh: bool,
    /// The quick way in has not failed.
    pub(super) is_quick: bool,
    failures: u32,
    pauses: Pauses,
}

impl Tries {
    /// None was made yet.
    pub(super) const fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            losses: 0,
            in_doubt: false,
            fresh: false,
            is_quick: true,
            failures: 0,
            pauses: Pauses::new(),
        }
    }

    /// Counts a failure and waits, if another try is left.
    pub(super) async fn failed(&mut self, message: &str) -> Result<(), AppendFault> {
        self.failures += 1;
        if self.failures >= FAILURES_MAX {
            return Err(AppendFault::Unreachable(message.to_owned()));
        }
        self.pauses.wait().await;
        Ok(())
    }

    /// Whether another race may be run. Asked when what was sent before is known not to stand,
    /// unless it is in doubt.
    pub(super) fn check_losses(&self) -> Result<(), AppendFault> {
        if self.losses < LOSSES_MAX {
            return Ok(());
        }
        Err(if self.in_doubt {
            AppendFault::Unreachable("other nodes were always faster".to_owned())
        } else {
            AppendFault::Overloaded
        })
    }
}
