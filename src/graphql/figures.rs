//! What the graph measures of the operations it runs, the same on every transport.

use std::time::Duration;

use async_graphql::parser::types::OperationType;

use crate::figures::{Counts, Distribution, Histogram, SECONDS};

/// The code of an operation that ended without an error.
const OK: &str = "OK";
/// The kinds of operations whose time is measured: a subscription lasts as long as its caller.
const TIMED: [OperationType; 2] = [OperationType::Query, OperationType::Mutation];

/// The figures of the graph since its start.
#[derive(Debug)]
pub struct Figures {
    operations: Counts<2>,
    seconds: [Histogram; 2],
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            operations: Counts::default(),
            seconds: std::array::from_fn(|_| Histogram::with_edges(SECONDS)),
        }
    }
}

impl Figures {
    /// Takes up an operation that has ended: its kind, unless it was refused before that was
    /// known; the code of its first error, if any; and how long it took.
    pub fn ended(&self, kind: Option<OperationType>, code: Option<&str>, took: Duration) {
        let word = kind.map_or("unknown", word);
        self.operations.add([word, code.unwrap_or(OK)]);
        let place = TIMED.iter().position(|known| Some(*known) == kind);
        if let Some(place) = place {
            self.seconds[place].took(took);
        }
    }

    /// How many operations ended, by kind and code.
    pub fn operations(&self) -> Vec<([String; 2], u64)> {
        self.operations.read()
    }

    /// How long queries and mutations took, by kind.
    pub fn seconds(&self) -> Vec<(&'static str, Distribution)> {
        let kinds = TIMED.iter().zip(&self.seconds);
        kinds
            .map(|(kind, seconds)| (word(*kind), seconds.read()))
            .collect()
    }
}

const fn word(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_counts_by_its_kind_and_first_error() {
        let figures = Figures::default();
        let second = Duration::from_secs(1);
        figures.ended(Some(OperationType::Mutation), None, second);
        figures.ended(Some(OperationType::Mutation), Some("NAME_TAKEN"), second);
        figures.ended(None, Some("GRAPHQL_PARSE_FAILED"), second);
        let expected = [
            (["mutation", "NAME_TAKEN"], 1),
            (["mutation", "OK"], 1),
            (["unknown", "GRAPHQL_PARSE_FAILED"], 1),
        ];
        let operations = figures.operations();
        let operations = operations
            .iter()
            .map(|([kind, code], count)| ([&**kind, &**code], *count));
        assert_eq!(operations.collect::<Vec<_>>(), expected);
        let seconds = figures.seconds();
        let counts: Vec<_> = seconds
            .iter()
            .map(|(kind, read)| (*kind, read.count))
            .collect();
        assert_eq!(counts, [("query", 0), ("mutation", 2)]);
    }
}
