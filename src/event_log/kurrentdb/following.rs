//! Followers: a plain subscription from a position, begun anew whenever it breaks.
//!
//! What is handed out is dense: an event seen already is dropped, one that is missing ends the
//! follower with a fault. A subscription that says nothing while the log goes on is broken, too.

use std::sync::Arc;
use std::time::Duration;

use eventstore::{Error, RecordedEvent, Subscription};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::ground::Ground;
use super::link::LinkFault;
use super::pauses::Pauses;
use crate::domain::ids::Position;
use crate::event_log::port::{Follower, NextEvents, ReadFault, Recorded};

/// Events that were read and wait for the follower's owner.
const WAITING_EVENTS_MAX: usize = 64;
/// Events between the client and the check.
const UNCHECKED_EVENTS_MAX: usize = 16;
/// A batch ends with the event whose data makes it as large as this.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// After so long without an event the log is asked whether it has gone on; found to have done so
/// twice, the subscription is given up.
const SILENCE_MAX: Duration = Duration::from_secs(3);

/// A follower. Dropping it ends its subscription.
pub(super) struct KurrentFollower {
    events: mpsc::Receiver<Result<Recorded, ReadFault>>,
    /// What ended the events before, to be told next.
    fault: Option<ReadFault>,
    _pump: AbortOnDropHandle<()>,
}

impl KurrentFollower {
    /// Follows from this position until `closing`.
    pub(super) fn start(ground: Arc<Ground>, from: Position, place: &Place) -> Self {
        let (sender, events) = mpsc::channel(WAITING_EVENTS_MAX);
        let pump = Pump {
            ground,
            next: from.max(Position::START.next()),
            sender,
        };
        let closing = place.closing.clone();
        let pump = async move {
            // It ends by itself, or is ended here.
            let _ = closing.run_until_cancelled(pump.run()).await;
        };
        Self {
            events,
            fault: None,
            _pump: AbortOnDropHandle::new(place.runtime.spawn(pump)),
        }
    }

    async fn receive(&mut self, limit: usize) -> Result<Option<Vec<Recorded>>, ReadFault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut received = self.events.recv().await;
        let (mut events, mut bytes) = (Vec::new(), 0);
        while let Some(event) = received {
            match event {
                Ok(event) => {
                    bytes += event.data.len();
                    events.push(event);
                }
                Err(fault) => {
                    self.fault = Some(fault.clone());
                    if events.is_empty() {
                        return Err(fault);
                    }
                    break;
                }
            }
            if events.len() >= limit || bytes >= BATCH_BYTES_MAX {
                break;
            }
            received = self.events.try_recv().ok();
        }
        Ok((!events.is_empty()).then_some(events))
    }
}

impl Follower for KurrentFollower {
    fn next<'a>(&'a mut self, limit: usize) -> NextEvents<'a> {
        // Cancel-safe: it waits only before it has taken anything.
        Box::pin(self.receive(limit))
    }
}

/// Where followers run, and until when.
pub(super) struct Place {
    pub(super) runtime: tokio::runtime::Handle,
    pub(super) closing: CancellationToken,
}

/// Why a subscription ended.
enum Ended {
    /// Nobody listens any more.
    Unheard,
    /// It broke; another one goes on.
    Broken(String),
    /// The log holds what must not be there, or not what must.
    Fault(ReadFault),
}

/// What keeps a follower in events.
struct Pump {
    ground: Arc<Ground>,
    next: Position,
    sender: mpsc::Sender<Result<Recorded, ReadFault>>,
}

impl Pump {
    async fn run(mut self) {
        let mut pauses = Pauses::new();
        // Without end, with growing pauses: a follower outlives every lost connection.
        loop {
            let before = self.next;
            match self.follow().await {
                Ended::Unheard => return,
                Ended::Fault(fault) => {
                    tracing::error!(%fault, "the log cannot be followed any further");
                    drop(self.sender.send(Err(fault)).await);
                    return;
                }
                Ended::Broken(message) => {
                    tracing::warn!(from = self.next.0, message, "following the log again");
                }
            }
            if self.next > before {
                pauses = Pauses::new();
            }
            pauses.wait().await;
        }
    }

    /// Follows by one subscription, until it ends.
    async fn follow(&mut self) -> Ended {
        let link = &self.ground.link;
        let (session, subscription) = match link.subscribe(Position(self.next.0 - 1)).await {
            Ok(subscribed) => subscribed,
            Err(fault) => return ended(fault),
        };
        let Some(handle) = session.handle() else {
            return Ended::Broken("its client is gone".to_owned());
        };
        // On the client's own runtime: the crate reads on for ever, without waiting, from a
        // subscription that a server ends in good order, and would take a thread of ours with it.
        let (sender, mut unchecked) = mpsc::channel(UNCHECKED_EVENTS_MAX);
        let _reading = AbortOnDropHandle::new(handle.spawn(read(subscription, sender)));
        let mut behind = false;
        loop {
            match timeout(SILENCE_MAX, unchecked.recv()).await {
                Ok(Some(Ok(event))) => {
                    behind = false;
                    if let Err(ended) = self.hand_on(&event).await {
                        return ended;
                    }
                }
                Ok(Some(Err(error))) => return ended(self.ground.link.broken(&session, &error)),
                Ok(None) => return Ended::Broken("its client is gone".to_owned()),
                Err(_) => {
                    let missed = self.has_missed().await;
                    if missed && behind {
                        self.ground.link.give_up(&session);
                        return Ended::Broken("the log goes on and nothing comes".to_owned());
                    }
                    behind = missed;
                }
            }
        }
    }

    async fn hand_on(&mut self, event: &RecordedEvent) -> Result<(), Ended> {
        if event.revision + 1 < self.next.0 {
            return Ok(());
        }
        let event = self.ground.checked(event, self.next);
        let event = event.map_err(Ended::Fault)?;
        self.ground.tail().take_up(&event);
        self.next = self.next.next();
        let sent = self.sender.send(Ok(event)).await;
        sent.map_err(|_| Ended::Unheard)
    }

    /// Whether the log has the event that is waited for.
    async fn has_missed(&self) -> bool {
        let last = self.ground.link.last().await;
        last.is_ok_and(|last| last.is_some_and(|event| event.revision + 1 >= self.next.0))
    }
}

fn ended(fault: LinkFault) -> Ended {
    match fault {
        LinkFault::Lost(message) | LinkFault::Refused(message) => Ended::Broken(message),
        LinkFault::Raced => Ended::Broken("it was answered as an append is".to_owned()),
    }
}

/// Reads a subscription until it ends or nobody listens.
async fn read(mut subscription: Subscription, sender: mpsc::Sender<Result<RecordedEvent, Error>>) {
    loop {
        let event = match subscription.next().await {
            // The log's stream holds events, never links to any.
            Ok(event) => event.event.ok_or(Error::InternalClientError),
            Err(error) => Err(error),
        };
        let is_last = event.is_err();
        if sender.send(event).await.is_err() || is_last {
            return;
        }
    }
}
