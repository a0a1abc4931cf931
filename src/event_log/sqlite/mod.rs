//! The log in a SQLite file: the embedded default, and the local copy of a shared log.
//!
//! One thread writes, with group commit; reads run in line on read-only connections. The file is in
//! WAL mode and synced before an append is answered. Never opened by two processes: the lock on
//! the data folder sees to that.

mod batch;
mod copy;
mod queries;
mod readers;
mod reading;
mod ring;
mod row;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

use std::future::ready;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use chrono::{DateTime, Utc};
use tokio::sync::{oneshot, watch};

use super::admission;
use super::figures::LogFigures;
use super::port::{
    Append, AppendFault, Appending, DataSlice, EventLog, Follower, ReadFault, Recorded,
};
use crate::clock::Clock;
use crate::domain::ids::{EventId, Position, Revision, Stream};
use batch::Tail;
pub use copy::LogCopy;
pub(in crate::event_log) use reading::Reading;
use ring::Ring;
pub use schema::OpenFault;
use writer::{Commit, Job, Waiting, Writer};

/// The most appends that wait; over it they are `Overloaded`.
const QUEUE_APPENDS_MAX: usize = 4_096;
/// The most bytes of event data that wait; over it they are `Overloaded`.
const QUEUE_BYTES_MAX: usize = 64 << 20;
/// The last events kept in memory for those who follow, in bytes.
const RING_BYTES_MAX: usize = 16 << 20;

/// The log in a SQLite file. Dropping it closes it.
pub struct SqliteLog {
    queue: SyncSender<Job>,
    queued_bytes: Arc<AtomicUsize>,
    closing: Arc<AtomicBool>,
    writer: Mutex<Option<JoinHandle<()>>>,
    reading: Reading,
    clock: Arc<dyn Clock>,
    figures: Arc<LogFigures>,
}

impl SqliteLog {
    /// Opens the log in this file; makes it if it is not there. Its folder must be there.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenFault> {
        Self::open_with(path, clock, writer::commit(), RING_BYTES_MAX)
    }

    fn open_with(
        path: &Path,
        clock: Arc<dyn Clock>,
        commit: Commit,
        ring_bytes_max: usize,
    ) -> Result<Self, OpenFault> {
        let storage = |message: String| OpenFault::Storage {
            path: path.display().to_string(),
            message,
        };
        let connection = schema::open_writer(path)?;
        let tail = Tail::read(&connection).map_err(|error| storage(error.to_string()))?;
        let (head_sender, head) = watch::channel(tail.head);
        let (queue, jobs) = mpsc::sync_channel(QUEUE_APPENDS_MAX);
        let ring = Arc::new(Ring::new(ring_bytes_max));
        let queued_bytes = Arc::new(AtomicUsize::new(0));
        let figures = Arc::new(LogFigures::default());
        let writer = Writer {
            connection,
            commit,
            tail,
            clock: clock.clone(),
            ring: ring.clone(),
            head: head_sender,
            queued_bytes: queued_bytes.clone(),
            figures: figures.clone(),
        };
        let writer = thread::Builder::new()
            .name("log-writer".to_owned())
            .spawn(move || writer.run(&jobs))
            .map_err(|error| storage(error.to_string()))?;
        Ok(Self {
            queue,
            queued_bytes,
            closing: Arc::new(AtomicBool::new(false)),
            writer: Mutex::new(Some(writer)),
            reading: Reading::of(path, ring, head),
            clock,
            figures,
        })
    }

    /// Writes what is queued, tidies the file and stops. Later appends are `Closing`; followers
    /// end after the last event. Blocks until it is done; a second call does nothing.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = writer.take() else {
            return;
        };
        // A writer that has stopped by itself takes no job; joining it tells why.
        drop(self.queue.send(Job::Close));
        if writer.join().is_err() {
            tracing::error!("the log's writer has crashed");
        }
    }

    fn enqueue(&self, append: Append) -> Result<Appending, AppendFault> {
        admission::check_form(&append)?;
        if self.closing.load(Ordering::Acquire) {
            return Err(AppendFault::Closing);
        }
        let events = append.streams.iter().flat_map(|part| &part.events);
        let bytes = events.map(|event| event.data.len()).sum();
        if self.queued_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > QUEUE_BYTES_MAX {
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(AppendFault::Overloaded);
        }
        let (answer, answered) = oneshot::channel();
        let job = Job::Append(Waiting {
            append,
            bytes,
            queued_at: self.clock.elapsed(),
            answer,
        });
        if let Err(refused) = self.queue.try_send(job) {
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(match refused {
                TrySendError::Full(_) => AppendFault::Overloaded,
                TrySendError::Disconnected(_) => unanswered(&self.closing, &self.figures),
            });
        }
        let (closing, figures) = (self.closing.clone(), self.figures.clone());
        Ok(Box::pin(async move {
            let result = answered.await;
            result.unwrap_or_else(|_| Err(unanswered(&closing, &figures)))
        }))
    }
}

/// Why the writer takes or answers nothing any more.
fn unanswered(closing: &AtomicBool, figures: &LogFigures) -> AppendFault {
    if closing.load(Ordering::Acquire) {
        return AppendFault::Closing;
    }
    let fault = figures
        .fault
        .get_or_init(|| "the log's writer has crashed".to_owned());
    AppendFault::Poisoned(fault.clone())
}

impl Drop for SqliteLog {
    fn drop(&mut self) {
        self.close();
    }
}

impl EventLog for SqliteLog {
    fn append(&self, append: Append) -> Appending {
        self.enqueue(append)
            .unwrap_or_else(|fault| Box::pin(ready(Err(fault))))
    }

    fn read_stream(
        &self,
        stream: Stream,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadFault> {
        self.reading.stream_events(stream, from, limit)
    }

    fn read_all(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadFault> {
        self.reading.events(from, limit)
    }

    fn read_event(&self, id: EventId) -> Result<Option<Recorded>, ReadFault> {
        self.reading.event(id)
    }

    fn read_slices(&self, slices: &[DataSlice]) -> Result<Vec<Option<Vec<u8>>>, ReadFault> {
        self.reading.slices(slices)
    }

    fn position_at(&self, time: DateTime<Utc>) -> Result<Position, ReadFault> {
        self.reading.position_at(time)
    }

    fn head(&self) -> Position {
        self.reading.head()
    }

    fn figures(&self) -> Option<&LogFigures> {
        Some(&self.figures)
    }

    fn follow(&self, from: Position) -> Box<dyn Follower> {
        self.reading.follow(from)
    }
}
