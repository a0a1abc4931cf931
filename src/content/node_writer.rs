//! The writer of a node file: one thread that stores what it is given, in order, a little later.
//!
//! So no commit waits for its nodes: until they are in the file they are found here. What a crash
//! takes is folded from the log again, as the checkpoint in the file says. It must never store a
//! later batch without those before it: after a fault it stores nothing more.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, params};

use super::node::{NewNode, Node};
use super::sqlite::fault;
use super::store::{Checkpoint, Fault};
use super::stored::encode;
use crate::digest::Digest;

/// Whoever gives more waits while so many bytes of nodes are not in the file yet.
const WAITING_BYTES_MAX: usize = 64 << 20;

/// How nodes meet those that are stored under their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    /// What is stored stays.
    Keep,
    /// What is stored is written over.
    Replace,
}

/// What becomes one transaction.
pub(super) struct Batch {
    pub nodes: Vec<NewNode>,
    pub meeting: Meeting,
    pub checkpoint: Option<Checkpoint>,
}

/// The writer. Dropping it stores what waits, and closes the file.
pub(super) struct NodeWriter {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    /// In the order in which they were given; the first may be on its way.
    batches: VecDeque<Arc<Batch>>,
    /// The nodes of all of them.
    nodes: HashMap<Digest, Arc<Node>>,
    bytes: usize,
    fault: Option<Fault>,
    closing: bool,
}

impl NodeWriter {
    /// Starts the thread that owns this connection.
    pub fn start(connection: Connection) -> Result<Self, Fault> {
        let shared = Arc::new(Shared::default());
        let of_thread = shared.clone();
        let thread = std::thread::Builder::new()
            .name("node-writer".to_owned())
            .spawn(move || of_thread.run(connection))
            .map_err(|fault| Fault::Storage(fault.to_string()))?;
        let thread = Some(thread);
        Ok(Self { shared, thread })
    }

    /// Takes a batch, once there is room for it. A fault may be that of an earlier batch.
    pub fn give(&self, batch: Batch) -> Result<(), Fault> {
        let is_full =
            |waiting: &mut Waiting| waiting.fault.is_none() && waiting.bytes > WAITING_BYTES_MAX;
        let mut waiting = self.shared.wait_while(is_full);
        if let Some(fault) = &waiting.fault {
            return Err(fault.clone());
        }
        waiting.bytes += batch.bytes();
        let nodes = batch.nodes.iter();
        waiting
            .nodes
            .extend(nodes.map(|node| (node.hash(), Arc::clone(node.node()))));
        waiting.batches.push_back(Arc::new(batch));
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Waits until everything that was given is in the file.
    pub fn flush(&self) -> Result<(), Fault> {
        let is_busy =
            |waiting: &mut Waiting| waiting.fault.is_none() && !waiting.batches.is_empty();
        let waiting = self.shared.wait_while(is_busy);
        waiting.fault.clone().map_or(Ok(()), Err)
    }

    /// A node that is not in the file yet.
    pub fn waiting(&self, hash: &Digest) -> Option<Arc<Node>> {
        self.shared.waiting().nodes.get(hash).cloned()
    }
}

impl Drop for NodeWriter {
    fn drop(&mut self) {
        self.shared.waiting().closing = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer of the content cache has crashed");
        }
    }
}

impl Shared {
    fn run(&self, mut connection: Connection) {
        loop {
            let is_idle = |waiting: &mut Waiting| waiting.batches.is_empty() && !waiting.closing;
            let next = self.wait_while(is_idle).batches.front().cloned();
            let Some(batch) = next else { return };
            let stored = store(&mut connection, &batch);
            let mut waiting = self.waiting();
            if let Err(fault) = stored {
                tracing::error!(%fault, "the content cache cannot be written");
                waiting.fault = Some(fault);
                self.changed.notify_all();
                return;
            }
            waiting.forget_first();
            drop(waiting);
            self.changed.notify_all();
        }
    }

    fn wait_while(&self, condition: impl FnMut(&mut Waiting) -> bool) -> MutexGuard<'_, Waiting> {
        self.changed
            .wait_while(self.waiting(), condition)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody can panic while holding it.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Forgets the batch that is in the file now; a node that a later one has too is there already.
    fn forget_first(&mut self) {
        let Some(batch) = self.batches.pop_front() else {
            return;
        };
        self.bytes -= batch.bytes();
        for node in &batch.nodes {
            self.nodes.remove(&node.hash());
        }
    }
}

impl Batch {
    fn bytes(&self) -> usize {
        self.nodes
            .iter()
            .map(|node| node.node().memory_bytes())
            .sum()
    }
}

fn store(connection: &mut Connection, batch: &Batch) -> Result<(), Fault> {
    let transaction = connection.transaction().map_err(fault)?;
    write_rows(&transaction, batch).map_err(fault)?;
    transaction.commit().map_err(fault)
}

fn write_rows(transaction: &Transaction<'_>, batch: &Batch) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(match batch.meeting {
        Meeting::Keep => "INSERT INTO nodes (hash, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        Meeting::Replace => {
            "INSERT INTO nodes (hash, body) VALUES (?1, ?2) \
             ON CONFLICT (hash) DO UPDATE SET body = excluded.body"
        }
    })?;
    let mut body = Vec::new();
    for node in &batch.nodes {
        body.clear();
        encode(node.node(), &mut body);
        statement.execute(params![&node.hash().as_bytes()[..], body])?;
    }
    if let Some(checkpoint) = &batch.checkpoint {
        let position = checkpoint.position.cast_signed();
        transaction.execute(
            "INSERT OR REPLACE INTO checkpoint (id, ledger, position, event) \
             VALUES (1, ?1, ?2, ?3)",
            params![checkpoint.ledger, position, checkpoint.event],
        )?;
    }
    Ok(())
}
