//! Rows and events: one becomes the other, column by column.
//!
//! A row that does not have the form it should is an error, never skipped or guessed at.

use std::sync::Arc;

use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, Error, Row, Statement};
use uuid::Uuid;

use crate::digest::Digest;
use crate::domain::ids::{EventId, Position, Revision};
use crate::event_log::names::shared_name;
use crate::event_log::port::{Context, IdempotencyMark, Recorded};
use crate::event_log::stream_bytes::{StreamBytes, stream_of};

/// All columns, in the order in which `INSERT` and `event` count them.
macro_rules! columns {
    () => {
        "position, stream, revision, id, name, schema_version, recorded_at, actor, correlation, \
         causation, idempotency_key, idempotency_input, data"
    };
}
pub(super) use columns;

/// Adds events: one array a column, one element an event.
pub(super) const INSERT: &str = concat!(
    "INSERT INTO snapledger_events (",
    columns!(),
    ") SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::uuid[], $5::text[], \
     $6::integer[], $7::timestamptz[], $8::bytea[], $9::uuid[], $10::uuid[], $11::bytea[], \
     $12::bytea[], $13::bytea[])"
);

/// Runs [`INSERT`] with these events.
pub(super) async fn insert(
    client: &Client,
    statement: &Statement,
    events: &[Recorded],
) -> Result<u64, Error> {
    fn column<'a, T>(events: &'a [Recorded], of: impl Fn(&'a Recorded) -> T) -> Vec<T> {
        events.iter().map(of).collect()
    }
    let mark = |event: &'_ Recorded| event.context.idempotency.clone();
    let streams = column(events, |event| StreamBytes::of(event.stream));
    let streams: Vec<&[u8]> = streams.iter().map(StreamBytes::as_slice).collect();
    let marks = column(events, mark);
    let keys: Vec<Option<&[u8]>> = marks
        .iter()
        .map(|mark| mark.as_ref().map(|mark| mark.key.as_bytes()))
        .collect();
    let inputs: Vec<Option<&[u8]>> = marks
        .iter()
        .map(|mark| mark.as_ref().map(|mark| mark.input.as_bytes().as_slice()))
        .collect();
    let columns: [&(dyn ToSql + Sync); 13] = [
        &column(events, |event| integer(event.position.0)),
        &streams,
        &column(events, |event| integer(event.revision.0)),
        &column(events, |event| event.id.0),
        &column(events, |event| &*event.name),
        // Shapes are numbered from 1, by hand.
        &column(events, |event| event.schema_version.cast_signed()),
        &column(events, |event| event.recorded_at),
        &column(events, |event| event.context.actor.as_bytes()),
        &column(events, |event| event.context.correlation),
        &column(events, |event| event.context.causation),
        &keys,
        &inputs,
        &column(events, |event| &*event.data),
    ];
    client.execute(statement, &columns).await
}

/// The event of a row that begins with all columns; what is wrong with it where it is none.
pub(super) fn event(row: &Row) -> Result<Recorded, String> {
    Ok(Recorded {
        position: Position(unsigned(row, 0)?),
        stream: stream_of(get(row, 1)?).ok_or("its stream is malformed")?,
        revision: Revision(unsigned(row, 2)?),
        id: EventId(get::<Uuid>(row, 3)?),
        name: shared_name(get(row, 4)?),
        schema_version: u32::try_from(get::<i32>(row, 5)?)
            .map_err(|_| "its schema version is negative")?,
        recorded_at: get(row, 6)?,
        context: Context {
            actor: text(get(row, 7)?)?,
            correlation: get(row, 8)?,
            causation: get(row, 9)?,
            idempotency: mark(row)?,
        },
        data: Arc::from(get::<&[u8]>(row, 12)?),
    })
}

/// A number as PostgreSQL holds it; one beyond its range stands after every row.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The number in this column, which is never negative.
pub(super) fn unsigned(row: &Row, column: usize) -> Result<u64, String> {
    let number: i64 = get(row, column)?;
    u64::try_from(number).map_err(|_| format!("column {column} is negative"))
}

fn mark(row: &Row) -> Result<Option<IdempotencyMark>, String> {
    let (key, input) = (
        get::<Option<&[u8]>>(row, 10)?,
        get::<Option<&[u8]>>(row, 11)?,
    );
    let (Some(key), Some(input)) = (key, input) else {
        return Ok(None);
    };
    let input = Digest::from_slice(input).map_err(|_| "the digest of its input is malformed")?;
    let key = text(key)?;
    Ok(Some(IdempotencyMark { key, input }))
}

fn text(bytes: &[u8]) -> Result<Arc<str>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "a text of it is no UTF-8")?;
    Ok(text.into())
}

fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, String> {
    row.try_get(column)
        .map_err(|error| super::fault::causes(&error))
}
