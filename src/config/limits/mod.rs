//! Every limit that an operator may set, in one table: its name, unit, range and a sentence.
//!
//! The default is what the room itself holds for right. The same name everywhere: `depth_max` in
//! the `[limits]` of a file, `--limit depth_max=10`, `SNAPLEDGER_LIMIT_DEPTH_MAX`.

mod rows;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::ConfigFault;
use crate::graphql;
use crate::graphql::gate::Cost;
use crate::quota::QuotaLimits;
use crate::rest::RestLimits;
use crate::server::ServerLimits;

pub use rows::ROWS;

/// The limits of every room that has some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// On connections.
    pub server: ServerLimits,
    /// On GraphQL.
    pub graph: graphql::Limits,
    /// On bulk items and the other routes.
    pub rest: RestLimits,
    /// On each caller.
    pub quota: QuotaLimits,
}

/// One limit.
pub struct Row {
    /// What it is part of.
    pub section: Section,
    /// Its name.
    pub name: &'static str,
    /// What its figure counts.
    pub unit: Unit,
    /// The figures that it may be set to.
    pub range: RangeInclusive<u64>,
    /// What it protects, in a sentence.
    pub says: &'static str,
    read: fn(&Limits) -> u64,
    write: fn(&mut Limits, u64),
}

/// What a limit is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Connections, whatever comes over them.
    Connections,
    /// GraphQL requests.
    Requests,
    /// One GraphQL document.
    Documents,
    /// Subscriptions, over WebSocket and SSE.
    Subscriptions,
    /// Bulk items and other REST routes.
    Rest,
    /// What each caller may ask for.
    Callers,
}

/// What the figure of a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Milliseconds.
    Milliseconds,
    /// Cost of GraphQL: 1 an object, 0.1 a leaf.
    Cost,
    /// `true` or `false`.
    Switch,
}

impl Limits {
    /// The defaults, and over them what is given by name.
    pub(super) fn settle(given: &BTreeMap<String, String>) -> Result<Self, ConfigFault> {
        let mut limits = Self::default();
        for (name, value) in given {
            let row = ROWS.iter().find(|row| row.name == name);
            let row = row.ok_or_else(|| ConfigFault::UnknownLimit(name.clone()))?;
            let figure = row
                .figure(value)
                .ok_or_else(|| ConfigFault::LimitMalformed {
                    name: row.name,
                    value: value.clone(),
                    form: row.form(),
                })?;
            (row.write)(&mut limits, figure);
        }
        Ok(limits)
    }
}

impl Row {
    /// What it is when nobody says anything.
    pub fn default_text(&self) -> String {
        self.text((self.read)(&Limits::default()))
    }

    /// What it may be, in words.
    pub fn form(&self) -> String {
        let (least, most) = (self.range.start(), self.range.end());
        match self.unit {
            Unit::Switch => "true or false".to_owned(),
            Unit::Count | Unit::Bytes | Unit::Milliseconds | Unit::Cost => {
                format!("a whole number from {least} to {most}")
            }
        }
    }

    /// The least and the most that it may be.
    pub fn edges(&self) -> (String, String) {
        let (least, most) = (self.range.start(), self.range.end());
        (self.text(*least), self.text(*most))
    }

    /// The figure that a text means; none when it is not in the range.
    fn figure(&self, text: &str) -> Option<u64> {
        let figure = match (self.unit, text) {
            (Unit::Switch, "true" | "1") => 1,
            (Unit::Switch, "false" | "0") => 0,
            (Unit::Switch, _) => return None,
            (Unit::Count | Unit::Bytes | Unit::Milliseconds | Unit::Cost, text) => {
                text.parse().ok()?
            }
        };
        self.range.contains(&figure).then_some(figure)
    }

    fn text(&self, figure: u64) -> String {
        match self.unit {
            Unit::Switch => (figure != 0).to_string(),
            Unit::Count | Unit::Bytes | Unit::Milliseconds | Unit::Cost => figure.to_string(),
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connections => "Connections",
            Self::Requests => "GraphQL requests",
            Self::Documents => "GraphQL documents",
            Self::Subscriptions => "Subscriptions",
            Self::Rest => "Bulk items and REST",
            Self::Callers => "Callers",
        })
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Count => "",
            Self::Bytes => "bytes",
            Self::Milliseconds => "ms",
            Self::Cost => "cost",
            Self::Switch => "",
        })
    }
}

/// The form in which a room holds a limit.
trait Figure {
    fn figure(&self) -> u64;
    fn of(figure: u64) -> Self;
}

impl Figure for u64 {
    fn figure(&self) -> u64 {
        *self
    }

    fn of(figure: u64) -> Self {
        figure
    }
}

impl Figure for usize {
    fn figure(&self) -> u64 {
        *self as u64
    }

    fn of(figure: u64) -> Self {
        Self::try_from(figure).unwrap_or(Self::MAX)
    }
}

impl Figure for bool {
    fn figure(&self) -> u64 {
        (*self).into()
    }

    fn of(figure: u64) -> Self {
        figure != 0
    }
}

impl Figure for Duration {
    fn figure(&self) -> u64 {
        u64::try_from(self.as_millis()).unwrap_or(u64::MAX)
    }

    fn of(figure: u64) -> Self {
        Self::from_millis(figure)
    }
}

impl Figure for Cost {
    fn figure(&self) -> u64 {
        self.whole()
    }

    fn of(figure: u64) -> Self {
        Self::of_objects(figure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(name: &str, value: &str) -> Result<Limits, ConfigFault> {
        Limits::settle(&BTreeMap::from([(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn every_limit_is_taken_at_its_edges_and_refused_beyond_them() {
        for row in ROWS {
            let name = row.name;
            let (least, most) = (*row.range.start(), *row.range.end());
            for figure in [least, most] {
                let limits = settle(name, &figure.to_string()).expect(name);
                assert_eq!(
                    (row.read)(&limits),
                    figure,
                    "{name} is written where it is read"
                );
            }
            let beyond = [least.checked_sub(1), most.checked_add(1)];
            let beyond = beyond.iter().flatten().map(u64::to_string);
            for value in beyond.chain(["-1", "1.5", "many", ""].map(str::to_owned)) {
                let fault = settle(name, &value).expect_err(name).to_string();
                assert!(fault.contains(name), "{fault}");
                assert!(fault.contains(&row.form()), "{fault}");
            }
            let default = (row.read)(&Limits::default());
            assert!(row.range.contains(&default), "the default of {name}");
            assert_eq!(settle(name, &row.default_text()), Ok(Limits::default()));
        }
    }

    #[test]
    fn every_limit_has_a_name_of_its_own_and_changes_one_thing() {
        let mut seen = Vec::new();
        for row in ROWS {
            assert!(
                !ROWS
                    .iter()
                    .any(|other| other.name == row.name && !std::ptr::eq(other, row))
            );
            let default = (row.read)(&Limits::default());
            let other = if default == *row.range.end() {
                *row.range.start()
            } else {
                *row.range.end()
            };
            let limits = settle(row.name, &other.to_string()).expect(row.name);
            assert!(
                !seen.contains(&limits),
                "{} sets what another sets",
                row.name
            );
            seen.push(limits);
        }
    }

    #[test]
    fn a_misspelt_limit_is_refused() {
        let fault = settle("dept_max", "3").expect_err("unknown").to_string();
        assert!(
            fault.contains("dept_max") && fault.contains("snapledger settings"),
            "{fault}"
        );
    }
}
