//! What held when: from one place in the log up to another.
//!
//! A state is told by its place in the log: it is the state after that event. Whoever was refused
//! was told that something held; so it must have held at a place that he can have been told of.

use std::collections::HashMap;
use std::ops::RangeInclusive;

/// Something that may hold for a while.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Holding {
    /// A live dataset has this name.
    DatasetName(String),
    /// A live snapshot of this dataset has this name.
    SnapshotName(String, String),
    /// This dataset is being restored, by a task.
    Restore(String),
    /// A restore leads to this snapshot.
    Target(String),
    /// This dataset has a current snapshot.
    Current(String),
    /// This snapshot is there.
    Snapshot(String),
    /// This dataset is there.
    Dataset(String),
}

/// From where to where something held, and by whom.
#[derive(Debug, Clone)]
struct Span {
    from: u64,
    /// The first place where it holds no more.
    until: u64,
    by: String,
}

/// All that held at any time, in the order in which it began.
#[derive(Debug, Default)]
pub struct Spans(HashMap<Holding, Vec<Span>>);

impl Spans {
    /// It holds from here on, by this one; refused when it holds already.
    pub fn begin(&mut self, what: Holding, by: &str, here: u64) -> Result<(), String> {
        if let Some(holder) = self.holder(&what) {
            return Err(format!("{what:?} is {holder}'s, and {by} takes it"));
        }
        self.0.entry(what).or_default().push(Span {
            from: here,
            until: u64::MAX,
            by: by.to_owned(),
        });
        Ok(())
    }

    /// It holds no more from here on; refused when this one did not hold it.
    pub fn end(&mut self, what: &Holding, by: &str, here: u64) -> Result<(), String> {
        let last = self.0.get_mut(what).and_then(|spans| spans.last_mut());
        match last.filter(|span| span.until == u64::MAX && span.by == by) {
            Some(span) => {
                span.until = here;
                Ok(())
            }
            None => Err(format!("{by} ends {what:?}, which it did not hold")),
        }
    }

    /// Who holds it at the end of what was taken up so far.
    pub fn holder(&self, what: &Holding) -> Option<&str> {
        let last = self.0.get(what)?.last()?;
        (last.until == u64::MAX).then_some(last.by.as_str())
    }

    /// Who holds it at this place.
    pub fn holder_at(&self, what: &Holding, place: u64) -> Option<&str> {
        let mut spans = self.0.get(what)?.iter();
        let span = spans.find(|span| span.from <= place && place < span.until)?;
        Some(&span.by)
    }

    /// Whether it held at any of these places, by somebody other than this one.
    pub fn held_within(&self, what: &Holding, by_not: &str, places: &RangeInclusive<u64>) -> bool {
        let spans = self.0.get(what).map(Vec::as_slice).unwrap_or_default();
        spans.iter().any(|span| {
            span.by != by_not && span.from <= *places.end() && *places.start() < span.until
        })
    }

    /// Whether it did not hold at any of these places.
    pub fn lacked_within(&self, what: &Holding, places: &RangeInclusive<u64>) -> bool {
        let spans = self.0.get(what).map(Vec::as_slice).unwrap_or_default();
        !spans
            .iter()
            .any(|span| span.from <= *places.start() && *places.end() < span.until)
    }
}
