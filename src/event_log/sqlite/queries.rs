//! What is asked of the file, on whatever connection: the writer's, or one of the readers'.
//!
//! Every answer is bounded. Never writes.

use chrono::{DateTime, Utc};
use rusqlite::blob::Blob;
use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::readers::BATCH_BYTES_MAX;
use super::row::{self, columns, integer};
use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::port::{DataSlice, Recorded};
use crate::event_log::stream_bytes::StreamBytes;
/// A slice of an event's data; none where there are no such bytes.
pub(super) fn cut(data: &Blob<'_>, slice: DataSlice) -> rusqlite::Result<Option<Vec<u8>>> {
    let (offset, length) = (slice.offset as usize, slice.length as usize);
    if offset + length > data.len() {
        return Ok(None);
    }
    let mut bytes = vec![0; length];
    data.read_at_exact(&mut bytes, offset)?;
    Ok(Some(bytes))
}

/// The events of a query over all columns, as many as a batch holds.
pub(super) fn select(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> rusqlite::Result<Vec<Recorded>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut events = Vec::new();
    let mut bytes = 0;
    while bytes < BATCH_BYTES_MAX
        && let Some(row) = rows.next()?
    {
        let event = row::event(row)?;
        bytes += event.data.len();
        events.push(event);
    }
    Ok(events)
}

/// The event with this id.
pub(super) fn event_with_id(
    connection: &Connection,
    id: EventId,
) -> rusqlite::Result<Option<Recorded>> {
    const SELECT: &str = concat!("SELECT ", columns!(), " FROM events WHERE id = ?1");
    let mut statement = connection.prepare_cached(SELECT)?;
    let id = id.0.as_bytes().as_slice();
    statement.query_row([id], row::event).optional()
}

/// When the event at this position was appended.
pub(super) fn recorded_at(
    connection: &Connection,
    position: Position,
) -> rusqlite::Result<Option<DateTime<Utc>>> {
    const SELECT: &str = "SELECT recorded_at FROM events WHERE position = ?1";
    let mut statement = connection.prepare_cached(SELECT)?;
    let time = |row: &Row<'_>| row::time(row, 0);
    statement.query_row([integer(position.0)], time).optional()
}

/// The revision of the stream's last event.
pub(super) fn last_revision(
    connection: &Connection,
    stream: Stream,
) -> rusqlite::Result<Option<Revision>> {
    const SELECT: &str =
        "SELECT revision FROM events WHERE stream = ?1 ORDER BY revision DESC LIMIT 1";
    let mut statement = connection.prepare_cached(SELECT)?;
    let revision = |row: &Row<'_>| row::unsigned(row, 0).map(Revision);
    let stream = StreamBytes::of(stream);
    statement
        .query_row([stream.as_slice()], revision)
        .optional()
}

/// The last event's position and time.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Option<(Position, DateTime<Utc>)>> {
    const SELECT: &str = "SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1";
    let head = |row: &Row<'_>| Ok((Position(row::unsigned(row, 0)?), row::time(row, 1)?));
    connection.query_row(SELECT, [], head).optional()
}
