//! The appender: one task that turns what waits in the queue into appends of KurrentDB's.
//!
//! Every append goes to the end of the log as this node knows it, at that revision: so it becomes
//! part of the log only if it was judged by all that is in it. Who loses the race to that revision
//! reads on, judges again and tries again; who gets no answer reads on before anything else, and
//! finds its own events there or not. Both within bounds.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use eventstore::EventData;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::basis::{self, BATCH_APPENDS_MAX, Judged, Unjudged};
use super::express::Express;
use super::ground::{Ground, ReadOnFault};
use super::link::LinkFault;
use super::tries::Tries;
use crate::domain::ids::Position;
use crate::event_log::port::{Append, AppendFault, Appended};

/// A batch is closed by the append that brings its data to this: about what one append may hold.
const BATCH_BYTES_MAX: usize = 1 << 20;
/// The longest that a batch is tried; then its answers are not known.
const BATCH_TIME_MAX: Duration = Duration::from_secs(20);
/// How long a node that others write beside lets them go first after it has won: about what it
/// takes to read on and append. Without it, who is nearest to the leader wins every race.
const COURTESY: Duration = Duration::from_millis(2);
/// How long the copy is waited for at a time.
const COPY_PAUSE: Duration = Duration::from_millis(5);

/// An append in the queue.
pub(super) struct Waiting {
    /// What to append.
    pub(super) append: Append,
    /// Its bytes of data, as counted in the queue's bound.
    pub(super) bytes: usize,
    /// When it was queued, on the clock of what has elapsed.
    pub(super) queued_at: Duration,
    /// Who waits; it may have gone.
    pub(super) answer: oneshot::Sender<Result<Appended, AppendFault>>,
}

/// The task's state.
pub(super) struct Appender {
    ground: Arc<Ground>,
    express: Express,
    /// The position of this node's last append.
    own: Position,
}

impl Appender {
    pub(super) fn new(ground: Arc<Ground>) -> Self {
        let own = ground.tail().head();
        let express = Express::default();
        Self {
            ground,
            express,
            own,
        }
    }

    /// Works until nobody can ask any more; what is queued by then is still appended.
    pub(super) async fn run(mut self, mut jobs: mpsc::Receiver<Waiting>) {
        while let Some(first) = jobs.recv().await {
            let mut batch = gather(first, &mut jobs);
            let bytes = batch.iter().map(|waiting| waiting.bytes).sum();
            self.ground.let_go_bytes(bytes);
            let settling = timeout(BATCH_TIME_MAX, self.settle(&mut batch)).await;
            let fault = match settling {
                Ok(Ok(())) => continue,
                Ok(Err(fault)) => fault,
                Err(_) => {
                    let seconds = BATCH_TIME_MAX.as_secs();
                    AppendFault::Unreachable(format!("not appended within {seconds} s"))
                }
            };
            tracing::warn!(%fault, appends = batch.len(), "appends were given up");
            for waiting in batch {
                answer(waiting, Err(fault.clone()));
            }
        }
    }

    /// Answers all of the batch, or says why the rest has no answer.
    async fn settle(&mut self, batch: &mut Vec<Waiting>) -> Result<(), AppendFault> {
        let mut tries = Tries::new(self.ground.clock.now());
        while !batch.is_empty() {
            let judged = self.judge(batch, tries.now).await?;
            if judged.unsure && !tries.fresh {
                self.read_on(&mut tries).await?;
            } else if judged.events.is_empty() {
                self.answer_all(batch, judged.answers);
            } else {
                self.attempt(batch, judged, &mut tries).await?;
            }
        }
        Ok(())
    }

