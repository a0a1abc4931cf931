//! The content cache: the fold of every commit in the log into nodes of the tree.
//!
//! What a command computed is handed over and kept here once its event is in the log; what was not
//! is computed again from the log. A node that is missing or wrong when read is rebuilt from the
//! log, and counted. Never the truth: the file may be deleted at any time.

mod repair;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::applying::{apply, staged_edits};
use super::error::{LedgerError, Outcome};
use crate::content::{Checkpoint, Fault, Grown, KeptNodes, NewNode, NodeStore, empty_root, totals};
use crate::digest::Digest;
use crate::domain::Event;
use crate::domain::event::ItemsCommitted;
use crate::domain::ids::{DatasetId, LedgerId, Position};
use crate::event_log::{EventLog, Recorded};
use crate::views::Fact;

/// After so many events without a commit the checkpoint is moved on, so that a restart does not
/// read them again.
const CHECKPOINT_EVENTS: u64 = 10_000;

/// What a commit comes to: its base and its result.
type Step = (DatasetId, Digest, Digest);

/// Opens the store of nodes; given `true` it drops what is there first.
pub type OpenNodes = Box<dyn Fn(bool) -> Result<Arc<dyn KeptNodes>, Fault> + Send + Sync>;

/// The cache.
pub(super) struct ContentCache {
    nodes: RwLock<Arc<dyn KeptNodes>>,
    open: OpenNodes,
    log: Arc<dyn EventLog>,
    ledger: LedgerId,
    prepared: Mutex<HashMap<Step, Grown>>,
    folded: AtomicU64,
    /// The position of the checkpoint in the file.
    kept: AtomicU64,
    repairing: Mutex<()>,
    repairs: AtomicU64,
}

impl ContentCache {
    /// Opens the cache. One that belongs to another log, as `is_of` tells of its checkpoint, is
    /// begun anew.
    pub fn open(
        open: OpenNodes,
        log: Arc<dyn EventLog>,
        ledger: LedgerId,
        is_of: impl FnOnce(&Checkpoint) -> Outcome<bool>,
    ) -> Outcome<Self> {
        let mut nodes = open(false).or_else(|fault| {
            tracing::warn!(%fault, "content.db is dropped and rebuilt");
            open(true)
        })?;
        let mut checkpoint = nodes.checkpoint()?;
        if let Some(found) = &checkpoint
            && !is_of(found)?
        {
            tracing::warn!("content.db belongs to another log; it is dropped and rebuilt");
            drop(nodes);
            nodes = open(true)?;
            checkpoint = None;
        }
        let position = checkpoint.map_or(0, |checkpoint| checkpoint.position);
        Ok(Self {
            nodes: RwLock::new(nodes),
            open,
            log,
            ledger,
            prepared: Mutex::default(),
            folded: AtomicU64::new(position),
            kept: AtomicU64::new(position),
            repairing: Mutex::default(),
            repairs: AtomicU64::new(0),
        })
    }

    /// The last position whose content is here for certain.
    pub fn position(&self) -> Position {
        Position(self.folded.load(Ordering::Acquire))
    }

    /// How often something missing or damaged was rebuilt from the log.
    pub fn repairs(&self) -> u64 {
        self.repairs.load(Ordering::Relaxed)
    }

    /// Waits until everything taken up is in the file.
    pub fn flush(&self) -> Outcome<()> {
        Ok(self.nodes().flush()?)
    }

    /// Keeps what a command computed until its event comes by. The hand-over ends when the
    /// returned guard is dropped.
    pub fn hand_over(self: &Arc<Self>, dataset: DatasetId, base: Digest, grown: Grown) -> Handed {
        let step = (dataset, base, grown.root);
        self.prepared().insert(step, grown);
        Handed {
            cache: self.clone(),
            step,
        }
    }

    /// Reads from the nodes; what is missing or damaged is rebuilt from the log: first the
    /// dataset's nodes, and where that does not help, the whole file.
    pub fn read<T>(
        &self,
        dataset: DatasetId,
        read: impl Fn(&dyn NodeStore) -> Result<T, Fault>,
    ) -> Outcome<T> {
        let again = || read(&*self.nodes());
        let is_whole = || again().is_ok();
        let mut fault = match again() {
            Ok(found) => return Ok(found),
            Err(fault) => fault,
        };
        if matches!(fault, Fault::Missing(_) | Fault::Damaged(_)) {
            if let Err(error) = self.repair(dataset, &fault, is_whole) {
                tracing::warn!(dataset.id = %dataset, %error, "its content cannot be repaired");
            }
            fault = match again() {
                Ok(found) => return Ok(found),
                Err(left) => left,
            };
        }
        match fault {
            Fault::Missing(_) | Fault::Damaged(_) | Fault::Corrupt(_) => {
                self.rebuild_file(&fault, is_whole)?;
            }
            Fault::Storage(_) => return Err(fault.into()),
        }
        Ok(again()?)
    }

