//! The question where the log ends, asked of the database each time.
//!
//! It has a session of its own, opened when it is first asked and anew when that has ended, so that
//! neither a long append nor a long page stands before it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::address::Address;
use super::fault::{Trouble, within};
use super::row;
use super::session::Session;
use crate::domain::ids::Position;
use crate::event_log::port::ReadFault;

/// How long the answer may take, new connections and all.
const ANSWER_LIMIT: Duration = Duration::from_secs(8);
/// How long one try on an open connection may take.
const TRY_LIMIT: Duration = Duration::from_secs(3);
/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(100);

const HEAD: &str = "SELECT coalesce(max(position), 0) FROM snapledger_events";

/// Asks for the head.
pub(super) struct Heads {
    address: Arc<Address>,
    session: Mutex<Option<Arc<Session>>>,
}

impl Heads {
    /// Nothing is connected yet.
    pub(super) fn new(address: Arc<Address>) -> Self {
        let session = Mutex::default();
        Self { address, session }
    }

    /// The last durable position.
    pub(super) async fn ask(&self) -> Result<Position, ReadFault> {
        let mut latest = "no connection".to_owned();
        let asking = async {
            // Bounded by the time limit around it.
            loop {
                match self.try_to_ask().await {
                    Ok(head) => return Ok(head),
                    Err(Trouble {
                        message,
                        passes: true,
                    }) => latest = message,
                    Err(Trouble {
                        message,
                        passes: false,
                    }) => return Err(message),
                }
                sleep(PAUSE).await;
            }
        };
        let answer = timeout(ANSWER_LIMIT, asking).await;
        answer
            .unwrap_or(Err(latest))
            .map_err(ReadFault::Unreachable)
    }

    async fn try_to_ask(&self) -> Result<Position, Trouble> {
        let session = self.session().await?;
        let answer = within(TRY_LIMIT, session.client.query_one(HEAD, &[])).await;
        let row = match answer {
            Ok(row) => row,
            Err(trouble) => {
                self.forget(&session).await;
                return Err(trouble);
            }
        };
        row::unsigned(&row, 0)
            .map(Position)
            .map_err(Trouble::lasting)
    }

    /// The session that is open, or a new one. It is used by many at a time.
    async fn session(&self) -> Result<Arc<Session>, Trouble> {
        let mut session = self.session.lock().await;
        if let Some(open) = session.as_ref().filter(|open| !open.client.is_closed()) {
            return Ok(open.clone());
        }
        let opened = Arc::new(Session::open(&self.address).await?);
        *session = Some(opened.clone());
        Ok(opened)
    }

    async fn forget(&self, ended: &Arc<Session>) {
        let mut session = self.session.lock().await;
        if session
            .as_ref()
            .is_some_and(|kept| Arc::ptr_eq(kept, ended))
        {
            *session = None;
        }
    }
}
