//! The copy follows the log: a task takes the events from there, a thread writes them here.
//!
//! ```text
//! shared log ─► task ─► a few batches ─► thread ─► file, ring, head
//! ```
//!
//! A fault of the log or of the file ends it for good: nothing is skipped, and nothing is tried
//! that was not understood. Then the head is told no more, and those who follow the copy end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::CopyFault;
use crate::event_log::port::{Follower, ReadFault, Recorded};
use crate::event_log::shared::SharedLog;
use crate::event_log::sqlite::LogCopy;

/// Events taken from the log at a time.
const BATCH_EVENTS_MAX: usize = 4_096;
/// Batches that were taken and are not written yet.
const READ_AHEAD_MAX: usize = 2;

/// What the thread is given to do.
enum Job {
    /// Take up what the log handed out, or stop at its fault.
    TakeUp(Result<Vec<Recorded>, ReadFault>),
    /// Look whether to end.
    Wake,
}

/// The copying, at work.
pub(super) struct Following {
    stopper: Stopper,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// Stops the copying; clones stop the same.
#[derive(Clone)]
pub(super) struct Stopper {
    stop: CancellationToken,
    ending: Arc<AtomicBool>,
    jobs: mpsc::Sender<Job>,
    fault: Arc<OnceLock<String>>,
}

impl Stopper {
    /// Stops it because of this; who follows the copy ends.
    pub fn stop(&self, why: &str) {
        // The first reason is the one that counts.
        let _ = self.fault.set(why.to_owned());
        self.end();
    }

    fn end(&self) {
        self.ending.store(true, Ordering::Release);
        self.stop.cancel();
        // A full queue wakes the thread as well.
        let _ = self.jobs.try_send(Job::Wake);
    }
}

impl Following {
    /// Begins to follow from where the copy ends.
    pub fn begin(copy: LogCopy, shared: &dyn SharedLog) -> Result<Self, CopyFault> {
        let (jobs, taken) = mpsc::channel(READ_AHEAD_MAX);
        let stopper = Stopper {
            stop: CancellationToken::new(),
            ending: Arc::default(),
            jobs: jobs.clone(),
            fault: Arc::default(),
        };
        let follower = shared.follow(copy.head().next());
        tokio::spawn(take(follower, jobs, stopper.stop.clone()));
        let (ending, fault) = (stopper.ending.clone(), stopper.fault.clone());
        let writer = thread::Builder::new()
            .name("log-copy".to_owned())
            .spawn(move || write(copy, taken, &ending, &fault))
            .map_err(|error| CopyFault::Stopped(error.to_string()))?;
        Ok(Self {
            stopper,
            writer: Mutex::new(Some(writer)),
        })
    }

    /// What stops it.
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Why it stopped.
    pub fn fault(&self) -> String {
        let fault = self.stopper.fault.get();
        fault.map_or_else(|| "it was ended".to_owned(), Clone::clone)
    }

    /// Ends it, once what the thread has in hand is written. Blocks for so long; a second call
    /// does nothing.
    pub fn end(&self) {
        self.stopper.end();
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writer of the log's copy has crashed");
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.end();
    }
}

/// Takes batches from the log until it faults, ends, or is to end.
async fn take(mut follower: Box<dyn Follower>, jobs: mpsc::Sender<Job>, stop: CancellationToken) {
    loop {
        let next = tokio::select! {
            () = stop.cancelled() => return,
            next = follower.next(BATCH_EVENTS_MAX) => next,
        };
        let (batch, is_last) = match next {
            Ok(Some(events)) => (Ok(events), false),
            Ok(None) => {
                let why = "the log was closed".to_owned();
                (Err(ReadFault::Unreachable(why)), true)
            }
            Err(fault) => (Err(fault), true),
        };
        // Without a receiver the thread has ended, and has told why.
        if jobs.send(Job::TakeUp(batch)).await.is_err() || is_last {
            return;
        }
    }
}

/// Writes what is taken. The copy is dropped at the end, and with it the head.
fn write(
    mut copy: LogCopy,
    mut jobs: mpsc::Receiver<Job>,
    ending: &AtomicBool,
    fault: &OnceLock<String>,
) {
    while let Some(job) = jobs.blocking_recv() {
        if ending.load(Ordering::Acquire) {
            return;
        }
        let Job::TakeUp(batch) = job else { continue };
        if let Err(error) = batch.and_then(|events| copy.take_up(events)) {
            tracing::error!(%error, "this node follows the log no more");
            // The first reason is the one that counts.
            let _ = fault.set(error.to_string());
            return;
        }
    }
}
