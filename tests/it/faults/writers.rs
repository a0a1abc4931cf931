//! Clients that write: each wants one thing after the other, and asks at another node when one
//! does not answer, with the same key, until it knows what came of it.
//!
//! What they want is chosen by chance, within bounds that keep datasets and names few, so that
//! they get in each other's way.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::asking::{ask, asker};
use super::deeds::{Deed, Items};
use super::history::{Call, Done, History, Outcome, Try};
use super::large::half_a_body;
use crate::harness::{Random, position};

/// How long a client goes on asking for one thing.
const CALL_MAX: Duration = Duration::from_secs(60);
/// Names of snapshots, in every dataset, and of datasets.
const NAMES: u64 = 12;
/// Different items of a dataset that are committed.
const ITEMS: u64 = 40;
/// Items of an upload.
const IMPORTED_MAX: u64 = 300;
/// Snapshots that clients remember, the newest.
const SNAPSHOTS_MAX: usize = 40;
/// The longest pause between two things that a client wants, in milliseconds.
const PAUSE_MS_MAX: u64 = 40;

/// What all clients of a story have in common: where they ask, and what they know.
pub struct Clients {
    /// The addresses of the nodes, which stay.
    pub nodes: Vec<String>,
    /// What was done and seen.
    pub history: Arc<History>,
    known: Mutex<Known>,
}

/// What was made and acknowledged.
#[derive(Default)]
struct Known {
    datasets: Vec<String>,
    snapshots: Vec<Snapshot>,
    versions: HashMap<String, u64>,
}

#[derive(Clone)]
struct Snapshot {
    dataset: String,
    id: String,
}

/// A client that writes.
pub struct Writer {
    clients: Arc<Clients>,
    /// Whether the others hear of what it makes.
    is_discreet: bool,
    http: reqwest::Client,
    random: Random,
}

impl Clients {
    /// Clients who know nothing yet.
    pub fn of(nodes: Vec<String>) -> Arc<Self> {
        Arc::new(Self {
            nodes,
            history: Arc::new(History::begin()),
            known: Mutex::default(),
        })
    }

    /// A dataset, of those that are known.
    pub fn dataset(&self, random: &mut Random) -> String {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        chosen(&known.datasets, random).clone()
    }

    fn learn(&self, deed: &Deed, done: &Done) {
        let made = |pointer: &str| made(&done.made, pointer);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match deed {
            Deed::CreateDataset { .. } | Deed::Clone { .. } => {
                known.datasets.push(made("/dataset/id"));
            }
            Deed::CreateSnapshot { dataset, .. } => {
                if known.snapshots.len() == SNAPSHOTS_MAX {
                    known.snapshots.remove(0);
                }
                known.snapshots.push(Snapshot {
                    dataset: dataset.clone(),
                    id: made("/snapshot/id"),
                });
            }
            Deed::Commit { dataset, .. } | Deed::Import { dataset, .. } => {
                known.versions.insert(dataset.clone(), done.position);
            }
            Deed::RenameSnapshot { .. } | Deed::DeleteSnapshot { .. } | Deed::Restore { .. } => {}
        }
    }
}

/// An id that was made.
pub fn made(made: &Value, pointer: &str) -> String {
    let id = made.pointer(pointer).and_then(Value::as_str);
    id.unwrap_or_else(|| panic!("no {pointer} in {made}"))
        .to_owned()
}

fn chosen<'a, T>(among: &'a [T], random: &mut Random) -> &'a T {
    &among[random.below(among.len() as u64) as usize]
}

impl Writer {
    /// One more client.
    pub fn new(clients: &Arc<Clients>, random: Random) -> Self {
        Self {
            clients: clients.clone(),
            is_discreet: false,
            http: asker(),
            random,
        }
    }

    /// One whose datasets the others do not hear of.
    pub fn discreet(clients: &Arc<Clients>, random: Random) -> Self {
        Self {
            is_discreet: true,
            ..Self::new(clients, random)
        }
    }

