//! The writer: one thread that owns the only connection that writes.
//!
//! It takes what waits in the queue, writes it in one transaction with one sync, shows it to
//! followers, and only then answers. No timer: the sync of one batch is what gathers the next.
//! After a failed write or sync it writes nothing more; what is on the disk is read by a restart.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::{oneshot, watch};

use super::batch::{Batch, Tail};
use super::ring::Ring;
use crate::clock::Clock;
use crate::domain::ids::Position;
use crate::event_log::figures::LogFigures;
use crate::event_log::port::{Append, AppendFault, Appended};

/// The most appends in one transaction.
const BATCH_APPENDS_MAX: usize = 1_024;
/// A batch is closed by the append that brings its data to this.
const BATCH_BYTES_MAX: usize = 8 << 20;

/// Ends a transaction: `COMMIT`, or what a test puts in its place to make it fail.
pub(super) type Commit = Box<dyn FnMut(&Connection) -> rusqlite::Result<()> + Send>;

/// The commit that syncs.
pub(super) fn commit() -> Commit {
    Box::new(|connection| connection.prepare_cached("COMMIT")?.execute([]).map(drop))
}

/// What the writer is asked to do.
pub(super) enum Job {
    /// Write this, and answer.
    Append(Waiting),
    /// Write what was queued before, and stop.
    Close,
}

/// An append in the queue.
pub(super) struct Waiting {
    /// What to write.
    pub(super) append: Append,
    /// Its bytes of data, as counted in the queue's bound.
    pub(super) bytes: usize,
    /// When it was queued, on the clock of what has elapsed.
    pub(super) queued_at: Duration,
    /// Who waits; it may have gone.
    pub(super) answer: oneshot::Sender<Result<Appended, AppendFault>>,
}

/// The thread's state.
pub(super) struct Writer {
    /// The connection that writes.
    pub(super) connection: Connection,
    /// What it does to end a transaction.
    pub(super) commit: Commit,
    /// Where the log ends.
    pub(super) tail: Tail,
    /// What times events.
    pub(super) clock: Arc<dyn Clock>,
    /// Where closely following readers look.
    pub(super) ring: Arc<Ring>,
    /// What wakes followers; it closes with the writer.
    pub(super) head: watch::Sender<Position>,
    /// Bytes of data in the queue.
    pub(super) queued_bytes: Arc<AtomicUsize>,
    /// What is measured.
    pub(super) figures: Arc<LogFigures>,
}

impl Writer {
    /// Works until it is told to close or nobody can ask any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let mut open = true;
        let mut poisoned = None;
        while open && let Ok(first) = jobs.recv() {
            let mut batch = Vec::new();
            open = gather(first, jobs, &mut batch);
            let bytes = batch.iter().map(|waiting| waiting.bytes).sum();
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            if poisoned.is_none() {
                poisoned = self.write(&mut batch).err();
            }
            if let Some(fault) = &poisoned {
                for waiting in batch {
                    answer(waiting, Err(fault.clone()));
                }
            }
        }
        if poisoned.is_none() {
            self.checkpoint();
        }
    }

    /// Writes a batch and answers it. On a fault nothing is answered, and nothing may be written
    /// any more.
    fn write(&mut self, batch: &mut Vec<Waiting>) -> Result<(), AppendFault> {
        if batch.is_empty() {
            return Ok(());
        }
        match self.write_and_sync(batch) {
            Ok(results) => {
                self.figures.batch_appends.observe(batch.len() as f64);
                let now = self.clock.elapsed();
                for (waiting, result) in batch.drain(..).zip(results) {
                    let took = now.saturating_sub(waiting.queued_at);
                    self.figures.append_seconds.took(took);
                    answer(waiting, result);
                }
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "the log could not be written; it is closed to appends");
                self.let_go();
                // Nothing is written after the first fault, so it is set once.
                let _ = self.figures.fault.set(error.to_string());
                Err(AppendFault::Poisoned(error.to_string()))
            }
        }
    }

    fn write_and_sync(
        &mut self,
        batch: &[Waiting],
    ) -> rusqlite::Result<Vec<Result<Appended, AppendFault>>> {
        let mut transaction = Batch::begin(&self.connection, &mut self.tail)?;
        let results = batch
            .iter()
            .map(|waiting| transaction.append(&waiting.append, self.clock.now()))
            .collect::<rusqlite::Result<_>>()?;
        let written = transaction.into_written();
        (self.commit)(&self.connection)?;
        if !written.is_empty() {
            self.ring.push(written);
            self.head.send_replace(self.tail.head);
        }
        Ok(results)
    }

    /// After a failed write: leaves the transaction, and leaves the file as it is when it closes.
    fn let_go(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::warn!(%error, "the failed write could not be rolled back");
        }
        let no_checkpoint = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        if let Err(error) = self.connection.set_db_config(no_checkpoint, true) {
            tracing::warn!(%error, "the log's file may be tidied when it is closed");
        }
    }

    /// Moves everything into the main file. Only tidies: the write-ahead log is as durable.
    fn checkpoint(&self) {
        let truncate = "PRAGMA wal_checkpoint(TRUNCATE)";
        if let Err(error) = self.connection.query_row(truncate, [], |_| Ok(())) {
            tracing::warn!(%error, "the log keeps its write-ahead file");
        }
    }
}

/// Takes what waits, up to a batch. False when nothing more is to be written after it.
fn gather(first: Job, jobs: &Receiver<Job>, batch: &mut Vec<Waiting>) -> bool {
    let mut bytes = 0;
    let mut next = Some(first);
    while let Some(job) = next {
        let Job::Append(waiting) = job else {
            return false;
        };
        bytes += waiting.bytes;
        batch.push(waiting);
        let full = batch.len() >= BATCH_APPENDS_MAX || bytes >= BATCH_BYTES_MAX;
        next = if full { None } else { jobs.try_recv().ok() };
    }
    true
}

fn answer(waiting: Waiting, result: Result<Appended, AppendFault>) {
    // Whoever waited may have gone; the append stands all the same.
    drop(waiting.answer.send(result));
}
