//! Founding and opening: the first events of a log, the caches brought up to it, the threads.
//!
//! Where a cache belongs to another log, or to this log before a backup was restored, it is
//! dropped and folded anew.

use std::sync::Arc;
use std::thread::JoinHandle;

use uuid::Uuid;

use super::content_cache::{ContentCache, OpenNodes};
use super::error::{LedgerError, Outcome};
use super::feed::Feed;
use super::folds::Folds;
use super::hall::Hall;
use super::progress::Board;
use super::reads::LongReads;
use super::tasks::Jobs;
use super::turns::Turns;
use super::uses::Uses;
use super::{Inner, Ledger, tasks, uses};
use crate::clock::Clock;
use crate::content::{Checkpoint, TreeParameters};
use crate::digest::Digest;
use crate::domain::Event;
use crate::domain::event::{ApiKeyIssued, LedgerFounded, ProjectCreated};
use crate::domain::ids::{ApiKeyId, EventId, LedgerId, Position, ProjectId, Stream};
use crate::domain::values::{Name, Role};
use crate::event_log::{Append, AppendFault, Context, EventLog, Expected, StreamAppend, record};
use crate::key_store::KeyStore;
use crate::views::{ViewWriter, Views};
use tokio_util::sync::CancellationToken;

/// The format of the log that this program writes.
const FORMAT: u32 = 1;
/// The name of the project that exists from the first start.
const DEFAULT_PROJECT: &str = "default";
/// Who founds a ledger.
const FOUNDER: &str = "snapledger";

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
    folding: JoinHandle<Outcome<()>>,
    working: tokio::task::JoinHandle<()>,
    noting: tokio::task::JoinHandle<()>,
    stop: CancellationToken,
    fallen: CancellationToken,
}

/// The facts of event 1.
struct Founded {
    ledger: LedgerId,
    default_project: ProjectId,
}

impl House {
    /// Whether the log has no event yet: its first start.
    pub fn is_new(log: &dyn EventLog) -> bool {
        log.head() == Position::START
    }

    /// Founds the ledger if its log is empty, brings the caches up to the log, and sets the folds
    /// and the task runner to work. `told` hears how far the catching up is: position, head.
    pub async fn open(
        mut parts: Parts,
        founding: Founding,
        told: &mut (dyn FnMut(Position, Position) + Send),
    ) -> Outcome<Self> {
        if Self::is_new(&*parts.log) {
            found(&*parts.log, &*parts.clock, founding).await?;
        }
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
        let mut folds = Folds {
            log: parts.log.clone(),
            content: content.clone(),
            views: parts.view_writer,
            feed: feed.clone(),
            board: board.clone(),
        };
        folds.catch_up(told)?;
        let (jobs, taken) = Jobs::new();
        let (uses, used) = Uses::new();
        let hall = Hall::new(parts.log.clone(), parts.views.clone(), parts.clock);
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
        let working = tokio::spawn(tasks::run(ledger.clone(), taken, stop.clone()));
        let noting = tokio::spawn(uses::note(ledger.clone(), used, stop.clone()));
        Ok(Self {
            ledger,
            folding,
            working,
            noting,
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
        if let Err(fault) = self.working.await {
            tracing::error!(%fault, "the task runner broke off");
        }
        if let Err(fault) = self.noting.await {
            tracing::error!(%fault, "the noting of uses broke off");
        }
        let folding = self.folding;
        let content = self.ledger.inner.content.clone();
        let ending = move || {
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

/// Writes the first events: the ledger, the default project, the first admin key.
async fn found(log: &dyn EventLog, clock: &dyn Clock, founding: Founding) -> Outcome<()> {
    let default_project = ProjectId(clock.new_id());
    let ledger = LedgerFounded {
        ledger: LedgerId(clock.new_id()),
        format: FORMAT,
        tree: TreeParameters::parameters_text().into(),
        default_project,
    };
    let name = Name::recorded(DEFAULT_PROJECT);
    let project = ProjectCreated {
        project: default_project,
        name,
        external_id: None,
        description: "".into(),
    };
    let key = ApiKeyIssued {
        key: ApiKeyId(clock.new_id()),
        name: "admin".into(),
        secret_hash: founding.admin_key,
        access_key: None,
        role: Role::Admin,
        project: None,
        expires_at: None,
    };
    let part = |stream: Stream, event: Event| StreamAppend {
        stream,
        expected: Expected::NoStream,
        events: vec![record::encode(EventId(clock.new_id()), &event)],
    };
    let streams = vec![
        part(Stream::Ledger, ledger.into()),
        part(Stream::Project(default_project), project.into()),
        part(Stream::Access, key.into()),
    ];
    let context = Context {
        actor: FOUNDER.into(),
        correlation: None,
        causation: None,
        idempotency: None,
    };
    match log.append(Append { streams, context }).await {
        Ok(_) => Ok(()),
        // Another node was first.
        Err(AppendFault::Conflict { .. }) => Ok(()),
        Err(fault) => Err(fault.into()),
    }
}

fn founded(log: &dyn EventLog) -> Outcome<Founded> {
    let first = log.read_all(Position::START.next(), 1)?;
    let first = first.first().map(record::decode).transpose()?;
    let Some(Event::LedgerFounded(founded)) = first else {
        let message = "the log does not begin with LedgerFounded: it is not a ledger's";
        return Err(LedgerError::Fault(message.to_owned()));
    };
    if founded.format != FORMAT || *founded.tree != *TreeParameters::parameters_text() {
        return Err(LedgerError::Fault(format!(
            "the log has format {} with {}; this program reads format {FORMAT} with {}",
            founded.format,
            founded.tree,
            TreeParameters::parameters_text()
        )));
    }
    Ok(Founded {
        ledger: founded.ledger,
        default_project: founded.default_project,
    })
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
