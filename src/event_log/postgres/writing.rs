//! One transaction of the appender: the lock, what is known, the decision, the rows, the commit.
//!
//! ```text
//! ──► BEGIN, lock │ head │ revisions │ known ids      ◄── one round trip, in this order
//!     decide in memory
//! ──► INSERT │ NOTIFY, COMMIT                         ◄── one more, and the sync
//! ```
//!
//! The lock is taken by a statement of its own, so that every later one sees all that its last
//! holder committed. Each append's ids are looked for each time: so a commit whose answer was lost
//! is found by whoever tries again, and no insert can meet a known id.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::try_join;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};
use uuid::Uuid;

use super::address::Address;
use super::batch::Batch;
use super::fault::{Trouble, causes, within};
use super::row::{self, INSERT, columns};
use super::schema::LOCK;
use super::session::{CHANNEL, Session};
use crate::clock::Clock;
use crate::domain::ids::{EventId, Position, Revision, Stream};
use crate::event_log::port::{Append, AppendFault, Appended, Expected};
use crate::event_log::stream_bytes::StreamBytes;

/// How long the lock and the reads may take: longer than the server lets the lock be waited for.
const READ_LIMIT: Duration = Duration::from_secs(6);
/// How long the rows, the sync and standbys that are waited for may take.
const COMMIT_LIMIT: Duration = Duration::from_secs(8);

const HEAD: &str =
    "SELECT position, recorded_at FROM snapledger_events ORDER BY position DESC LIMIT 1";
/// The last revision of each stream, in the order asked; null where it has no event.
const REVISIONS: &str = "
    SELECT (SELECT max(revision) FROM snapledger_events WHERE stream = asked.stream)
    FROM unnest($1::bytea[]) WITH ORDINALITY AS asked (stream, place)
    ORDER BY place";
/// Events with one of these ids, each with its neighbours' times.
const KNOWN: &str = concat!(
    "SELECT ",
    columns!(),
    ", (SELECT recorded_at FROM snapledger_events WHERE position = found.position - 1),
       (SELECT recorded_at FROM snapledger_events WHERE position = found.position + 1)
     FROM snapledger_events AS found WHERE id = ANY($1)"
);

/// The one argument of a query.
type Asked<'a> = [&'a (dyn ToSql + Sync); 1];

/// A session that appends, with its statements.
pub(super) struct Writing {
    session: Session,
    head: Statement,
    revisions: Statement,
    known: Statement,
    insert: Statement,
}

impl Writing {
    /// A session that appends.
    pub(super) async fn open(address: &Address) -> Result<Self, Trouble> {
        Self::over(Session::open(address).await?).await
    }

    /// Makes this session one that appends.
    pub(super) async fn over(session: Session) -> Result<Self, Trouble> {
        let client = &session.client;
        let prepared = async {
            try_join!(
                client.prepare(HEAD),
                client.prepare(REVISIONS),
                client.prepare(KNOWN),
                client.prepare(INSERT)
            )
        };
        let (head, revisions, known, insert) = within(READ_LIMIT, prepared).await?;
        Ok(Self {
            session,
            head,
            revisions,
            known,
            insert,
        })
    }

    /// Tries these appends in this order, in one transaction; what became of each. After trouble
    /// nothing is known of them, and this session is of no use any more.
    pub(super) async fn write(
        &self,
        appends: &[&Append],
        clock: &dyn Clock,
    ) -> Result<Vec<Result<Appended, AppendFault>>, Trouble> {
        let mut batch = self.begin(appends).await?;
        let results: Vec<_> = appends
            .iter()
            .map(|append| batch.append(append, clock.now()))
            .collect();
        let answers_any = results.iter().any(Result::is_ok);
        within(COMMIT_LIMIT, self.commit(&batch, answers_any)).await?;
        Ok(results)
    }

