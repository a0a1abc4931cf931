//! What a story came to, in figures: told, and asserted only where it proves that something was
//! tried at all.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::checks::Evidence;
use super::history::{Call, Outcome};

/// The figures of a story.
pub struct Figures {
    /// Writes that were acknowledged.
    pub acknowledged: usize,
    /// Writes that were refused, by code.
    pub refused: BTreeMap<String, usize>,
    /// Writes of which nobody knows, after all tries.
    pub unknown: usize,
    /// Tries after the first.
    pub retries: usize,
    /// Reads that were answered.
    pub reads: usize,
    /// Events of the log.
    pub events: usize,
    /// Events that came to followers, and how often they had to begin again.
    pub followed: usize,
    pub resumed: usize,
    /// The longest that anybody waited for an acknowledgement.
    pub longest_wait: Duration,
    /// The longest time in which nothing was acknowledged to anybody.
    pub longest_stall: Duration,
}

/// How long it took each time until all was well again.
#[derive(Default)]
pub struct Recoveries(Vec<Duration>);

impl Recoveries {
    /// One more.
    pub fn note(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// How many there were.
    pub const fn count(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Recoveries {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut took = self.0.clone();
        took.sort_unstable();
        let median = took.get(took.len() / 2).copied().unwrap_or_default();
        let longest = took.last().copied().unwrap_or_default();
        let count = took.len();
        write!(
            to,
            "{count} times, well again after {median:.1?}, at most {longest:.1?}"
        )
    }
}

impl Figures {
    /// Of all that was done and told.
    pub fn of(evidence: &Evidence) -> Self {
        let Evidence {
            log,
            calls,
            reads,
            followed,
        } = evidence;
        let mut refused = BTreeMap::new();
        for call in calls {
            if let (None, Some(Outcome::Refused(code))) = (call.done(), last_outcome(call)) {
                *refused.entry(code.clone()).or_default() += 1;
            }
        }
        let all_refused: usize = refused.values().sum();
        let waits = calls.iter().filter_map(|call| {
            let ended = call.acknowledged_at()?;
            Some((ended, ended - call.began()))
        });
        let mut waits: Vec<_> = waits.collect();
        waits.sort_unstable();
        let stalls = waits.windows(2).map(|pair| pair[1].0 - pair[0].0);
        Self {
            acknowledged: waits.len(),
            unknown: calls.len() - waits.len() - all_refused,
            retries: calls.iter().map(|call| call.tries.len() - 1).sum(),
            reads: reads.len(),
            events: log.len(),
            followed: followed.iter().map(|one| one.events.len()).sum(),
            resumed: followed.iter().map(|one| one.resumed).sum(),
            longest_wait: waits
                .iter()
                .map(|(_, wait)| *wait)
                .max()
                .unwrap_or_default(),
            longest_stall: stalls.max().unwrap_or_default(),
            refused,
        }
    }
}

fn last_outcome(call: &Call) -> Option<&Outcome> {
    call.tries.last().map(|asked| &asked.outcome)
}

impl fmt::Display for Figures {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            to,
            "{} writes acknowledged, refused {:?}, {} unknown, {} retries; {} reads; {} events in \
             the log, {} followed after {} new beginnings; longest wait {:.1?}, longest stall {:.1?}",
            self.acknowledged,
            self.refused,
            self.unknown,
            self.retries,
            self.reads,
            self.events,
            self.followed,
            self.resumed,
            self.longest_wait,
            self.longest_stall,
        )
    }
}
