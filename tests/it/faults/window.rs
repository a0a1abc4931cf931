//! Which states of the log somebody can have been told of, who asked at one moment and had his
//! answer at another.
//!
//! Not older than what was acknowledged before he asked: that is over. Not as new as what was asked
//! for only after he had his answer: that did not exist. Between the two anything may be.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use uuid::Uuid;

use super::history::{Call, Moment};
use super::log::Fact;

/// The moments between which each call took its place in the log.
pub struct Windows {
    /// The last place acknowledged up to each moment.
    acknowledged: Vec<(Moment, u64)>,
    /// The first place of what was asked for at or after each moment.
    asked: Vec<(Moment, u64)>,
    /// The first place of what each call left in the log.
    firsts: HashMap<Uuid, u64>,
    /// Where each call was done.
    done: HashMap<Uuid, u64>,
    head: u64,
}

impl Windows {
    /// Of these calls, in this log.
    pub fn of(log: &[Fact], calls: &[Call]) -> Self {
        let deeds: HashMap<Uuid, &str> = calls
            .iter()
            .map(|call| (call.id, call.deed.fact()))
            .collect();
        let (mut firsts, mut done) = (HashMap::new(), HashMap::new());
        for fact in log {
            let Some(call) = fact.call else { continue };
            firsts.entry(call).or_insert(fact.position);
            if deeds.get(&call) == Some(&fact.name.as_str()) {
                done.entry(call).or_insert(fact.position);
            }
        }
        let ended = calls.iter().filter_map(|call| {
            let done = call.done()?;
            Some((call.acknowledged_at()?, done.position))
        });
        let mut acknowledged: Vec<_> = ended.collect();
        acknowledged.sort_unstable();
        let mut last = 0;
        for (_, place) in &mut acknowledged {
            last = last.max(*place);
            *place = last;
        }
        let begun = calls.iter().filter_map(|call| {
            let first = firsts.get(&call.id)?;
            Some((call.began(), *first))
        });
        let mut asked: Vec<_> = begun.collect();
        asked.sort_unstable();
        let mut first = u64::MAX;
        for (_, place) in asked.iter_mut().rev() {
            first = first.min(*place);
            *place = first;
        }
        Self {
            acknowledged,
            asked,
            firsts,
            done,
            head: log.last().map_or(0, |fact| fact.position),
        }
    }

    /// Where a call was done, if it was.
    pub fn done_at(&self, call: &Call) -> Option<u64> {
        self.done.get(&call.id).copied()
    }

    /// Where what a call left in the log begins, if it left anything.
    pub fn first_of(&self, call: &Call) -> Option<u64> {
        self.firsts.get(&call.id).copied()
    }

    /// The last place that was acknowledged before a moment.
    pub fn acknowledged_before(&self, moment: Moment) -> u64 {
        let before = self
            .acknowledged
            .partition_point(|(ended, _)| *ended < moment);
        self.acknowledged[..before]
            .last()
            .map_or(0, |(_, place)| *place)
    }

    /// The states that one can have been told of who asked and was answered then.
    pub fn between(&self, began: Moment, ended: Moment) -> RangeInclusive<u64> {
        let after = self.asked.partition_point(|(began, _)| *began <= ended);
        let beyond = self.asked.get(after).map(|(_, place)| place - 1);
        self.acknowledged_before(began)..=beyond.unwrap_or(self.head)
    }
}
