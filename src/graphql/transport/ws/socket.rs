//! One socket: hears, asks the protocol what to do, and does it.
//!
//! Reading and writing take turns in one task; operations run in tasks of their own and put what
//! they tell into the outbox, which bounds it. Decides nothing that `protocol.rs` can decide.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Request;
use tokio::time::{interval, sleep};
use tokio_util::task::AbortOnDropHandle;

use super::close::Close;
use super::line::{Ended, Heard, Line};
use super::protocol::{Effect, Protocol};
use crate::auth::Principal;
use crate::graphql::error::{Code, Problem};
use crate::graphql::limits::Limits;
use crate::graphql::transport::Served;
use crate::graphql::transport::connections::FINISH_TIME_MAX;
use crate::graphql::transport::credential::{self, RECHECK_INTERVAL};
use crate::graphql::transport::framing::Framing;
use crate::graphql::transport::operation::Operation;
use crate::graphql::transport::outbox::{Bounds, Number, Outbox, Parcel};

/// Pings in a row that may go unanswered.
const PINGS_UNANSWERED_MAX: u32 = 2;
/// Parcels that are written in one go before reading has its turn.
const PARCELS_AT_ONCE_MAX: usize = 16;

/// A socket that is open.
pub struct Socket {
    served: Served,
    line: Line,
    protocol: Protocol,
    outbox: Arc<Outbox>,
    running: HashMap<Number, Running>,
    /// Who is at the other end, once that is known.
    principal: Option<Principal>,
    is_leaving: bool,
    pings_unanswered: u32,
}

/// An operation that is stopped when it is dropped.
struct Running {
    id: Box<str>,
    _task: AbortOnDropHandle<()>,
}

impl Socket {
    /// A socket on this line; `principal` is who the upgrade's headers say it is.
    pub fn new(served: Served, line: Line, principal: Option<Principal>) -> Self {
        let limits = served.schema.limits();
        Self {
            protocol: Protocol::new(limits.subscriptions_per_socket_max),
            outbox: Outbox::new(Bounds::of(limits)),
            running: HashMap::new(),
            is_leaving: false,
            pings_unanswered: 0,
            served,
            line,
            principal,
        }
    }

    /// Speaks the protocol until either side ends it.
    pub async fn serve(mut self) {
        let ended = match self.talk().await {
            Ok(close) => Ended::ByUs(close),
            Err(ended) => ended,
        };
        // What runs is stopped before the goodbyes.
        self.running.clear();
        self.line.farewell(ended).await;
    }

    async fn talk(&mut self) -> Result<Close, Ended> {
        let limits = *self.limits();
        let leaving = self.served.connections.leaving().clone();
        let mut silence = self.served.schema.ledger().silence();
        let (init_time, finish_time) = (sleep(limits.init_time_max), sleep(FINISH_TIME_MAX));
        tokio::pin!(init_time, finish_time);
        let mut is_init_due = true;
        let mut pings = interval(limits.ping_interval);
        let mut rechecks = interval(RECHECK_INTERVAL);
        // The first tick of an interval is at once.
        pings.reset();
        rechecks.reset();
        loop {
            tokio::select! {
                // Nobody knows any more who may still be told anything.
                () = silence.fallen() => return Ok(self.leaving()),
                heard = self.line.next() => self.heard(heard?).await?,
                (number, parcel) = self.outbox.next() => self.write_all(number, parcel).await?,
                () = &mut init_time, if is_init_due => {
                    is_init_due = false;
                    let effect = self.protocol.init_time_over();
                    self.carry_out(effect).await?;
                }
                _ = pings.tick() => self.ping().await?,
                _ = rechecks.tick() => self.recheck()?,
                () = leaving.cancelled(), if !self.is_leaving => {
                    self.is_leaving = true;
                    finish_time.as_mut().reset(sleep(FINISH_TIME_MAX).deadline());
                }
                () = self.outbox.finished(), if self.is_leaving => return Ok(self.leaving()),
                () = &mut finish_time, if self.is_leaving => return Ok(self.leaving()),
            }
        }
    }

