//! The log in a KurrentDB cluster: one stream, shared by several nodes. An event's position is its
//! revision in that stream and one; the ledger's own streams are named in its metadata.
//!
//! KurrentDB knows nothing of our streams: their revisions and the ids in them are looked up in
//! what this node has read of the end, and in the node's copy before that. So no append is taken
//! before the copy reaches that far.

mod address;
mod appender;
mod basis;
#[cfg(test)]
pub(in crate::event_log) mod double;
mod express;
mod following;
mod ground;
mod link;
mod pauses;
mod session;
mod tail;
#[cfg(test)]
mod tests;
mod tries;
mod wire;

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::admission;
use super::figures::LogFigures;
use super::port::{Append, AppendFault, Appending, AskedHead, Follower, ReadFault};
use super::shared::SharedLog;
use super::sqlite::Reading;
use crate::clock::Clock;
use crate::domain::ids::Position;
use address::Address;
use appender::{Appender, Waiting};
use following::{KurrentFollower, Place};
use ground::Ground;
use link::{Link, LinkFault};
use pauses::Pauses;
use tail::Tail;

/// The most appends that wait; over it they are `Overloaded`.
const QUEUE_APPENDS_MAX: usize = 4_096;
/// The most bytes of event data that wait; over it they are `Overloaded`.
const QUEUE_BYTES_MAX: usize = 64 << 20;
/// The last events kept in memory, in bytes: as far as the copy may lag while appends are judged.
const TAIL_BYTES_MAX: usize = 16 << 20;
/// The longest that a cluster is waited for when the log is opened: it may be electing its leader.
const OPEN_TIME_MAX: Duration = Duration::from_secs(30);
/// The longest that the question for the head may take, with its tries.
const HEAD_TIME_MAX: Duration = Duration::from_secs(8);

/// Why the log could not be opened. Says nothing of the connection string but what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KurrentFault {
    /// The connection string will not do.
    #[error("the connection string of KurrentDB is malformed: {0}")]
    Address(&'static str),
    /// The cluster does not answer.
    #[error("KurrentDB does not answer: {0}")]
    Unreachable(String),
    /// The cluster answers, and refuses.
    #[error("KurrentDB refuses: {0}")]
    Refused(String),
    /// The stream is not a ledger's, or no longer whole.
    #[error("the stream {stream} cannot be a ledger's log: {message}")]
    Unfit {
        /// The stream.
        stream: String,
        /// What is wrong with it.
        message: String,
    },
}

/// The log in a KurrentDB cluster. Dropping it closes it: what is queued is still appended, and
/// followers end.
pub struct KurrentLog {
    queue: mpsc::Sender<Waiting>,
    ground: Arc<Ground>,
    place: Place,
}

impl KurrentLog {
    /// Opens the log that this connection string of KurrentDB's names. Its parameter
    /// `ledgerPrefix` is ours: what the stream's name begins with, `snapledger-` when it is not
    /// given. Works on the runtime that it is called on.
    pub async fn open(
        connection_string: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KurrentFault> {
        Self::open_with(connection_string, clock, TAIL_BYTES_MAX).await
    }

    async fn open_with(
        connection_string: &str,
        clock: Arc<dyn Clock>,
        tail_bytes_max: usize,
    ) -> Result<Self, KurrentFault> {
        let link = Link::new(Address::parse(connection_string)?);
        let tail = find_end(&link, tail_bytes_max).await?;
        let ground = Arc::new(Ground::new(link, tail, clock));
        let (queue, jobs) = mpsc::channel(QUEUE_APPENDS_MAX);
        let place = Place {
            runtime: Handle::current(),
            closing: CancellationToken::new(),
        };
        // It ends when the queue does, which is when the log is dropped.
        place.runtime.spawn(Appender::new(ground.clone()).run(jobs));
        Ok(Self {
            queue,
            ground,
            place,
        })
    }

    fn enqueue(&self, append: Append) -> Result<Appending, AppendFault> {
        admission::check_form(&append)?;
        let events = append.streams.iter().flat_map(|part| &part.events);
        let bytes = events.map(|event| event.data.len()).sum();
        if !self.ground.take_bytes(bytes, QUEUE_BYTES_MAX) {
            return Err(AppendFault::Overloaded);
        }
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            append,
            bytes,
            queued_at: self.ground.clock.elapsed(),
            answer,
        };
        if let Err(refused) = self.queue.try_send(waiting) {
            self.ground.let_go_bytes(bytes);
            return Err(match refused {
                TrySendError::Full(_) => AppendFault::Overloaded,
                TrySendError::Closed(_) => crashed(&self.ground),
            });
        }
        let ground = self.ground.clone();
        Ok(Box::pin(async move {
            let result = answered.await;
            result.unwrap_or_else(|_| Err(crashed(&ground)))
        }))
    }
}

