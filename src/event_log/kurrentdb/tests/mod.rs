//! What only this adapter promises: what it does when the cluster fails it.
//!
//! The contract that it shares with all others is checked in `contract`, on the same double.

mod failing;
mod refusing;
mod torture;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::KurrentLog;
use super::double::Cluster;
use super::double::store::Stored;
use crate::domain::ids::Position;
use crate::event_log::contract::harness::{SetClock, event, stream, to};
use crate::event_log::copied::CopiedLog;
use crate::event_log::port::{Appended, Follower, Recorded};
use crate::event_log::shared::SharedLog;
use crate::event_log::sqlite::LogCopy;

/// Long enough for any machine; a test that needs it has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// The stream that is the log when the connection string does not name it.
const STREAM: &str = "snapledger-ledger";

/// An adapter of this cluster.
async fn open(cluster: &Cluster) -> KurrentLog {
    open_at(&cluster.address()).await
}

async fn open_at(address: &str) -> KurrentLog {
    let opened = KurrentLog::open(address, SetClock::at(1_000_000)).await;
    opened.expect("an open log")
}

/// A node: an adapter, and its copy in this folder.
async fn node(adapter: KurrentLog, folder: &Path) -> Arc<CopiedLog> {
    let copy = LogCopy::open(&folder.join("log.db")).expect("a copy");
    let opened = CopiedLog::open(copy, Arc::new(adapter), &mut |_, _| {}).await;
    Arc::new(opened.expect("a node's log"))
}

/// Appends event number so and so as the one after `count` others of stream 1.
async fn add(log: &KurrentLog, count: u64, number: u64) -> Appended {
    let append = to(stream(1), count, vec![event(number)]);
    let appended = timeout(PATIENCE, log.append(append)).await;
    appended.expect("in time").expect("appended")
}

/// The next so many events.
async fn take(follower: &mut dyn Follower, count: usize) -> Vec<Recorded> {
    let mut taken = vec![];
    while taken.len() < count {
        let events = timeout(PATIENCE, follower.next(count - taken.len())).await;
        let events = events.expect("in time").expect("readable");
        taken.extend(events.expect("the log is open"));
    }
    taken
}

/// That these are the events from position 1 on, each once, in order.
fn check_dense(events: &[Recorded]) {
    for (event, position) in events.iter().zip(1..) {
        assert_eq!(event.position, Position(position));
    }
}

/// An event of somebody else's.
fn foreign() -> Stored {
    Stored {
        id: event(999).id.0,
        metadata: [("type".to_owned(), "OrderPlaced".to_owned())].into(),
        custom_metadata: br#"{"tenant":7}"#.to_vec(),
        data: b"{}".to_vec(),
    }
}
