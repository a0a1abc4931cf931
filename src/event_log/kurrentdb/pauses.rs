//! Pauses between tries: each twice as long as the one before, up to a bound.
//!
//! Only counts; whoever uses them waits, and says how many tries there are.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(2);

/// The pauses since the last success.
pub(super) struct Pauses {
    next: Duration,
}

impl Pauses {
    /// The next pause is the shortest.
    pub(super) const fn new() -> Self {
        Self { next: FIRST }
    }

    /// Waits, and longer the next time.
    pub(super) async fn wait(&mut self) {
        tokio::time::sleep(self.next).await;
        self.next = (self.next * 2).min(LONGEST);
    }
}