    async fn heard(&mut self, heard: Heard) -> Result<(), Ended> {
        self.pings_unanswered = 0;
        let effect = match heard {
            Heard::Text(text) => self.protocol.heard(&text),
            Heard::Bytes => Some(self.protocol.heard_bytes()),
            Heard::Sign => None,
        };
        self.carry_out(effect).await
    }

    async fn carry_out(&mut self, effect: Option<Effect>) -> Result<(), Ended> {
        match effect {
            None => Ok(()),
            Some(Effect::Say(text)) => self.line.say(text).await,
            Some(Effect::Introduce(payload)) => {
                let upgrade = self.principal.take();
                let gatekeeper = &self.served.gatekeeper;
                let found = credential::of_init(gatekeeper, &payload, upgrade).await;
                self.principal = found.map_err(|problem| match problem.code() {
                    Code::Unavailable => Ended::ByUs(self.leaving()),
                    _otherwise_broken => Ended::ByUs(Close::fault()),
                })?;
                if self.principal.is_none() {
                    return Err(Ended::ByUs(Close::forbidden()));
                }
                let ack = self.protocol.acknowledge();
                self.line.say(ack).await
            }
            Some(Effect::Begin(number, id, request)) => self.begin(number, id, *request).await,
            Some(Effect::RefuseMore(id)) => {
                let running_max = self.limits().subscriptions_per_socket_max;
                self.refuse(&id, Problem::too_many_operations(running_max))
                    .await
            }
            Some(Effect::Stop(number)) => {
                self.outbox.close(number);
                self.running.remove(&number);
                Ok(())
            }
            Some(Effect::Close(close)) => Err(Ended::ByUs(close)),
        }
    }

    async fn begin(&mut self, number: Number, id: Box<str>, request: Request) -> Result<(), Ended> {
        let Some(principal) = self.principal.clone() else {
            return Err(Ended::ByUs(Close::unauthorized()));
        };
        if self.is_leaving {
            self.protocol.ended(&id, number);
            return self.refuse(&id, Problem::leaving()).await;
        }
        let operation = Operation {
            schema: self.served.schema.clone(),
            framing: Framing::socket(&id),
            sender: self.outbox.open(number),
            leaving: self.served.connections.leaving().clone(),
        };
        let task = tokio::spawn(operation.run(principal, request));
        let _task = AbortOnDropHandle::new(task);
        self.running.insert(number, Running { id, _task });
        Ok(())
    }

    async fn refuse(&mut self, id: &str, problem: Problem) -> Result<(), Ended> {
        let refusals = self.served.schema.refused(problem);
        let text = Framing::socket(id).refused(refusals.errors());
        self.line.say(text).await
    }

    /// Writes a parcel, and others that wait, then hands the turn to the reading.
    async fn write_all(&mut self, number: Number, parcel: Parcel) -> Result<(), Ended> {
        self.write(number, parcel).await?;
        for _ in 1..PARCELS_AT_ONCE_MAX {
            let Some((number, parcel)) = self.outbox.take() else {
                break;
            };
            self.write(number, parcel).await?;
        }
        self.line.flush().await
    }

    async fn write(&mut self, number: Number, parcel: Parcel) -> Result<(), Ended> {
        if parcel.is_last
            && let Some(Running { id, .. }) = self.running.remove(&number)
        {
            self.protocol.ended(&id, number);
        }
        self.line.feed(parcel.text).await
    }

    async fn ping(&mut self) -> Result<(), Ended> {
        if self.pings_unanswered >= PINGS_UNANSWERED_MAX {
            return Err(Ended::ByUs(Close::silent()));
        }
        self.pings_unanswered += 1;
        self.line.ping().await
    }

    fn recheck(&self) -> Result<(), Ended> {
        let Some(principal) = &self.principal else {
            return Ok(());
        };
        if credential::still_opens(&self.served.gatekeeper, principal) {
            return Ok(());
        }
        Err(Ended::ByUs(Close::no_longer_allowed()))
    }

    /// How it ends with the server: with the position after which the client misses nothing.
    fn leaving(&self) -> Close {
        let ledger = self.served.schema.ledger();
        let position = self.outbox.resume_after();
        Close::leaving(position.unwrap_or_else(|| ledger.view_position()))
    }

    fn limits(&self) -> &Limits {
        self.served.schema.limits()
    }
}
