//! A log without events, for the contract that all adapters keep.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::PostgresLog;
use super::server::{Database, Server};
use crate::clock::Clock;
use crate::event_log::figures::LogFigures;
use crate::event_log::port::{Append, Appending, AskedHead, Follower};
use crate::event_log::shared::SharedLog;

/// A log in a database of its own, which goes with it. For runtimes of several threads.
pub(in crate::event_log) fn empty_log(clock: Arc<dyn Clock>) -> Arc<dyn SharedLog> {
    // Held to the end of the process, and let go of by the system then.
    let server: &'static Server = Box::leak(Box::new(Server::shared()));
    let database = server.database();
    let url = database.url();
    let opened = block_in_place(|| Handle::current().block_on(PostgresLog::open(&url, clock)));
    Arc::new(InDatabase {
        log: opened.expect("an open log"),
        _database: database,
    })
}

/// A log that keeps the database that it is in.
struct InDatabase {
    log: PostgresLog,
    _database: Database<'static>,
}

impl SharedLog for InDatabase {
    fn append(&self, append: Append) -> Appending {
        self.log.append(append)
    }

    fn follow(&self, from: crate::domain::ids::Position) -> Box<dyn Follower> {
        self.log.follow(from)
    }

    fn head(&self) -> AskedHead {
        self.log.head()
    }

    fn figures(&self) -> Option<&LogFigures> {
        self.log.figures()
    }
}