    /// Takes the lock, and reads what the decision needs.
    async fn begin(&self, appends: &[&Append]) -> Result<Batch, Trouble> {
        let streams = streams_of(appends);
        let bytes: Vec<StreamBytes> = streams.iter().map(|of| StreamBytes::of(*of)).collect();
        let bytes: Vec<&[u8]> = bytes.iter().map(StreamBytes::as_slice).collect();
        let ids: Vec<Uuid> = ids_of(appends).map(|id| id.0).collect();
        let (streams_asked, ids_asked): (Asked<'_>, Asked<'_>) = ([&bytes], [&ids]);
        let client = &self.session.client;
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock({LOCK})"
        );
        // They are sent in this order, and each is run when the one before has ended.
        let reading = async {
            try_join!(
                client.batch_execute(&begin),
                client.query_opt(&self.head, &[]),
                client.query(&self.revisions, &streams_asked),
                client.query(&self.known, &ids_asked),
            )
        };
        let ((), head, revisions, known) = within(READ_LIMIT, reading).await?;
        read(head, &streams, &revisions, &known).map_err(|why| {
            Trouble::lasting(format!("the log holds a row that is not understood: {why}"))
        })
    }

    /// Writes the rows and commits. Whoever is answered must be told of what stands for good: so a
    /// batch that only found what is there already commits something too (the notification), which
    /// waits for the disk and the standbys as that did.
    async fn commit(&self, batch: &Batch, answers_any: bool) -> Result<(), Trouble> {
        let client = &self.session.client;
        if !answers_any {
            return Ok(client.batch_execute("ROLLBACK").await?);
        }
        self.session.was_warned();
        let insert = async {
            if batch.written.is_empty() {
                return Ok(0);
            }
            row::insert(client, &self.insert, &batch.written).await
        };
        let commit = format!("NOTIFY {CHANNEL}; COMMIT");
        let commit = client.batch_execute(&commit);
        let (inserted, ()) = try_join!(insert, commit)?;
        // A server that gives up waiting for its standbys commits all the same, and only warns.
        if self.session.was_warned() {
            return Err(Trouble::passing("the commit was answered with a warning"));
        }
        if inserted != batch.written.len() as u64 {
            return Err(Trouble::lasting("the log took another number of rows"));
        }
        Ok(())
    }
}

/// The ids that these appends bring, and those of the events that they expect.
fn ids_of<'a>(appends: &'a [&Append]) -> impl Iterator<Item = EventId> + 'a {
    let parts = appends.iter().flat_map(|append| &append.streams);
    parts.flat_map(|part| {
        let sent = match part.expected {
            Expected::Sent { event, .. } => Some(event),
            Expected::NoStream | Expected::Revision(_) => None,
        };
        part.events.iter().map(|event| event.id).chain(sent)
    })
}

/// The streams that are appended to, each once.
fn streams_of(appends: &[&Append]) -> Vec<Stream> {
    let parts = appends.iter().flat_map(|append| &append.streams);
    let mut streams: Vec<Stream> = parts.map(|part| part.stream).collect();
    streams.sort_unstable();
    streams.dedup();
    streams
}

/// What was read, as the decision needs it.
fn read(
    head: Option<Row>,
    streams: &[Stream],
    revisions: &[Row],
    known: &[Row],
) -> Result<Batch, String> {
    let mut batch = match head {
        None => Batch::after(Position::START, None),
        Some(row) => {
            let time = row.try_get(1).map_err(|error| causes(&error))?;
            Batch::after(Position(row::unsigned(&row, 0)?), Some(time))
        }
    };
    for (stream, row) in streams.iter().zip(revisions) {
        let revision: Option<i64> = row.try_get(0).map_err(|error| causes(&error))?;
        if let Some(revision) = revision {
            let revision = u64::try_from(revision).map_err(|_| "a revision is negative")?;
            batch.revisions.insert(*stream, Revision(revision));
        }
    }
    let mut times = HashMap::new();
    for row in known {
        let event = row::event(row)?;
        for (column, position) in [(13, event.position.0 - 1), (14, event.position.0 + 1)] {
            let time: Option<DateTime<Utc>> =
                row.try_get(column).map_err(|error| causes(&error))?;
            times.extend(time.map(|time| (Position(position), time)));
        }
        times.insert(event.position, event.recorded_at);
        batch.events.insert(event.id, event);
    }
    batch.times.extend(times);
    Ok(batch)
}