/// The appender takes or answers nothing any more, which only a crash explains.
fn crashed(ground: &Ground) -> AppendFault {
    let fault = ground
        .figures
        .fault
        .get_or_init(|| "the log's appender has crashed".to_owned());
    AppendFault::Poisoned(fault.clone())
}

impl SharedLog for KurrentLog {
    fn append(&self, append: Append) -> Appending {
        self.enqueue(append)
            .unwrap_or_else(|fault| Box::pin(ready(Err(fault))))
    }

    fn follow(&self, from: Position) -> Box<dyn Follower> {
        let follower = KurrentFollower::start(self.ground.clone(), from, &self.place);
        Box::new(follower)
    }

    fn head(&self) -> AskedHead {
        let ground = self.ground.clone();
        Box::pin(async move {
            let asked = timeout(HEAD_TIME_MAX, ask_head(&ground)).await;
            asked.unwrap_or_else(|_| Err(silent("no answer in time")))
        })
    }

    fn copied_into(&self, copy: Reading) {
        self.ground.take_copy(copy);
    }

    fn figures(&self) -> Option<&LogFigures> {
        Some(&self.ground.figures)
    }
}

impl Drop for KurrentLog {
    fn drop(&mut self) {
        self.place.closing.cancel();
    }
}

fn silent(message: &str) -> ReadFault {
    ReadFault::Unreachable(message.to_owned())
}

/// Asks until there is an answer. The caller bounds its time.
async fn ask_head(ground: &Ground) -> Result<Position, ReadFault> {
    let mut pauses = Pauses::new();
    loop {
        match ground.link.last().await {
            Ok(last) => {
                let head = last.map_or(Position::START, |event| Position(event.revision + 1));
                return Ok(head);
            }
            Err(LinkFault::Refused(message)) => return Err(silent(&message)),
            Err(LinkFault::Lost(_) | LinkFault::Raced) => pauses.wait().await,
        }
    }
}

/// Where the log ends, once the cluster answers. Looks at the stream before it is relied on.
async fn find_end(link: &Link, tail_bytes_max: usize) -> Result<Tail, KurrentFault> {
    let mut last_fault = "no answer in time".to_owned();
    let finding = async {
        let mut pauses = Pauses::new();
        loop {
            match look(link, tail_bytes_max).await {
                Err(LinkFault::Lost(message)) => {
                    tracing::warn!(message, "KurrentDB is not there yet");
                    last_fault = message;
                }
                Err(LinkFault::Refused(message)) => return Err(KurrentFault::Refused(message)),
                Err(LinkFault::Raced) => {}
                Ok(found) => {
                    return found.map_err(|message| KurrentFault::Unfit {
                        stream: link.stream().to_owned(),
                        message,
                    });
                }
            }
            pauses.wait().await;
        }
    };
    let found = timeout(OPEN_TIME_MAX, finding).await;
    found.unwrap_or(Err(KurrentFault::Unreachable(last_fault)))
}

/// The log's end, or why the stream is not fit to be a log.
async fn look(link: &Link, tail_bytes_max: usize) -> Result<Result<Tail, String>, LinkFault> {
    match link.truncation().await {
        Ok(None) => {}
        Ok(Some(how)) => return Ok(Err(format!("it does not keep every event: {how}"))),
        // Not everybody may read a stream's metadata; a lost event is met by whoever follows.
        Err(LinkFault::Refused(message)) => {
            tracing::warn!(
                message,
                "whether the log's stream is kept whole cannot be read"
            );
        }
        Err(fault) => return Err(fault),
    }
    let Some(last) = link.last().await? else {
        return Ok(Ok(Tail::after(None, tail_bytes_max)));
    };
    let first = link.read(Position::START.next()).await?;
    if first.first().is_none_or(|event| event.revision != 0) {
        return Ok(Err("its first events are gone".to_owned()));
    }
    Ok(wire::recorded(&last)
        .map(|last| Tail::after(Some(&last), tail_bytes_max))
        .map_err(|fault| fault.to_string()))
}
