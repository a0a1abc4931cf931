//! Look-ups of one row, on whichever connection asks: the writer's, a reader's, a copy's.
//!
//! Each is answered by an index, so it costs the same in a log of any length. Never writes.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};

use super::row::{self, columns, integer};
use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::port::Recorded;
use crate::event_log::stream_bytes::StreamBytes;

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
