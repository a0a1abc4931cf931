//! Opening: the ledger founded where there is none, the caches brought up to the log, the threads.
//!
//! Where a cache belongs to another log, or to this log before a backup was restored, it is
//! dropped and folded anew.

use std::sync::Arc;
use std::thread::JoinHandle;

use uuid::Uuid;

use super::contact::Contact;
use super::content_cache::{ContentCache, OpenNodes};
use super::error::{LedgerError, Outcome};
use super::feed::Feed;
use super::first_events::{found, founded};
use super::folds::Folds;
use super::hall::Hall;
use super::progress::Board;
use super::reads::LongReads;
use super::slots::States;
use super::tasks::Jobs;
use super::turns::Turns;
use super::uses::Uses;
use super::{Inner, Ledger, tasks, uses};
use crate::clock::Clock;
use crate::content::Checkpoint;
use crate::digest::Digest;
use crate::domain::ids::{EventId, LedgerId, Position};
use crate::event_log::EventLog;
use crate::key_store::KeyStore;
use crate::views::{ViewWriter, Views};
use tokio_util::sync::CancellationToken;

/// What a ledger is made of.
pub struct Parts {
    /// The log.
    pub log: Arc<dyn EventLog>,
    /// Opens the content cache's store.
    pub open_nodes: OpenNodes,
    /// The views, to read.
    pub views: Views,
    /// The views, to write.
    pub view_writer: ViewWriter,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// This node's name, the same after a restart.
    pub node: Arc<str>,
    /// The secrets that must be had in clear.
    pub keys: Arc<dyn KeyStore>,
    /// Where the secret keys of pairs come from.
    pub pairs: PairSecrets,
    /// Whether it takes up tasks and notes uses; else it only folds.
    pub works: bool,
}

/// Where the secret keys of pairs come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairSecrets {
    /// The key store of this node, which keeps them sealed.
    Kept,
    /// The sealing key that all nodes were given: each can derive them.
    Derived,
    /// Nowhere: the nodes of this log were given no sealing key, so none is issued.
    Unshared,
}

/// What is written when the log is still empty.
#[derive(Debug, Clone, Copy)]
pub struct Founding {
    /// The hash of the first admin key.
    pub admin_key: Digest,
}

/// An open ledger with what works in it.
pub struct House {
    /// The ledger.
    pub ledger: Ledger,
    /// Whether the ledger was founded by this opening.
    pub is_founder: bool,
    folding: JoinHandle<Outcome<()>>,
    working: Vec<tokio::task::JoinHandle<()>>,
    stop: CancellationToken,
    fallen: CancellationToken,
}

