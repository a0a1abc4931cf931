//! Between domain values and the values of SQL columns, both ways.
//!
//! A row is read from left to right, in the order of its SELECT; a value that is not what it should
//! be is an error, never a default.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, Type};
use uuid::Uuid;

use crate::digest::Digest;
use crate::domain::ids::{Position, Revision};
use crate::domain::values::{ChangeSummary, Counts, Name};

/// An id or no id, as a column takes it.
pub(super) type IdColumn = Option<[u8; 16]>;

/// A time as a column takes it: microseconds since 1970.
pub(super) const fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// A number as a column takes it. Counts, bytes and positions are far below 2^63.
pub(super) const fn int(number: u64) -> i64 {
    number.cast_signed()
}

/// Reads a row from left to right.
pub(super) struct Columns<'row, 'statement> {
    row: &'row Row<'statement>,
    next: usize,
}

impl<'row, 'statement> Columns<'row, 'statement> {
    /// Begins with the first column.
    pub(super) const fn of(row: &'row Row<'statement>) -> Self {
        Self { row, next: 0 }
    }

    /// A value that SQLite knows by itself, or an optional one.
    pub(super) fn value<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let index = self.next;
        self.next += 1;
        self.row.get(index)
    }

    pub(super) fn id<T>(&mut self, make: fn(Uuid) -> T) -> rusqlite::Result<T> {
        self.value::<[u8; 16]>()
            .map(|bytes| make(Uuid::from_bytes(bytes)))
    }

    pub(super) fn optional_id<T>(&mut self, make: fn(Uuid) -> T) -> rusqlite::Result<Option<T>> {
        let bytes = self.value::<IdColumn>()?;
        Ok(bytes.map(|bytes| make(Uuid::from_bytes(bytes))))
    }

    pub(super) fn digest(&mut self) -> rusqlite::Result<Digest> {
        self.value().map(Digest::from_bytes)
    }

    pub(super) fn optional_digest(&mut self) -> rusqlite::Result<Option<Digest>> {
        let bytes = self.value::<Option<[u8; 32]>>()?;
        Ok(bytes.map(Digest::from_bytes))
    }

    pub(super) fn text(&mut self) -> rusqlite::Result<Arc<str>> {
        self.value()
    }

    pub(super) fn optional_text(&mut self) -> rusqlite::Result<Option<Arc<str>>> {
        self.value()
    }

    pub(super) fn name(&mut self) -> rusqlite::Result<Name> {
        self.text().map(|text| Name::recorded(&text))
    }

    pub(super) fn number(&mut self) -> rusqlite::Result<u64> {
        self.value::<i64>().map(i64::cast_unsigned)
    }

    pub(super) fn optional_number(&mut self) -> rusqlite::Result<Option<u64>> {
        Ok(self.value::<Option<i64>>()?.map(i64::cast_unsigned))
    }

    pub(super) fn position(&mut self) -> rusqlite::Result<Position> {
        self.number().map(Position)
    }

    pub(super) fn optional_position(&mut self) -> rusqlite::Result<Option<Position>> {
        Ok(self.optional_number()?.map(Position))
    }

    pub(super) fn revision(&mut self) -> rusqlite::Result<Revision> {
        self.number().map(Revision)
    }

    pub(super) fn optional_revision(&mut self) -> rusqlite::Result<Option<Revision>> {
        Ok(self.optional_number()?.map(Revision))
    }

    pub(super) fn time(&mut self) -> rusqlite::Result<DateTime<Utc>> {
        let micros = self.value()?;
        DateTime::from_timestamp_micros(micros).ok_or_else(|| self.unreadable(Type::Integer))
    }

    pub(super) fn optional_time(&mut self) -> rusqlite::Result<Option<DateTime<Utc>>> {
        let Some(micros) = self.value()? else {
            return Ok(None);
        };
        let time = DateTime::from_timestamp_micros(micros);
        time.map(Some).ok_or_else(|| self.unreadable(Type::Integer))
    }

    /// A value that is written as a word.
    pub(super) fn word<T>(&mut self, from_word: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
        let value = self.optional_word(from_word)?;
        value.ok_or_else(|| self.unreadable(Type::Null))
    }

    pub(super) fn optional_word<T>(
        &mut self,
        from_word: fn(&str) -> Option<T>,
    ) -> rusqlite::Result<Option<T>> {
        let index = self.next;
        self.next += 1;
        let Some(word) = self.row.get_ref(index)?.as_str_or_null()? else {
            return Ok(None);
        };
        let value = from_word(word);
        value.map(Some).ok_or_else(|| self.unreadable(Type::Text))
    }

    /// Four columns: items, images, videos, bytes.
    pub(super) fn counts(&mut self) -> rusqlite::Result<Counts> {
        Ok(Counts {
            items: self.number()?,
            images: self.number()?,
            videos: self.number()?,
            bytes: self.number()?,
        })
    }

    /// Four columns: added, removed, modified, unchanged; none when the first is null.
    pub(super) fn optional_summary(&mut self) -> rusqlite::Result<Option<ChangeSummary>> {
        let parts = [
            self.optional_number()?,
            self.optional_number()?,
            self.optional_number()?,
            self.optional_number()?,
        ];
        Ok(match parts {
            [Some(added), Some(removed), Some(modified), Some(unchanged)] => Some(ChangeSummary {
                added,
                removed,
                modified,
                unchanged,
            }),
            [..] => None,
        })
    }

    /// The error of the column read last.
    fn unreadable(&self, found: Type) -> rusqlite::Error {
        let error = Box::new(FromSqlError::InvalidType);
        rusqlite::Error::FromSqlConversionFailure(self.next - 1, found, error)
    }
}
