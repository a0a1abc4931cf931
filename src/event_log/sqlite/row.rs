//! Rows and events: one becomes the other, column by column.
//!
//! A row that does not have the form it should is an error, never skipped or guessed at.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::types::Type;
use rusqlite::{CachedStatement, Row, params};
use uuid::Uuid;

use crate::digest::Digest;
use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::names::shared_name;
use crate::event_log::port::{Context, IdempotencyMark, Recorded};
use crate::event_log::stream_bytes::{self, StreamBytes};

/// All columns, in the order in which `insert` and `event` count them.
macro_rules! columns {
    () => {
        "position, stream, revision, id, name, schema_version, recorded_at, actor, correlation, \
         causation, idempotency_key, idempotency_input, data"
    };
}
pub(super) use columns;

/// Adds an event.
pub(super) const INSERT: &str = concat!(
    "INSERT INTO events (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
);

/// Runs [`INSERT`] with the columns of this event.
pub(super) fn insert(
    statement: &mut CachedStatement<'_>,
    event: &Recorded,
) -> rusqlite::Result<()> {
    let context = &event.context;
    let mark = context.idempotency.as_ref();
    statement.execute(params![
        integer(event.position.0),
        StreamBytes::of(event.stream).as_slice(),
        integer(event.revision.0),
        event.id.0.as_bytes().as_slice(),
        &*event.name,
        event.schema_version,
        event.recorded_at.timestamp_micros(),
        &*context.actor,
        context
            .correlation
            .as_ref()
            .map(|id| id.as_bytes().as_slice()),
        context
            .causation
            .as_ref()
            .map(|id| id.as_bytes().as_slice()),
        mark.map(|mark| &*mark.key),
        mark.map(|mark| mark.input.as_bytes().as_slice()),
        &*event.data,
    ])?;
    Ok(())
}

/// The event of a row that has all columns.
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    Ok(Recorded {
        position: Position(unsigned(row, 0)?),
        stream: stream(row, 1)?,
        revision: Revision(unsigned(row, 2)?),
        id: EventId(uuid(row, 3)?.ok_or_else(|| malformed(3))?),
        name: shared_name(row.get_ref(4)?.as_str()?),
        schema_version: row.get(5)?,
        recorded_at: time(row, 6)?,
        context: Context {
            actor: row.get_ref(7)?.as_str()?.into(),
            correlation: uuid(row, 8)?,
            causation: uuid(row, 9)?,
            idempotency: mark(row)?,
        },
        data: Arc::from(row.get_ref(12)?.as_blob()?),
    })
}

/// The time in this column.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(row.get(column)?).ok_or_else(|| malformed(column))
}

/// The number in this column, which is never negative.
pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| malformed(column))
}

/// A number as SQLite holds it; one beyond its range stands after every row, as its maximum does.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Uuid>> {
    let Some(bytes) = row.get_ref(column)?.as_blob_or_null()? else {
        return Ok(None);
    };
    let id = Uuid::from_slice(bytes).map_err(|_| malformed(column))?;
    Ok(Some(id))
}

fn mark(row: &Row<'_>) -> rusqlite::Result<Option<IdempotencyMark>> {
    let (key, input) = (row.get_ref(10)?, row.get_ref(11)?);
    let (Some(key), Some(input)) = (key.as_str_or_null()?, input.as_blob_or_null()?) else {
        return Ok(None);
    };
    let input = Digest::from_slice(input).map_err(|_| malformed(11))?;
    let key = key.into();
    Ok(Some(IdempotencyMark { key, input }))
}

fn malformed(column: usize) -> rusqlite::Error {
    let message = "a column of the log is malformed".into();
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, message)
}

fn stream(row: &Row<'_>, column: usize) -> rusqlite::Result<Stream> {
    stream_bytes::stream_of(row.get_ref(column)?.as_blob()?).ok_or_else(|| malformed(column))
}
