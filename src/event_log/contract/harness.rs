//! Fresh logs and short words for appends.

#![cfg(test)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use uuid::{Builder, Uuid, Version};

use crate::clock::Clock;
use crate::digest::Digest;
use crate::domain::ids::{DatasetId, EventId, Position, Revision, Stream};
use crate::event_log::port::{
    Append, Context, EventLog, Expected, IdempotencyMark, NewEvent, StreamAppend,
};
use crate::event_log::{CopiedLog, LogCopy, MemoryLog, SharedLog, SqliteLog, kurrentdb, postgres};

/// A clock that a test sets, in microseconds of the Unix epoch.
pub(in crate::event_log) struct SetClock(pub AtomicI64);

impl SetClock {
    pub(in crate::event_log) fn at(micros: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(micros)))
    }

    pub(in crate::event_log) fn set(&self, micros: i64) {
        self.0.store(micros, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        micros(self.0.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn new_id(&self) -> Uuid {
        Uuid::nil()
    }

    fn secret(&self) -> [u8; 32] {
        [0; 32]
    }
}

pub(in crate::event_log) fn micros(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).expect("a time")
}

/// An empty log, and what it takes to open it again.
pub(in crate::event_log) struct Fresh {
    log: Option<Arc<dyn EventLog>>,
    folder: Option<TempDir>,
    shared: Option<Arc<dyn SharedLog>>,
    pub(in crate::event_log) clock: Arc<SetClock>,
}

impl Fresh {
    pub(super) fn memory() -> Self {
        let clock = SetClock::at(1_000_000);
        Self {
            log: Some(Arc::new(MemoryLog::new(clock.clone()))),
            folder: None,
            shared: None,
            clock,
        }
    }

    pub(super) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = SetClock::at(1_000_000);
        let log = SqliteLog::open(&folder.path().join("log.db"), clock.clone()).expect("a log");
        Self {
            log: Some(Arc::new(log)),
            folder: Some(folder),
            shared: None,
            clock,
        }
    }

    /// A shared log that lives in memory, through a copy.
    pub(super) fn copied() -> Self {
        Self::copied_over(|clock| Arc::new(MemoryLog::new(clock)))
    }

    /// A log in a KurrentDB cluster, or in its double, through a copy.
    pub(super) fn kurrent() -> Self {
        Self::copied_over(|clock| kurrentdb::double::empty_log(clock))
    }

    /// A log in PostgreSQL, through a copy.
    pub(super) fn postgres() -> Self {
        Self::copied_over(|clock| postgres::tests::fresh::empty_log(clock))
    }

    /// A shared log that is opened with this clock and has no event yet, through a copy. For
    /// tests on a runtime of several threads.
    pub(in crate::event_log) fn copied_over(
        open: impl FnOnce(Arc<SetClock>) -> Arc<dyn SharedLog>,
    ) -> Self {
        let clock = SetClock::at(1_000_000);
        let mut fresh = Self {
            log: None,
            folder: Some(tempfile::tempdir().expect("a folder")),
            shared: Some(open(clock.clone())),
            clock,
        };
        fresh.reopen();
        fresh
    }

    pub(super) fn log(&self) -> Arc<dyn EventLog> {
        self.log.clone().expect("it is open")
    }

    /// Closes the log, if its kind outlives that, and opens it again.
    pub(super) fn reopen(&mut self) {
        let Some(folder) = &self.folder else { return };
        let path = folder.path().join("log.db");
        self.log = None;
        let log: Arc<dyn EventLog> = match &self.shared {
            None => Arc::new(SqliteLog::open(&path, self.clock.clone()).expect("the log again")),
            Some(shared) => {
                let copy = LogCopy::open(&path).expect("a copy");
                let mut untold = |_, _| {};
                let opening = CopiedLog::open(copy, shared.clone(), &mut untold);
                let opened = block_in_place(|| Handle::current().block_on(opening));
                Arc::new(opened.expect("the shared log"))
            }
        };
        self.log = Some(log);
    }
}

/// The stream of dataset number so and so.
pub(in crate::event_log) fn stream(number: u128) -> Stream {
    Stream::Dataset(DatasetId(Uuid::from_u128(number)))
}

/// An event with a fresh-looking id (v7) made from this number, which is also its data.
pub(in crate::event_log) fn event(number: u64) -> NewEvent {
    event_with(number, Version::SortRand, number.to_string().as_bytes())
}

/// An event with an id of a version made from this number.
pub(in crate::event_log) fn event_with(number: u64, version: Version, data: &[u8]) -> NewEvent {
    let id = Builder::from_u128(u128::from(number)).with_version(version);
    NewEvent {
        id: EventId(id.into_uuid()),
        name: "TaskFailed",
        schema_version: 1,
        data: data.into(),
    }
}

pub(in crate::event_log) fn context() -> Context {
    Context {
        actor: "ada@example.org".into(),
        correlation: Some(Uuid::from_u128(5)),
        causation: Some(Uuid::from_u128(6)),
        idempotency: Some(IdempotencyMark {
            key: "project/ada/createSnapshot/7".into(),
            input: Digest::of(b"input"),
        }),
    }
}

/// Events for a stream; `expected` is the number of events it has.
pub(in crate::event_log) fn part(
    stream: Stream,
    expected: u64,
    events: Vec<NewEvent>,
) -> StreamAppend {
    let expected = match expected.checked_sub(1) {
        Some(last) => Expected::Revision(Revision(last)),
        None => Expected::NoStream,
    };
    StreamAppend {
        stream,
        expected,
        events,
    }
}

pub(in crate::event_log) fn append_of(streams: Vec<StreamAppend>) -> Append {
    let context = context();
    Append { streams, context }
}

/// An append of events to one stream.
pub(in crate::event_log) fn to(stream: Stream, expected: u64, events: Vec<NewEvent>) -> Append {
    append_of(vec![part(stream, expected, events)])
}

/// The positions of an append that should succeed.
pub(in crate::event_log) async fn done(log: &dyn EventLog, append: Append) -> (u64, u64) {
    let appended = log.append(append).await.expect("appended");
    (appended.first.0, appended.last.0)
}

/// Fills a log with `count` events on stream 1, one an append, in positions from 1.
pub(in crate::event_log) async fn fill(log: &dyn EventLog, count: u64) {
    for number in 0..count {
        let appended = done(log, to(stream(1), number, vec![event(number)])).await;
        assert_eq!(appended, (number + 1, number + 1));
    }
}

pub(in crate::event_log) fn positions(
    events: &[crate::event_log::port::Recorded],
) -> Vec<Position> {
    events.iter().map(|event| event.position).collect()
}
