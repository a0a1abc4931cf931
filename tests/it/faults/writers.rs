//! Clients that write: each wants one thing after the other, and asks at another node when one
//! does not answer, with the same key, until it knows what came of it.
//!
//!
//! Says nothing of what is right: it notes what it was told.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::asking::{ask, asker};
use super::clients::Clients;
use super::deeds::Deed;
use super::history::{Call, Done, Outcome, Try};
use super::large::half_a_body;
use crate::harness::{Random, position};

/// How long a client goes on asking for one thing.
const CALL_MAX: Duration = Duration::from_secs(60);
/// The longest pause between two things that a client wants, in milliseconds.
const PAUSE_MS_MAX: u64 = 40;

/// A client that writes.
pub struct Writer {
    clients: Arc<Clients>,
    /// Whether the others hear of what it makes.
    is_discreet: bool,
    http: reqwest::Client,
    random: Random,
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
            let deed = self.clients.choose(&mut self.random);
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

    /// Asks one node for something until it says what came of it, and notes it all.
    pub async fn perform_at(&mut self, node: usize, deed: Deed) -> Option<Done> {
        self.ask_for(deed, Some(node)).await
    }

    /// Asks for something until it is told what came of it, and notes it all.
    pub async fn perform(&mut self, deed: Deed) -> Option<Done> {
        self.ask_for(deed, None).await
    }

    /// Asks this node, or any.
    async fn ask_for(&mut self, deed: Deed, node: Option<usize>) -> Option<Done> {
        let mut call = self.fresh_call(deed);
        let began = self.clients.history.now();
        let mut done = None;
        while done.is_none() && self.clients.history.now() - began < CALL_MAX {
            let asked = self.try_at(node, &call).await;
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
            let again = self.try_at(None, &call).await;
            call.tries.push(again);
        }
        self.clients.history.note(call);
        done
    }

    async fn try_at(&mut self, node: Option<usize>, call: &Call) -> Try {
        let any = self.random.below(self.clients.nodes.len() as u64) as usize;
        let node = node.unwrap_or(any);
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
