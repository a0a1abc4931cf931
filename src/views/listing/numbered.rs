//! Pages by number, with a total: for those who turn them so. Each costs what it skips, too.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::{Listing, Page};
use crate::views::fault::ViewFault;

/// Some rows of a listing that is read by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered<Row> {
    /// The rows, in the order of the listing.
    pub rows: Vec<Row>,
    /// How many the whole listing has.
    pub total: u64,
}

impl<Row> Listing<'_, Row> {
    /// Reads so many rows after the first `skip`, and counts all there are.
    pub(in crate::views) fn numbered(
        &self,
        connection: &Connection,
        skip: u64,
        rows: usize,
    ) -> Result<Numbered<Row>, ViewFault> {
        let page = Page::first(rows);
        let (sql, mut values) = self.statement(&page)?;
        values.push(Value::Integer(i64::try_from(skip).unwrap_or(i64::MAX)));
        let mut found = self.rows(connection, &format!("{sql} OFFSET ?"), values)?;
        // The statement reads one more than the page has.
        found.truncate(page.take.rows());
        Ok(Numbered {
            rows: found.into_iter().map(|keyed| keyed.row).collect(),
            total: self.count(connection)?,
        })
    }
}
