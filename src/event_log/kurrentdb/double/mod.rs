//! A double of a KurrentDB cluster: its protocol over real connections on 127.0.0.1, with nodes
//! that share their streams and can be told to fail.
//!
//! It enforces what the adapter relies on (expected revisions, ids, the size of an append, who
//! leads) and nothing else; it keeps nothing on a disk. It answers the same client that talks to a
//! real cluster, so what it cannot show is only what KurrentDB does beyond its protocol.

#![cfg(test)]
#![allow(
    clippy::result_large_err,
    reason = "a service of tonic's answers with its status"
)]

mod batches;
pub(in crate::event_log) mod faults;
mod messages;
mod node;
pub(in crate::event_log) mod store;
mod streams;
mod subscribed;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::KurrentLog;
use crate::clock::{Clock, SystemClock};
use crate::domain::ids::Position;
use crate::event_log::port::{Append, Appending, AskedHead, Follower};
use crate::event_log::shared::SharedLog;
use crate::event_log::sqlite::Reading;
use faults::Faults;
use node::Node;
use store::Store;

/// The environment variable that may name a real KurrentDB by its connection string.
const REAL: &str = "SNAPLEDGER_TEST_KURRENTDB";

/// A log without events: in the KurrentDB that the environment names, else in a double.
pub(in crate::event_log) fn empty_log(clock: Arc<dyn Clock>) -> Arc<dyn SharedLog> {
    let (address, cluster) = match std::env::var(REAL) {
        Ok(address) => {
            let with = if address.contains('?') { '&' } else { '?' };
            let id = SystemClock::start().random_id();
            (format!("{address}{with}ledgerPrefix=test-{id}-"), None)
        }
        Err(_) => {
            let cluster = Cluster::start(1);
            (cluster.address(), Some(cluster))
        }
    };
    let opening = KurrentLog::open(&address, clock);
    let opened = block_in_place(|| Handle::current().block_on(opening));
    Arc::new(InCluster {
        log: opened.expect("an open log"),
        _cluster: cluster,
    })
}

/// A log that keeps the double that it is in.
struct InCluster {
    log: KurrentLog,
    _cluster: Option<Cluster>,
}

impl SharedLog for InCluster {
    fn append(&self, append: Append) -> Appending {
        self.log.append(append)
    }

    fn follow(&self, from: Position) -> Box<dyn Follower> {
        self.log.follow(from)
    }

    fn head(&self) -> AskedHead {
        self.log.head()
    }

    fn copied_into(&self, copy: Reading) {
        self.log.copied_into(copy);
    }
}

/// What its nodes have in common.
pub(in crate::event_log) struct Shared {
    pub store: Store,
    pub faults: Faults,
    /// The place of the node that leads.
    leader: AtomicUsize,
    /// The `authorization` header that every call must have, if any.
    authorization: Option<&'static str>,
    addresses: Vec<SocketAddr>,
}

/// A cluster. Dropping it ends its nodes.
pub(in crate::event_log) struct Cluster {
    pub shared: Arc<Shared>,
    nodes: Vec<Node>,
}

impl Cluster {
    /// A cluster of so many nodes, whose first leads. On a runtime.
    pub fn start(nodes: usize) -> Self {
        Self::start_with(nodes, None)
    }

    /// The same, where every call must have this `authorization` header.
    pub fn start_with(nodes: usize, authorization: Option<&'static str>) -> Self {
        let listeners: Vec<_> = (0..nodes).map(|_| node::listen()).collect();
        let shared = Arc::new(Shared {
            store: Store::new(),
            faults: Faults::none(),
            leader: AtomicUsize::new(0),
            authorization,
            addresses: listeners.iter().map(|(_, address)| *address).collect(),
        });
        let started = listeners.into_iter().enumerate();
        let nodes = started
            .map(|(place, (listener, _))| Node::start(shared.clone(), place, listener))
            .collect();
        Self { shared, nodes }
    }

    /// The connection string of all nodes.
    pub fn address(&self) -> String {
        let hosts: Vec<_> = self
            .shared
            .addresses
            .iter()
            .map(ToString::to_string)
            .collect();
        Self::connection_string("", &hosts.join(","))
    }

    /// The connection string of one node, with a user before the host.
    pub fn address_of(&self, place: usize, user: &str) -> String {
        Self::connection_string(user, &self.shared.addresses[place].to_string())
    }

    fn connection_string(user: &str, hosts: &str) -> String {
        format!("kurrentdb://{user}{hosts}?tls=false&discoveryInterval=5")
    }

    /// Lets another node lead.
    pub fn lead(&self, place: usize) {
        self.shared.leader.store(place, Ordering::SeqCst);
    }

    /// Cuts every connection of a node.
    pub fn cut(&self, place: usize) {
        self.nodes[place].cut();
    }

    /// Ends a node for good: its connections are cut, and no new one is taken.
    pub fn end(&self, place: usize) {
        self.nodes[place].end();
    }
}

impl Shared {
    fn leader(&self) -> usize {
        self.leader.load(Ordering::SeqCst)
    }
}
