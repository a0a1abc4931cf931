//! The log in PostgreSQL, shared by several nodes.
//!
//! One appender at a time, of all nodes, holds an advisory lock and assigns head + 1: so positions
//! are dense and become visible in order, which no sequence does. Followers read by position; a
//! notification wakes them, and a look each second is the safety net. Never reads for a query:
//! nodes read in their own copies.
//!
//! ```text
//! append ──► queue ──► appender ──► writing (lock, read, decide in `batch`, insert, commit)
//! follow ──► following (one session and task each)          head ──► head (one session)
//! ```

mod address;
mod appender;
mod batch;
mod fault;
mod following;
mod head;
mod row;
mod schema;
mod session;
#[cfg(test)]
pub(in crate::event_log) mod tests;
mod writing;

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::figures::LogFigures;
use super::port::{Append, Appending, Follower};
use super::{AskedHead, SharedLog};
use crate::clock::Clock;
use crate::domain::ids::Position;
use address::Address;
use appender::Queue;
pub use fault::PostgresFault;
use fault::Trouble;
use following::PageFollower;
use head::Heads;
use session::Session;
use writing::Writing;

/// The log in a PostgreSQL database. Dropping it lets go of its connections, once what is queued
/// is written; its followers end.
pub struct PostgresLog {
    queue: Queue,
    heads: Arc<Heads>,
    address: Arc<Address>,
    figures: Arc<LogFigures>,
    runtime: Handle,
    /// Followers see this close.
    open: watch::Sender<()>,
}

impl PostgresLog {
    /// Opens the log at this URL (`postgres://user:password@host/database?sslmode=…`), and makes
    /// its tables if they are not there. Its tasks run on the runtime that this is called on.
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self, PostgresFault> {
        let address = Arc::new(Address::parse(url)?);
        let unreachable = |trouble: Trouble| PostgresFault::Unreachable {
            address: address.shown.clone(),
            message: trouble.message,
        };
        let session = Session::open(&address).await.map_err(unreachable)?;
        schema::prepare(&session, &address).await?;
        let writing = Writing::over(session).await.map_err(unreachable)?;
        let figures = Arc::new(LogFigures::default());
        let queue = Queue::open(address.clone(), writing, clock, figures.clone());
        Ok(Self {
            queue,
            heads: Arc::new(Heads::new(address.clone())),
            address,
            figures,
            runtime: Handle::current(),
            open: watch::Sender::new(()),
        })
    }
}

impl SharedLog for PostgresLog {
    fn append(&self, append: Append) -> Appending {
        self.queue.append(append)
    }

    fn follow(&self, from: Position) -> Box<dyn Follower> {
        let open = self.open.subscribe();
        Box::new(PageFollower::start(
            &self.runtime,
            self.address.clone(),
            from,
            open,
        ))
    }

    fn head(&self) -> AskedHead {
        let heads = self.heads.clone();
        Box::pin(async move { heads.ask().await })
    }

    fn figures(&self) -> Option<&LogFigures> {
        Some(&self.figures)
    }
}
