//! Idempotency keys as commands see them: what was asked under a key, and where the answer stands.
//!
//! Nothing is forgotten: the ids of a key's events follow from the key, so the log would refuse
//! its second use even after a row here had gone.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::columns::{Columns, int, micros};
use super::fault::ViewFault;
use super::fold::Batch;
use super::store::Views;
use crate::digest::Digest;
use crate::domain::ids::{EventId, Position};
use crate::event_log::Recorded;

/// An idempotency key that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRow {
    /// BLAKE3 of the input that it stood for.
    pub input: Digest,
    /// The first event appended under it.
    pub first_event: EventId,
    /// Where that event stands.
    pub first: Position,
    /// Where the last event appended under it stands.
    pub last: Position,
    /// When the first was appended.
    pub recorded_at: DateTime<Utc>,
}

impl Views {
    /// What was done under this key, which is the whole text of an event's mark.
    pub fn idempotency(&self, key: &str) -> Result<Option<IdempotencyRow>, ViewFault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT input, first_event, first_position, last_position, recorded_at
                 FROM idempotency_keys WHERE key = ?1",
            )?;
            let row = statement.query_row([key], |row| {
                let mut columns = Columns::of(row);
                Ok(IdempotencyRow {
                    input: columns.digest()?,
                    first_event: columns.id(EventId)?,
                    first: columns.position()?,
                    last: columns.position()?,
                    recorded_at: columns.time()?,
                })
            });
            Ok(row.optional()?)
        })
    }
}

/// Notes the key of an event, if it has one; of many events of one key the first is described.
pub(super) fn noted(batch: &mut Batch<'_>, recorded: &Recorded) -> Result<(), ViewFault> {
    let Some(mark) = &recorded.context.idempotency else {
        return Ok(());
    };
    batch.execute(
        "INSERT INTO idempotency_keys
             (key, input, first_event, first_position, last_position, recorded_at)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5)
         ON CONFLICT (key) DO UPDATE SET last_position = excluded.last_position",
        params![
            mark.key,
            mark.input.as_bytes(),
            recorded.id.0.as_bytes(),
            int(recorded.position.0),
            micros(recorded.recorded_at),
        ],
    )
}
