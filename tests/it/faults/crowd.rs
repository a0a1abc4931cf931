//! All clients of a story at work at once: begun, told to end, and judged by what they were told.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::answers::{answers, exports, unfinished};
use super::checks::{Evidence, judge, same};
use super::clients::Clients;
use super::deeds::Deed;
use super::figures::Figures;
use super::followers::{Transport, Wish, follow_until};
use super::history::Followed;
use super::log::log_of;
use super::readers::read_until;
use super::writers::Writer;
use crate::harness::{PAUSE, Random, Server, position, within};

/// Clients of each kind.
const WRITERS: usize = 6;
const READERS: usize = 2;
/// Datasets that there are from the beginning.
const DATASETS: usize = 3;
/// What some followers leave out all else for.
const SOME_EVENTS: [&str; 3] = ["SnapshotCreated", "SnapshotRestored", "TaskCompleted"];

/// Clients at work.
pub struct Crowd {
    /// What they have in common.
    pub clients: Arc<Clients>,
    busy: Vec<JoinHandle<()>>,
    following: Vec<JoinHandle<Followed>>,
    stop: CancellationToken,
    end: watch::Sender<Option<u64>>,
}

/// What is left of the clients when they have ended.
pub struct Testimony {
    /// What they have in common.
    pub clients: Arc<Clients>,
    /// What each follower was told.
    pub followed: Vec<Followed>,
}

impl Crowd {
    /// Sets all clients to work on these nodes, which are ready.
    pub async fn begin(nodes: Vec<String>, random: &mut Random) -> Self {
        let clients = Clients::of(nodes);
        let mut first = Writer::new(&clients, random.another());
        for number in 0..DATASETS {
            let name = format!("dataset {number}");
            let made = first.perform(Deed::CreateDataset { name }).await;
            made.expect("a dataset to begin with");
        }
        let stop = CancellationToken::new();
        let writers = (0..WRITERS).map(|_| {
            let writer = Writer::new(&clients, random.another());
            tokio::spawn(writer.write_until(stop.clone()))
        });
        let mut busy: Vec<_> = writers.collect();
        busy.extend((0..READERS).map(|_| {
            let reading = read_until(clients.clone(), random.another(), stop.clone());
            tokio::spawn(reading)
        }));
        let (end, ends) = watch::channel(None);
        let following = wishes().map(|wish| {
            let following = follow_until(clients.clone(), wish, random.another(), ends.clone());
            tokio::spawn(following)
        });
        Self {
            following: following.collect(),
            clients,
            busy,
            stop,
            end,
        }
    }

    /// Waits until anything is acknowledged that has a place after this one.
    pub async fn acknowledged_after(&self, place: u64) {
        within("an acknowledgement", async {
            while self.clients.history.acknowledged() <= place {
                tokio::time::sleep(PAUSE).await;
            }
        })
        .await;
    }

    /// Tells all clients to end, and waits until they have; the followers when they have come to
    /// the end of what there is.
    pub async fn end(self, servers: &[&Server]) -> Testimony {
        self.stop.cancel();
        for client in within("the clients' end", join_all(self.busy)).await {
            client.expect("a client does not panic");
        }
        let head = within("quiet", quiet(servers)).await;
        self.end.send_replace(Some(head));
        let followed = within("the followers' end", join_all(self.following)).await;
        let followed = followed.into_iter().map(|it| it.expect("no panic"));
        Testimony {
            clients: self.clients,
            followed: followed.collect(),
        }
    }
}

/// Over either transport, everything and some of it.
fn wishes() -> impl Iterator<Item = Wish> {
    let some = SOME_EVENTS.map(str::to_owned).to_vec();
    let wishes = [Transport::Socket, Transport::Events]
        .map(|transport| [None, Some(some.clone())].map(|wanted| Wish { transport, wanted }));
    wishes.into_iter().flatten()
}

/// Waits until no task runs and all nodes show the same end of the log; answers that.
async fn quiet(servers: &[&Server]) -> u64 {
    let mut before = 0;
    loop {
        let mut heads = Vec::new();
        let mut at_work = 0;
        for server in servers {
            let found = server.ask("{ ledger { viewPosition } }", serde_json::json!({}));
            heads.push(position(&found.await["ledger"]["viewPosition"]));
            at_work += unfinished(server).await;
        }
        let head = heads[0];
        if at_work == 0 && head == before && heads.iter().all(|other| *other == head) {
            return head;
        }
        before = head;
        tokio::time::sleep(PAUSE * 5).await;
    }
}

impl Testimony {
    /// Judges what the clients were told by what these servers have now, all there is of it.
    pub async fn judge(&self, servers: &[&Server]) -> Figures {
        let evidence = Evidence {
            log: log_of(servers[0]).await,
            calls: self.clients.history.calls(),
            reads: self.clients.history.reads(),
            followed: self.followed.clone(),
        };
        let model = kept("what was told", judge(&evidence));
        let expected = answers(servers[0]).await;
        for (node, server) in servers.iter().enumerate() {
            let told = answers(server).await;
            kept(&format!("node {node}"), same::check(&told, &expected));
            let exported = exports(server).await;
            let items = same::check_items(&model, &exported);
            kept(&format!("the items of node {node}"), items);
        }
        Figures::of(&evidence)
    }
}

/// Fails with what a check found.
fn kept<T>(what: &str, checked: Result<T, String>) -> T {
    checked.unwrap_or_else(|why| panic!("{what}: {why}"))
}