    /// Makes sure that a version's tree can be read, at least at its root: a diff between two
    /// datasets reads the nodes of both, but mends those of one.
    pub fn ensure(&self, dataset: DatasetId, root: Digest) -> Outcome<()> {
        self.read(dataset, |nodes| totals(nodes, root)).map(|_| ())
    }

    /// Takes events up in order. Everything before them must have been taken up.
    pub fn fold(&self, facts: &[Fact]) -> Outcome<()> {
        for fact in facts {
            if let Event::ItemsCommitted(committed) = &fact.event {
                let mut grown = match self.take_prepared(committed) {
                    Some(grown) => grown,
                    None => self.grown(committed)?,
                };
                let chunks = committed
                    .chunks
                    .iter()
                    .map(|range| range.count)
                    .sum::<u64>();
                let first_chunk = fact.recorded.position.0 - chunks;
                grown.settle(|ordinal| first_chunk + ordinal);
                self.keep(&grown.nodes, &fact.recorded)?;
                let position = fact.recorded.position.0;
                self.folded.store(position, Ordering::Release);
            }
        }
        let Some(last) = facts.last() else {
            return Ok(());
        };
        let due = self.kept.load(Ordering::Relaxed) + CHECKPOINT_EVENTS;
        if last.recorded.position.0 >= due {
            self.keep(&[], &last.recorded)?;
        }
        self.folded
            .store(last.recorded.position.0, Ordering::Release);
        Ok(())
    }

    /// Keeps nodes. A file that is found broken only now, when it is written, is begun anew: all
    /// that was taken up before comes from the log again.
    fn keep(&self, nodes: &[NewNode], recorded: &Recorded) -> Outcome<()> {
        let checkpoint = self.checkpoint(recorded);
        let insert = || self.nodes().insert(nodes, Some(&checkpoint));
        match insert() {
            Ok(()) => {}
            Err(fault @ Fault::Corrupt(_)) => {
                self.rebuild_file(&fault, || self.flush().is_ok())?;
                insert()?;
            }
            Err(fault @ (Fault::Missing(_) | Fault::Damaged(_) | Fault::Storage(_))) => {
                return Err(fault.into());
            }
        }
        self.kept.store(checkpoint.position, Ordering::Relaxed);
        Ok(())
    }

    fn nodes(&self) -> Arc<dyn KeptNodes> {
        self.nodes
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn checkpoint(&self, recorded: &Recorded) -> Checkpoint {
        Checkpoint {
            ledger: *self.ledger.0.as_bytes(),
            position: recorded.position.0,
            event: *recorded.id.0.as_bytes(),
        }
    }

    fn prepared(&self) -> std::sync::MutexGuard<'_, HashMap<Step, Grown>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_prepared(&self, committed: &ItemsCommitted) -> Option<Grown> {
        let step = (committed.dataset, committed.root_before, committed.root);
        self.prepared().remove(&step)
    }

    /// Computes a commit again from its staged chunks, and checks it against the recorded root.
    fn grown(&self, committed: &ItemsCommitted) -> Outcome<Grown> {
        let edits = staged_edits(&*self.log, committed.dataset, &committed.chunks)?;
        let grown = self.read(committed.dataset, |nodes| {
            apply(nodes, committed.root_before, committed.mode, &edits)
        })?;
        if grown.root != committed.root {
            return Err(LedgerError::Fault(format!(
                "dataset {}: its items come to root {}, but the log recorded {}",
                committed.dataset, grown.root, committed.root
            )));
        }
        Ok(grown)
    }
}

/// The content root of a dataset that has no items.
pub(super) fn no_items() -> Digest {
    empty_root()
}

/// A hand-over that has not been taken; dropping it takes it back.
pub(super) struct Handed {
    cache: Arc<ContentCache>,
    step: Step,
}

impl Drop for Handed {
    fn drop(&mut self) {
        self.cache.prepared().remove(&self.step);
    }
}
