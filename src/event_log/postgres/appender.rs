//! The appender: a queue, and one task that writes it, many appends a transaction.
//!
//! It has one session that writes. Whatever goes wrong on it, the batch is tried again on another,
//! for as long as somebody waits for it; ids that are there already are found (`writing`), so
//! trying again never writes twice. No timer gathers: the sync of one batch gathers the next.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::address::Address;
use super::fault::Trouble;
use super::writing::Writing;
use crate::clock::Clock;
use crate::event_log::admission;
use crate::event_log::figures::LogFigures;
use crate::event_log::port::{Append, AppendFault, Appended, Appending};

/// The most appends that wait; over it they are `Overloaded`.
const QUEUE_APPENDS_MAX: usize = 4_096;
/// The most bytes that wait; over it they are `Overloaded`.
const QUEUE_BYTES_MAX: usize = 64 << 20;
/// The most appends in one transaction.
const BATCH_APPENDS_MAX: usize = 1_024;
/// A batch is closed by the append that brings it to this.
const BATCH_BYTES_MAX: usize = 8 << 20;
/// How long an append is waited for. After it the log counts as out of reach.
const ANSWER_LIMIT: Duration = Duration::from_secs(9);
/// The pause after the first failure; each further one is twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(20);
/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Takes appends. When it is dropped, what is queued is still written.
pub(super) struct Queue {
    sender: mpsc::Sender<Waiting>,
    queued_bytes: Arc<AtomicUsize>,
    clock: Arc<dyn Clock>,
    figures: Arc<LogFigures>,
}

/// An append in the queue.
struct Waiting {
    append: Append,
    /// Its bytes, as counted in the queue's bound.
    bytes: usize,
    /// When it was queued, on the clock of what has elapsed.
    queued_at: Duration,
    /// Who waits; it may have gone.
    answer: oneshot::Sender<Result<Appended, AppendFault>>,
}

impl Queue {
    /// A queue, and the task that writes it, which begins on this session.
    pub(super) fn open(
        address: Arc<Address>,
        writing: Writing,
        clock: Arc<dyn Clock>,
        figures: Arc<LogFigures>,
    ) -> Self {
        let (sender, waiting) = mpsc::channel(QUEUE_APPENDS_MAX);
        let queued_bytes = Arc::new(AtomicUsize::new(0));
        let appender = Appender {
            address,
            writing: Some(writing),
            clock: clock.clone(),
            queued_bytes: queued_bytes.clone(),
            figures: figures.clone(),
        };
        tokio::spawn(appender.run(waiting));
        Self {
            sender,
            queued_bytes,
            clock,
            figures,
        }
    }

    /// See `SharedLog::append`.
    pub(super) fn append(&self, append: Append) -> Appending {
        self.enqueue(append)
            .unwrap_or_else(|fault| Box::pin(ready(Err(fault))))
    }

    fn enqueue(&self, append: Append) -> Result<Appending, AppendFault> {
        admission::check_form(&append)?;
        let bytes = append.bytes();
        if self.queued_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > QUEUE_BYTES_MAX {
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(AppendFault::Overloaded);
        }
        let (answer, answered) = oneshot::channel();
        let queued_at = self.clock.elapsed();
        let waiting = Waiting {
            append,
            bytes,
            queued_at,
            answer,
        };
        if let Err(refused) = self.sender.try_send(waiting) {
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(match refused {
                mpsc::error::TrySendError::Full(_) => AppendFault::Overloaded,
                mpsc::error::TrySendError::Closed(_) => crashed(&self.figures),
            });
        }
        let figures = self.figures.clone();
        // The time limit is the waiter's own: whatever the appender does by then, it is answered.
        let answered = async move { timeout(ANSWER_LIMIT, answered).await };
        Ok(Box::pin(async move {
            match answered.await {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => Err(crashed(&figures)),
                Err(_) => {
                    let message = format!("no answer within {ANSWER_LIMIT:?}");
                    Err(AppendFault::Unreachable(message))
                }
            }
        }))
    }
}

/// The appender ends by itself only when nobody can ask any more, or by a bug.
fn crashed(figures: &LogFigures) -> AppendFault {
    let fault = figures
        .fault
        .get_or_init(|| "the log's appender has crashed".to_owned());
    AppendFault::Poisoned(fault.clone())
}

/// The task's state.
struct Appender {
    address: Arc<Address>,
    /// The session; none after trouble.
    writing: Option<Writing>,
    clock: Arc<dyn Clock>,
    queued_bytes: Arc<AtomicUsize>,
    figures: Arc<LogFigures>,
}

impl Appender {
    /// Works until nothing is queued and nobody can ask any more.
    async fn run(mut self, mut queue: mpsc::Receiver<Waiting>) {
        while let Some(first) = queue.recv().await {
            let batch = gather(first, &mut queue);
            let bytes = batch.iter().map(|waiting| waiting.bytes).sum();
            self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.write(batch).await;
        }
    }

    /// Writes a batch and answers it. Tries again until it is written, cannot be, or nobody waits
    /// for it any more, which is soon: who waits has a time limit.
    async fn write(&mut self, mut batch: Vec<Waiting>) {
        let mut pause = PAUSE_MIN;
        loop {
            if self.writing.is_none() {
                batch.retain(|waiting| !waiting.answer.is_closed());
            }
            if batch.is_empty() {
                return;
            }
            let trouble = match self.try_to_write(&batch).await {
                Ok(results) => return self.answer(batch, results),
                Err(trouble) => trouble,
            };
            self.writing = None;
            let Trouble { message, passes } = trouble;
            if !passes {
                tracing::error!(message, "the log cannot be appended to");
                for waiting in batch {
                    answer(waiting, Err(AppendFault::Unreachable(message.clone())));
                }
                return;
            }
            tracing::warn!(message, "an append to the log is tried again");
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    async fn try_to_write(
        &mut self,
        batch: &[Waiting],
    ) -> Result<Vec<Result<Appended, AppendFault>>, Trouble> {
        let writing = match self.writing.take() {
            Some(writing) => writing,
            None => Writing::open(&self.address).await?,
        };
        let appends: Vec<&Append> = batch.iter().map(|waiting| &waiting.append).collect();
        let results = writing.write(&appends, &*self.clock).await?;
        self.writing = Some(writing);
        Ok(results)
    }

    fn answer(&self, batch: Vec<Waiting>, results: Vec<Result<Appended, AppendFault>>) {
        self.figures.batch_appends.observe(batch.len() as f64);
        let now = self.clock.elapsed();
        for (waiting, result) in batch.into_iter().zip(results) {
            let took = now.saturating_sub(waiting.queued_at);
            self.figures.append_seconds.took(took);
            answer(waiting, result);
        }
    }
}

/// Takes what waits, up to a batch.
fn gather(first: Waiting, queue: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
    let mut bytes = 0;
    let mut batch = Vec::new();
    let mut next = Some(first);
    while let Some(waiting) = next {
        bytes += waiting.bytes;
        batch.push(waiting);
        let full = batch.len() >= BATCH_APPENDS_MAX || bytes >= BATCH_BYTES_MAX;
        next = if full { None } else { queue.try_recv().ok() };
    }
    batch
}

fn answer(waiting: Waiting, result: Result<Appended, AppendFault>) {
    // Whoever waited may have gone; the append stands all the same.
    drop(waiting.answer.send(result));
}
