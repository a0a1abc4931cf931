//! Deciding where other nodes append too: a refusal is checked, and whoever was beaten gives way.
//!
//! On a log of this node's own nothing of it is done.

use std::time::Duration;

use super::writing::{Locked, Streams};
use super::{ATTEMPTS_MAX, ATTEMPTS_TOGETHER_MAX, Hall, Seen, Target};
use crate::domain::Refusal;
use crate::ledger::error::Outcome;

/// The longest pause before a command is decided again.
const PAUSE_MS_MAX: u64 = 64;

impl Hall {
    pub(super) fn attempts_max(&self) -> usize {
        if self.contact.is_shared() {
            ATTEMPTS_TOGETHER_MAX
        } else {
            ATTEMPTS_MAX
        }
    }

    /// The refusal by what is in the log as this node has it, without what is on its way there and
    /// may be lost; none when that does not refuse. To be asked by who has caught up.
    pub(super) fn refused_as_kept<T>(
        &self,
        target: Target,
        refusal: Refusal,
        decide: impl Fn(&Seen<'_>) -> Result<T, Refusal>,
    ) -> Outcome<Option<Refusal>> {
        if !self.contact.is_shared() {
            return Ok(Some(refusal));
        }
        let streams = Streams::apart(target);
        let mut locked = Locked::of(&streams);
        self.read_unread(target, &mut locked)?;
        Ok(decide(&locked.seen()).err())
    }

    /// Catches up with whoever was faster. The pause before it grows and is of random length, so
    /// that those who were beaten together do not come together again.
    pub(super) async fn give_way(&self, attempt: usize) -> Outcome<()> {
        if !self.contact.is_shared() {
            return Ok(());
        }
        if attempt > 1 {
            let longest = PAUSE_MS_MAX.min(1 << attempt.min(6));
            let (random, _) = self.clock.random_id().as_u64_pair();
            tokio::time::sleep(Duration::from_millis(random % longest)).await;
        }
        self.contact.catch_up().await
    }
}
