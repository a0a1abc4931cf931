//! Where the log ends, asked for all who want to know: one question at a time.
//!
//! Whoever comes while a question is on its way waits for the next one, since that one's answer
//! may be older than what they must see. An answer that lies before what was copied already means
//! that the log has lost events: then this node stops.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::following::Stopper;
use crate::domain::ids::Position;
use crate::event_log::port::{AskedHead, ReadFault};
use crate::event_log::shared::SharedLog;
use crate::event_log::sqlite::Reading;

/// How long the log may take to answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
/// Those who wait for the next question; whoever comes beyond is told to try again.
const WAITING_MAX: usize = 4_096;

type Answer = Result<Position, ReadFault>;

/// Where questions are put.
pub(super) struct Asking {
    waiting: mpsc::Sender<oneshot::Sender<Answer>>,
}

impl Asking {
    /// Begins to answer; ends when this is dropped.
    pub fn begin(shared: Arc<dyn SharedLog>, reading: Reading, stopper: Stopper) -> Self {
        let (waiting, taken) = mpsc::channel(WAITING_MAX);
        tokio::spawn(answer(shared, reading, stopper, taken));
        Self { waiting }
    }

    /// The log's end, by a question that is put after this call.
    pub fn ask(&self) -> AskedHead {
        let (answer, answered) = oneshot::channel();
        if self.waiting.try_send(answer).is_err() {
            return Box::pin(ready(Err(unreachable("too many ask at once"))));
        }
        Box::pin(async move {
            let answer = answered.await;
            answer.unwrap_or_else(|_| Err(unreachable("this node is closing")))
        })
    }
}

async fn answer(
    shared: Arc<dyn SharedLog>,
    reading: Reading,
    stopper: Stopper,
    mut taken: mpsc::Receiver<oneshot::Sender<Answer>>,
) {
    let mut waiting = Vec::new();
    while taken.recv_many(&mut waiting, WAITING_MAX).await > 0 {
        let copied = reading.head();
        let asked = tokio::time::timeout(ANSWER_TIME_MAX, shared.head()).await;
        let answer = match asked {
            Ok(Err(ReadFault::Storage(message))) => Err(ReadFault::Unreachable(message)),
            Ok(answer) => answer,
            Err(_) => Err(unreachable("it does not answer")),
        };
        if let Ok(head) = answer
            && head < copied
        {
            tracing::error!(head = head.0, copied = copied.0, "the log has lost events");
            stopper.stop("the log has lost events that were acknowledged");
        }
        for asker in waiting.drain(..) {
            // Whoever asked may have gone.
            let _ = asker.send(answer.clone());
        }
    }
}

fn unreachable(why: &str) -> ReadFault {
    ReadFault::Unreachable(why.to_owned())
}