    /// Appends what was admitted, once.
    async fn attempt(
        &mut self,
        batch: &mut Vec<Waiting>,
        judged: Judged,
        tries: &mut Tries,
    ) -> Result<(), AppendFault> {
        let Judged {
            answers,
            events,
            proposed,
            after,
            ..
        } = judged;
        tries.check_losses()?;
        let last = Position(after.0 + events.len() as u64);
        let is_quick = tries.is_quick && self.express.is_trusted();
        match self.send(after, proposed, is_quick).await {
            Ok(found) if found == last && !tries.in_doubt => {
                self.ground.take_up(&events);
                let appends = answers.len() as f64;
                self.ground.figures.batch_appends.observe(appends);
                self.answer_all(batch, answers);
                let is_contended = self.own != after;
                self.own = last;
                if is_contended {
                    sleep(COURTESY).await;
                }
                Ok(())
            }
            // It may be an earlier try that stands: what stands there is the answer.
            Ok(_) => {
                self.read_on(tries).await?;
                tries.in_doubt = false;
                Ok(())
            }
            Err(LinkFault::Raced) => {
                tries.losses += 1;
                self.read_on(tries).await?;
                self.learn_from_end(after, false, tries);
                Ok(())
            }
            Err(LinkFault::Lost(message)) => {
                tries.in_doubt = true;
                if !is_quick {
                    tries.failed(&message).await?;
                }
                self.read_on(tries).await?;
                self.learn_from_end(after, is_quick, tries);
                Ok(())
            }
            Err(LinkFault::Refused(message)) => Err(AppendFault::Unreachable(message)),
        }
    }

    /// Sends an append, the quick way or by a call of its own.
    async fn send(
        &mut self,
        after: Position,
        proposed: Vec<EventData>,
        is_quick: bool,
    ) -> Result<Position, LinkFault> {
        let link = &self.ground.link;
        if !is_quick {
            return link.append(after, proposed).await;
        }
        let written = self.express.append(link, after, proposed).await;
        written.ok_or_else(|| LinkFault::Lost("the open call of appends has ended".to_owned()))
    }

    /// What an append that went after this position and had no answer has come to, once the log
    /// was read to its end.
    fn learn_from_end(&mut self, after: Position, is_quick: bool, tries: &mut Tries) {
        if self.ground.tail().head() == after {
            // It may come yet. A call of its own will tell more.
            tries.is_quick = false;
            return;
        }
        // Something stands where it was to stand: it does, and is found there, or never will.
        tries.in_doubt = false;
        if is_quick {
            self.express.works();
            tries.losses += 1;
        }
    }

    async fn judge(&self, batch: &[Waiting], now: DateTime<Utc>) -> Result<Judged, AppendFault> {
        // Bounded by the time that a batch has.
        loop {
            let judged = {
                let tail = self.ground.tail();
                let appends = batch.iter().map(|waiting| &waiting.append);
                basis::judge(&tail, self.ground.copy(), appends, now)
            };
            match judged {
                Ok(judged) => return Ok(judged),
                Err(Unjudged::CopyBehind) => sleep(COPY_PAUSE).await,
                Err(Unjudged::Unreadable(fault)) => {
                    return Err(AppendFault::Unreachable(fault.to_string()));
                }
            }
        }
    }

    /// Reads the log to its end, so that what is judged next is judged by all of it.
    async fn read_on(&self, tries: &mut Tries) -> Result<(), AppendFault> {
        loop {
            match self.ground.read_on().await {
                Ok(()) => {
                    tries.fresh = true;
                    return Ok(());
                }
                Err(ReadOnFault::Link(LinkFault::Lost(message))) => tries.failed(&message).await?,
                Err(ReadOnFault::Link(LinkFault::Refused(message))) => {
                    return Err(AppendFault::Unreachable(message));
                }
                Err(ReadOnFault::Link(LinkFault::Raced)) => {}
                Err(ReadOnFault::Log(fault)) => {
                    return Err(AppendFault::Unreachable(fault.to_string()));
                }
            }
        }
    }

    /// Answers the first of the batch.
    fn answer_all(&self, batch: &mut Vec<Waiting>, answers: Vec<Result<Appended, AppendFault>>) {
        let now = self.ground.clock.elapsed();
        let answered = batch.drain(..answers.len());
        for (waiting, result) in answered.zip(answers) {
            let took = now.saturating_sub(waiting.queued_at);
            self.ground.figures.append_seconds.took(took);
            answer(waiting, result);
        }
    }
}

/// Takes what waits, up to a batch.
fn gather(first: Waiting, jobs: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
    let mut bytes = first.bytes;
    let mut batch = vec![first];
    while batch.len() < BATCH_APPENDS_MAX
        && bytes < BATCH_BYTES_MAX
        && let Ok(waiting) = jobs.try_recv()
    {
        bytes += waiting.bytes;
        batch.push(waiting);
    }
    batch
}

fn answer(waiting: Waiting, result: Result<Appended, AppendFault>) {
    // Whoever waited may have gone; the append stands all the same.
    drop(waiting.answer.send(result));
}