    /// Does one thing after the other until it is told to stop; what is begun then, it ends.
    pub async fn write_until(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let deed = self.choose();
            self.perform(deed).await;
            let pause = Duration::from_millis(self.random.below(PAUSE_MS_MAX));
            tokio::time::sleep(pause).await;
        }
    }

    /// A number, by chance.
    pub fn chance(&mut self) -> u64 {
        self.random.next()
    }

    /// Asks for something that must be done.
    pub async fn must(&mut self, deed: Deed) -> Done {
        let shown = format!("{deed:?}");
        let done = self.perform(deed).await;
        done.unwrap_or_else(|| panic!("not done: {shown}"))
    }

    /// Begins an upload at a node with a body that never ends, and notes that nobody knows what
    /// came of it. It goes on for as long as the answer lives.
    pub fn begin_endless(&mut self, node: usize, deed: Deed) -> JoinSet<()> {
        let mut call = self.fresh_call(deed);
        let address = &self.clients.nodes[node];
        let request = call.deed.request(&self.http, address, call.id);
        let mut going_on = JoinSet::new();
        let sending = request.body(half_a_body()).send();
        going_on.spawn(async move {
            // Whatever it is told, it has given up.
            let _ = sending.await;
        });
        let now = self.clients.history.now();
        call.tries.push(Try {
            node,
            began: now,
            ended: now,
            outcome: Outcome::Unknown("it never ends".to_owned()),
        });
        self.clients.history.note(call);
        going_on
    }

    /// Asks one node for something, once, and notes what came of it.
    pub async fn perform_at(&mut self, node: usize, deed: Deed) -> Option<Done> {
        let mut call = self.fresh_call(deed);
        call.tries.push(self.try_at(node, &call).await);
        let done = call.done().cloned();
        self.clients.history.note(call);
        done
    }

    /// Asks for something until it is told what came of it, and notes it all.
    pub async fn perform(&mut self, deed: Deed) -> Option<Done> {
        let mut call = self.fresh_call(deed);
        let began = self.clients.history.now();
        let mut done = None;
        while done.is_none() && self.clients.history.now() - began < CALL_MAX {
            let asked = self.try_somewhere(&call).await;
            let outcome = asked.outcome.clone();
            call.tries.push(asked);
            match outcome {
                Outcome::Done(what) => {
                    if !self.is_discreet {
                        self.clients.learn(&call.deed, &what);
                    }
                    done = Some(what);
                }
                Outcome::Refused(_) => break,
                Outcome::Unknown(_) => {
                    let pause = PAUSE_MS_MAX + self.random.below(4 * PAUSE_MS_MAX);
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
            }
        }
        // Some forget that they were answered, and ask once more.
        if done.is_some() && self.random.below(8) == 0 {
            let again = self.try_somewhere(&call).await;
            call.tries.push(again);
        }
        self.clients.history.note(call);
        done
    }

    async fn try_somewhere(&mut self, call: &Call) -> Try {
        let node = self.random.below(self.clients.nodes.len() as u64) as usize;
        self.try_at(node, call).await
    }

    async fn try_at(&self, node: usize, call: &Call) -> Try {
        let address = &self.clients.nodes[node];
        let request = call.deed.request(&self.http, address, call.id);
        let history = &self.clients.history;
        let began = history.now();
        let outcome = match ask(request).await.without_answer() {
            Ok(body) => Outcome::Done(told(&call.deed, &body)),
            Err(outcome) => outcome,
        };
        let ended = history.now();
        if let Outcome::Done(done) = &outcome {
            history.acknowledge(done.position);
        }
        Try {
            node,
            began,
            ended,
            outcome,
        }
    }

    fn fresh_call(&mut self, deed: Deed) -> Call {
        let bytes = (u128::from(self.random.next()) << 64) | u128::from(self.random.next());
        Call {
            id: uuid::Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid(),
            deed,
            tries: Vec::new(),
        }
    }

    /// Something to want.
    fn choose(&mut self) -> Deed {
        let random = &mut self.random;
        let known = self.clients.known.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        let dataset = chosen(&known.datasets, random).clone();
        let name = |random: &mut Random, of| format!("{of} {}", random.below(NAMES));
        let kind = random.below(100);
        if kind < 50 {
            return commit(dataset, &known.versions, random);
        }
        if kind < 70 || known.snapshots.is_empty() {
            let name = name(random, "snapshot");
            return Deed::CreateSnapshot { dataset, name };
        }
        let Snapshot {
            dataset: source,
            id: snapshot,
        } = chosen(&known.snapshots, random).clone();
        match kind {
            70..80 => Deed::RenameSnapshot {
                dataset: source,
                snapshot,
                name: name(random, "snapshot"),
            },
            80..86 => Deed::DeleteSnapshot {
                dataset: source,
                snapshot,
            },
            86..94 => Deed::Restore {
                dataset: source,
                snapshot,
            },
            94..96 => Deed::Clone {
                source,
                snapshot,
                name: name(random, "dataset"),
            },
            96 => Deed::CreateDataset {
                name: name(random, "dataset"),
            },
            _upload => Deed::Import {
                dataset,
                items: 1 + random.below(IMPORTED_MAX),
                edition: random.below(1_000) as u32,
            },
        }
    }
}

/// A commit; some only if nobody else has committed since the client looked.
fn commit(dataset: String, versions: &HashMap<String, u64>, random: &mut Random) -> Deed {
    let count = 1 + random.below(5);
    let puts = (0..count).map(|_| (random.below(ITEMS), random.below(1_000) as u32));
    let puts: Items = puts.collect();
    let deletes = (0..random.below(3)).map(|_| random.below(ITEMS));
    let deletes = deletes.collect::<BTreeSet<u64>>().into_iter();
    let deletes = deletes
        .filter(|number| !puts.contains_key(number))
        .collect();
    let if_version = match random.below(4) {
        0 => versions.get(&dataset).copied(),
        _unconditional => None,
    };
    Deed::Commit {
        dataset,
        puts,
        deletes,
        if_version,
    }
}

/// What an acknowledgement says.
fn told(deed: &Deed, body: &Value) -> Done {
    let told = match deed {
        Deed::Import { .. } => body,
        Deed::CreateDataset { .. }
        | Deed::Commit { .. }
        | Deed::CreateSnapshot { .. }
        | Deed::RenameSnapshot { .. }
        | Deed::DeleteSnapshot { .. }
        | Deed::Restore { .. }
        | Deed::Clone { .. } => &body["data"]["done"],
    };
    Done {
        position: position(&told["xactId"]),
        made: told.clone(),
    }
}
