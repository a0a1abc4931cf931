//! Activities: tasks and operations in one listing, with how far each is.

use super::Reads;
use crate::domain::ids::TaskId;
use crate::ledger::error::Outcome;
use crate::ledger::progress::Progress;
use crate::views::{ActivityFilter, ActivityOrder, ActivityRow, Numbered};

/// A task or an operation, with how far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// What the views know of it.
    pub row: ActivityRow,
    /// How far it is: from this node's memory, or as the log tells. Of an operation that has not
    /// ended nothing is known, so it has done nothing.
    pub progress: Progress,
}

impl Reads {
    /// Some of the activities that exist for this principal and pass the filter, after the first
    /// `skip`, and how many there are in all.
    pub fn activities(
        &self,
        filter: &ActivityFilter,
        order: ActivityOrder,
        (skip, rows): (u64, usize),
    ) -> Outcome<Numbered<Activity>> {
        let scope = self.scope();
        let found = self
            .views()
            .activities(&scope, filter, order, (skip, rows))?;
        let rows = found.rows.into_iter();
        Ok(Numbered {
            rows: rows.map(|row| self.with_progress(row)).collect(),
            total: found.total,
        })
    }

    fn with_progress(&self, row: ActivityRow) -> Activity {
        let told = Progress {
            phase: row.phase,
            done: row.done,
            total: row.total,
            rate_per_second: None,
        };
        if row.phase.is_end() {
            return Activity {
                row,
                progress: told,
            };
        }
        // The board may know of an end before the views do; row and progress tell one story.
        let latest = self.ledger.inner.board.latest(TaskId(row.id));
        let latest = latest.filter(|latest| !latest.phase.is_end());
        Activity {
            row,
            progress: latest.unwrap_or(told),
        }
    }
}
