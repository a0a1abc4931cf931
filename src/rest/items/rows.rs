//! Items as CSV: one record a row, every column a member of its data.
//!
//! The first row names the columns; each other row has as many cells. A row's line is where it
//! begins, so a quoted cell may hold line breaks. How cells are read is said in `cells.rs`.

use std::io::BufRead;

use serde_json::{Map, Value};

use super::cells::{self, KeyCell, ROW_NUMBER_DIGITS};
use super::records::Records;
use super::source::{Broken, Change, Numbered};
use crate::ledger::{ItemKind, NewItem};

/// The rows of a body.
pub(super) struct Rows<R> {
    records: Records<R>,
    key: Option<String>,
    header: Option<Header>,
    count: u64,
    ended: bool,
}

struct Header {
    columns: Vec<String>,
    key: KeyCell,
}

impl<R: BufRead> Rows<R> {
    /// The rows of this body, inflated, each of so many bytes at most; `key` names the column that
    /// is the key.
    pub fn of(reader: R, key: Option<String>, bytes_max: usize) -> Self {
        Self {
            records: Records::of(reader, bytes_max),
            key,
            header: None,
            count: 0,
            ended: false,
        }
    }

    /// The body, to be read on by someone else.
    pub fn into_reader(self) -> R {
        self.records.into_reader()
    }

    fn read_header(&mut self) -> Result<Header, Broken> {
        let line = self.records.read()?;
        let broken = |message| Broken::Line {
            line: line.unwrap_or(1),
            message,
        };
        if line.is_none() {
            let message = "a CSV begins with a header that names its columns";
            return Err(broken(message.to_owned()));
        }
        let columns: Result<Vec<_>, _> = self
            .records
            .cells()
            .map(|name| std::str::from_utf8(name).map(str::to_owned))
            .collect();
        let columns = columns.map_err(|_| broken("the header is not UTF-8".to_owned()))?;
        cells::check_columns(&columns).map_err(broken)?;
        let key = cells::key_cell(&columns, self.key.as_deref()).map_err(broken)?;
        Ok(Header { columns, key })
    }

    fn next_row(&mut self) -> Result<Option<Numbered>, Broken> {
        let header = match self.header.take() {
            Some(header) => header,
            None => self.read_header()?,
        };
        let header = self.header.insert(header);
        let Some(line) = self.records.read()? else {
            return Ok(None);
        };
        self.count += 1;
        let item = header
            .item(&self.records, self.count)
            .map_err(|message| Broken::Line { line, message })?;
        Ok(Some(Numbered {
            line,
            bytes: self.records.written_bytes(),
            change: Change::Put(item),
        }))
    }
}

impl<R: BufRead> Iterator for &mut Rows<R> {
    type Item = Result<Numbered, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_row().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Header {
    /// The item of a row that has a cell for each column.
    fn item<R: BufRead>(&self, record: &Records<R>, row: u64) -> Result<NewItem, String> {
        let (found, expected) = (record.len(), self.columns.len());
        if found != expected {
            return Err(format!(
                "it has {found} cells, but the header names {expected} columns"
            ));
        }
        let mut data = Map::new();
        let mut key = None;
        for (index, (column, cell)) in self.columns.iter().zip(record.cells()).enumerate() {
            let text = std::str::from_utf8(cell)
                .map_err(|_| format!("the cell of column {column:?} is not UTF-8"))?;
            match self.key {
                KeyCell::Own(place) if place == index => {
                    key = Some(text.to_owned());
                    continue;
                }
                KeyCell::Shared(place) if place == index => key = Some(text.to_owned()),
                KeyCell::Own(_) | KeyCell::Shared(_) | KeyCell::RowNumber => {}
            }
            data.insert(column.clone(), cells::value(text));
        }
        let key = key.unwrap_or_else(|| format!("{row:0ROW_NUMBER_DIGITS$}"));
        let data = Value::Object(data);
        Ok(NewItem {
            key: Some(key),
            kind: ItemKind::Record,
            data,
            media: None,
        })
    }
}

#[cfg(test)]
mod tests;
