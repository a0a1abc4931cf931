//! One socket: reads, asks the protocol what to do, and does it.
//!
//! Reading and writing take turns in one task; operations run in tasks of their own and put what
//! they tell into the outbox. A client that reads nothing is bounded in memory there, and given up
//! after a while. Decides nothing that `protocol.rs` can decide.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Request, Variables};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{interval, sleep};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::task::AbortOnDropHandle;

use super::close::Close;
use super::farewell::{Ended, farewell, why_unread};
use super::message::Asked;
use super::protocol::{Effect, Protocol};
use super::wire::{Wire, Written};
use crate::auth::Principal;
use crate::graphql::error::Problem;
use crate::graphql::limits::Limits;
use crate::graphql::serving::Refusals;
use crate::graphql::transport::credential::{self, RECHECK_INTERVAL};
use crate::graphql::transport::framing::Framing;
use crate::graphql::transport::operation::Operation;
use crate::graphql::transport::outbox::{Number, Outbox};
use crate::graphql::transport::{LANE_BYTES_MAX, Served, bounds};

/// The buffers of a socket: small, for there are many sockets and most are idle.
const BUFFER_BYTES: usize = 4 << 10;
/// Pings in a row that may go unanswered.
const PINGS_UNANSWERED_MAX: u32 = 2;
/// Parcels that are written in one go before reading has its turn.
const PARCELS_AT_ONCE_MAX: usize = 16;
/// How long queries and mutations have to end once the server ends.
const FINISH_MAX: Duration = Duration::from_secs(5);

/// A socket that is open.
pub struct Socket {
    served: Served,
    stream: WebSocketStream<Wire>,
    written: Written,
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
    /// A socket on this wire; `principal` is who the upgrade's headers say it is.
    pub async fn open(served: Served, wire: Wire, principal: Option<Principal>) -> Self {
        let limits = *served.schema.limits();
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(BUFFER_BYTES)
            .max_message_size(Some(limits.frame_bytes_max))
            .max_frame_size(Some(limits.frame_bytes_max));
        let written = wire.written();
        Self {
            stream: WebSocketStream::from_raw_socket(wire, Role::Server, Some(config)).await,
            written,
            protocol: Protocol::new(limits.subscriptions_per_socket_max),
            outbox: Outbox::new(bounds(&limits)),
            running: HashMap::new(),
            principal,
            is_leaving: false,
            pings_unanswered: 0,
            served,
        }
    }

    /// Speaks the protocol until either side ends it.
    pub async fn serve(mut self, is_understood: bool) {
        let ended = if is_understood {
            self.talk().await
        } else {
            Err(Ended::by(Close::other_subprotocol()))
        };
        // Whatever runs is stopped before the goodbyes.
        self.running.clear();
        if let Err(ended) = ended {
            farewell(self.stream, ended).await;
        }
    }

    fn limits(&self) -> &Limits {
        self.served.schema.limits()
    }

    async fn talk(&mut self) -> Result<(), Ended> {
        let limits = *self.limits();
        let leaving = self.served.connections.leaving().clone();
        let init_time = sleep(limits.init_time_max);
        let mut finish_time = std::pin::pin!(None);
        let mut pings = interval(limits.ping_interval);
        let mut rechecks = interval(RECHECK_INTERVAL);
        tokio::pin!(init_time);
        // The first tick of an interval is at once.
        pings.reset();
        rechecks.reset();
        let mut is_init_due = true;
        loop {
            tokio::select! {
                heard = self.stream.next() => self.heard(heard).await?,
                (number, parcel) = self.outbox.next() => {
                    self.write_parcels(number, parcel).await?;
                }
                () = &mut init_time, if is_init_due => {
                    is_init_due = false;
                    let effect = self.protocol.init_time_over();
                    self.carry_out(effect).await?;
                }
                _ = pings.tick() => self.ping().await?,
                _ = rechecks.tick() => self.recheck()?,
                () = leaving.cancelled(), if !self.is_leaving => {
                    self.is_leaving = true;
                    finish_time.set(Some(sleep(FINISH_MAX)));
                }
                () = self.outbox.finished(), if self.is_leaving => return self.leave(),
                Some(()) = async { Some(finish_time.as_mut().as_pin_mut()?.await) } => {
                    return self.leave();
                }
            }
        }
    }
}