impl House {
    /// Founds the ledger if its log is empty, brings the caches up to the log, and sets the folds
    /// and the task runner to work. `told` hears how far the catching up is: position, head.
    pub async fn open(
        mut parts: Parts,
        founding: Founding,
        told: &mut (dyn FnMut(Position, Position) + Send),
    ) -> Outcome<Self> {
        let is_new = parts.log.head() == Position::START;
        let is_founder = is_new && found(&*parts.log, &*parts.clock, founding).await?;
        let founded = founded(&*parts.log)?;
        drop_foreign_views(&mut parts, founded.ledger)?;
        let (log, ledger) = (parts.log.clone(), founded.ledger);
        let is_of = |found: &Checkpoint| {
            let event = EventId(Uuid::from_bytes(found.event));
            let of = LedgerId(Uuid::from_bytes(found.ledger));
            is_of(&*parts.log, ledger, (of, Position(found.position), event))
        };
        let content = Arc::new(ContentCache::open(parts.open_nodes, log, ledger, is_of)?);
        let board = Arc::new(Board::new(parts.clock.clone()));
        let feed = Feed::new();
        let states = Arc::new(States::bounded());
        let mut folds = Folds {
            log: parts.log.clone(),
            content: content.clone(),
            views: parts.view_writer,
            feed: feed.clone(),
            board: board.clone(),
            overtaken: parts.log.is_shared().then(|| states.clone()),
        };
        folds.catch_up(told)?;
        let (jobs, taken) = Jobs::new();
        let (uses, used) = Uses::new();
        let (log, views) = (parts.log.clone(), parts.views.clone());
        let contact = Arc::new(Contact::new(
            log.clone(),
            views.clone(),
            parts.clock.clone(),
        ));
        let hall = Hall::new(log, views, parts.clock, contact.clone(), states);
        let (stop, fallen) = (CancellationToken::new(), CancellationToken::new());
        let inner = Inner {
            id: founded.ledger,
            default_project: founded.default_project,
            node: parts.node,
            log: parts.log,
            views: parts.views,
            hall,
            content,
            board,
            feed,
            jobs,
            watching: Arc::default(),
            fallen: fallen.clone(),
            commits: Turns::default(),
            imports: Turns::default(),
            long_reads: LongReads::new(),
            keys: parts.keys,
            pairs: parts.pairs,
            contact,
            uses,
        };
        let ledger = Ledger {
            inner: Arc::new(inner),
        };
        let runtime = tokio::runtime::Handle::current();
        let (asked, fell) = (stop.clone(), fallen.clone());
        let folding = std::thread::Builder::new()
            .name("folds".to_owned())
            .spawn(move || {
                let ended = folds.follow(&runtime, &asked);
                if let Err(fault) = &ended {
                    tracing::error!(%fault, "the folds stopped: this node can serve no more");
                }
                fell.cancel();
                ended
            })
            .map_err(|fault| LedgerError::Fault(format!("no thread for the folds: {fault}")))?;
        // Where that fails the house opens all the same, and answers once it has heard of the log.
        if let Err(fault) = ledger.catch_up().await {
            tracing::warn!(%fault, "this node could not catch up with the log");
        }
        let mut working = vec![tokio::spawn(keep_up(ledger.clone(), stop.clone()))];
        if parts.works {
            working.push(tokio::spawn(tasks::run(
                ledger.clone(),
                taken,
                stop.clone(),
            )));
            working.push(tokio::spawn(uses::note(ledger.clone(), used, stop.clone())));
        }
        Ok(Self {
            ledger,
            is_founder,
            folding,
            working,
            stop,
            fallen,
        })
    }

    /// Resolves when the house must be left: the folds have stopped.
    pub async fn fallen(&self) {
        self.fallen.cancelled().await;
    }

    /// Stops the task runner and the folds. What they leave, the next start goes on with. The
    /// content cache is in its file then; the log closes with the last handle to the ledger.
    pub async fn close(self) -> Outcome<()> {
        self.stop.cancel();
        for working in self.working {
            if let Err(fault) = working.await {
                tracing::error!(%fault, "a task of the house broke off");
            }
        }
        let folding = self.folding;
        let content = self.ledger.inner.content.clone();
        let log = self.ledger.inner.log.clone();
        let ending = move || {
            log.close();
            let folded = folding.join();
            let folded =
                folded.map_err(|_| LedgerError::Fault("the folds broke off".to_owned()))?;
            folded.and(content.flush())
        };
        tokio::task::spawn_blocking(ending)
            .await
            .map_err(|fault| LedgerError::Fault(fault.to_string()))?
    }
}

async fn keep_up(ledger: Ledger, stop: CancellationToken) {
    ledger.inner.contact.keep(&stop).await;
}

/// Drops the views when their checkpoint is not an event of this log.
fn drop_foreign_views(parts: &mut Parts, ledger: LedgerId) -> Outcome<()> {
    let Some(found) = parts.views.checkpoint()? else {
        return Ok(());
    };
    if !is_of(
        &*parts.log,
        ledger,
        (found.ledger, found.position, found.event),
    )? {
        tracing::warn!("views.db belongs to another log; it is rebuilt");
        parts.view_writer.reset()?;
    }
    Ok(())
}

/// Whether a checkpoint is an event of this log.
fn is_of(
    log: &dyn EventLog,
    ledger: LedgerId,
    (of, position, event): (LedgerId, Position, EventId),
) -> Outcome<bool> {
    let found = log.read_all(position, 1)?;
    let is_there = found
        .first()
        .is_some_and(|recorded| recorded.position == position && recorded.id == event);
    Ok(of == ledger && is_there)
}
