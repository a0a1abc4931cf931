//! Where the rows of a kind come from, and which of them exist for anybody.
//!
//! The one place that hides what is in deleted projects: no query of rows goes past it.

use crate::views::columns::Columns;

/// The condition that a project is not deleted. Every source has it, so that what is in a deleted
/// project is found on no path: its rows stay as they were folded.
macro_rules! live_projects {
    ($column:literal) => {
        concat!($column, " NOT IN (SELECT id FROM deleted_projects)")
    };
}
pub(in crate::views) use live_projects;

/// The condition that any project fulfils, also a deleted one.
pub(in crate::views) const ALL_PROJECTS: &str = "TRUE";

/// Where rows of a kind come from, and how one is read.
pub(in crate::views) struct Source<Row> {
    /// The columns that `read` expects, in its order.
    pub(in crate::views) columns: &'static str,
    /// The tables, joined.
    pub(in crate::views) from: &'static str,
    /// What holds for the rows that exist for anybody: [`live_projects`] of their project's
    /// column, or [`ALL_PROJECTS`] for those who work on what nobody sees any more.
    pub(in crate::views) exists: &'static str,
    /// The column that tells rows with the same sort value apart.
    pub(in crate::views) tie: &'static str,
    /// Reads the columns.
    pub(in crate::views) read: fn(&mut Columns<'_, '_>) -> rusqlite::Result<Row>,
}

impl<Row> Source<Row> {
    /// The SELECT of the rows for which a condition holds.
    pub(in crate::views) fn select(&self, condition: &str) -> String {
        let (columns, from, exists) = (self.columns, self.from, self.exists);
        format!("SELECT {columns} FROM {from} WHERE {condition} AND {exists}")
    }
}
