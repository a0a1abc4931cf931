//! Figures that a room keeps of its own work, in atomics, for whoever asks.
//!
//! Nothing is sent anywhere from here and nothing decided by it; a room that keeps figures knows
//! nothing of how they are shown. Names nothing else of the house.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The upper edges for times from 0.1 ms to 10 s, in seconds.
pub const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0,
];
/// The upper edges for how many there are of something.
pub const SIZES: &[f64] = &[
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0,
];
/// The different rows that are counted apart.
const ROWS_MAX: usize = 200;
/// The word for all that have no row of their own.
const OTHER: &str = "other";
/// The parts of one in which a sum is kept.
const PARTS: f64 = 1_000_000.0;

/// How values are distributed: how many are up to each of some upper edges.
#[derive(Debug)]
pub struct Histogram {
    edges: &'static [f64],
    counts: Box<[AtomicU64]>,
    sum_millionths: AtomicU64,
}

/// A histogram at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The sum of all values.
    pub sum: f64,
    /// How many values there were.
    pub count: u64,
    /// Each upper edge, infinity last, with the values above the edge before it.
    pub buckets: Vec<(f64, u64)>,
}

impl Histogram {
    /// No values yet. The edges grow.
    pub fn with_edges(edges: &'static [f64]) -> Self {
        Self {
            edges,
            counts: (0..=edges.len()).map(|_| AtomicU64::new(0)).collect(),
            sum_millionths: AtomicU64::new(0),
        }
    }

    /// Takes up a value, which is not negative.
    pub fn observe(&self, value: f64) {
        let bucket = self.edges.partition_point(|edge| *edge < value);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        let parts = (value * PARTS).round() as u64;
        self.sum_millionths.fetch_add(parts, Ordering::Relaxed);
    }

    /// Takes up a time, in seconds.
    pub fn took(&self, time: Duration) {
        self.observe(time.as_secs_f64());
    }

    /// What was taken up so far.
    pub fn read(&self) -> Distribution {
        let edges = self.edges.iter().copied().chain([f64::INFINITY]);
        let counts = self
            .counts
            .iter()
            .map(|count| count.load(Ordering::Relaxed));
        let buckets: Vec<(f64, u64)> = edges.zip(counts).collect();
        Distribution {
            sum: self.sum_millionths.load(Ordering::Relaxed) as f64 / PARTS,
            count: buckets.iter().map(|(_, count)| count).sum(),
            buckets,
        }
    }
}

/// How often each of a few things happened.
#[derive(Debug, Default)]
pub struct Counts<const WORDS: usize> {
    rows: Mutex<Vec<([String; WORDS], u64)>>,
}

impl<const WORDS: usize> Counts<WORDS> {
    /// Counts one. Beyond [`ROWS_MAX`] different rows the new ones are one row together.
    pub fn add(&self, words: [&str; WORDS]) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let words = if rows.len() < ROWS_MAX || rows.iter().any(|(known, _)| *known == words) {
            words
        } else {
            [OTHER; WORDS]
        };
        match rows.iter_mut().find(|(known, _)| *known == words) {
            Some((_, count)) => *count += 1,
            None => rows.push((words.map(str::to_owned), 1)),
        }
    }

    /// What was counted so far, in the order of the words.
    pub fn read(&self) -> Vec<([String; WORDS], u64)> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows = rows.clone();
        rows.sort();
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_at_the_first_edge_that_is_not_below_it() {
        let sizes = Histogram::with_edges(&[1.0, 10.0]);
        for value in [0.0, 1.0, 1.5, 10.0, 11.0] {
            sizes.observe(value);
        }
        let read = sizes.read();
        assert_eq!(read.buckets, [(1.0, 2), (10.0, 2), (f64::INFINITY, 1)]);
        assert_eq!((read.sum, read.count), (23.5, 5));
    }

    #[test]
    fn each_row_of_words_is_counted_for_itself() {
        let counts = Counts::default();
        for words in [["query", "OK"], ["mutation", "OK"], ["query", "OK"]] {
            counts.add(words);
        }
        let read = counts.read();
        let read = read
            .iter()
            .map(|([kind, code], count)| (&**kind, &**code, *count));
        let expected = [("mutation", "OK", 1), ("query", "OK", 2)];
        assert_eq!(read.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn rows_are_bounded_whatever_the_words() {
        let counts = Counts::default();
        for number in 0..ROWS_MAX + 5 {
            counts.add([&number.to_string()]);
            counts.add(["0"]);
        }
        let read = counts.read();
        let count = |word: &str| {
            read.iter()
                .find(|([known], _)| known == word)
                .map(|row| row.1)
        };
        assert_eq!(read.len(), ROWS_MAX + 1);
        assert_eq!(
            (count(OTHER), count("0")),
            (Some(5), Some(ROWS_MAX as u64 + 6))
        );
    }
}
