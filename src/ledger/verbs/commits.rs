//! Commits: items put and deleted in one version, staged and named in the same append.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::auth::Action;
use crate::content::Edit;
use crate::digest::Digest;
use crate::domain::commands::commit_items::{self, CommitItems};
use crate::domain::event::ItemsStaged;
use crate::domain::ids::{DatasetId, OperationId, Position, Revision, SnapshotId, XactId};
use crate::domain::values::{ChangeSummary, ChunkRange, CommitMode, Version};
use crate::domain::{Dataset, Event, Refusal};
use crate::ledger::caller::Call;
use crate::ledger::content_words;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::Target;
use crate::ledger::staging::{Staging, checked_key};
use crate::ledger::{Caller, Ledger};

pub use crate::ledger::staging::NewItem;

/// The most bytes of chunks that one commit may stage. There are at most some fifty, so with the
/// context that each of them is written with, and the small events that name them, the append
/// stays under 1 MiB on every backend. More goes through an import.
pub const COMMIT_BYTES_MAX: u64 = 768 << 10;
/// How often a commit is computed again because the dataset moved on meanwhile.
pub(super) const ATTEMPTS_MAX: usize = 8;

/// Items to be put and deleted together.
#[derive(Debug, Clone, Default)]
pub struct NewCommit {
    /// Items put; of a repeated key the last counts.
    pub upserts: Vec<NewItem>,
    /// Keys deleted, after the upserts; one that is not there changes nothing.
    pub deletes: Vec<String>,
    /// Why, in the caller's words.
    pub message: Option<String>,
    /// The version the caller saw; another one is a conflict.
    pub if_version: Option<XactId>,
    /// The operation inside which this is done.
    pub operation: Option<OperationId>,
    /// Whether a snapshot of reason AUTO shall name the version made, in the same append.
    pub auto_snapshot: bool,
}

/// A commit that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The dataset.
    pub dataset: DatasetId,
    /// What changed.
    pub summary: ChangeSummary,
    /// The new version.
    pub xact: Position,
    /// The snapshot made of it, if one was asked for.
    pub snapshot: Option<SnapshotId>,
}

/// What stays the same however often a commit is computed.
pub(super) struct Intent {
    pub dataset: DatasetId,
    pub message: Option<Arc<str>>,
    pub if_version: Option<Revision>,
    pub operation: Option<OperationId>,
    pub auto_snapshot: Option<SnapshotId>,
}

/// What a commit names, and what it comes to.
pub(super) struct Staged {
    chunks: Vec<ItemsStaged>,
    edits: Arc<[Edit]>,
}

impl Staged {
    /// What was staged, unless that is too much for one append.
    pub fn within_bounds(staging: Staging) -> Result<Self, Refusal> {
        if staging.bytes() > COMMIT_BYTES_MAX {
            return Err(Refusal::TooLarge {
                what: "a commit",
                limit_bytes: COMMIT_BYTES_MAX,
            });
        }
        let (chunks, edits) = staging.finish();
        let edits = edits.into();
        Ok(Self { chunks, edits })
    }
}

impl Ledger {
    /// Puts and deletes items: one new version, also when nothing differs.
    pub async fn commit_items(
        &self,
        caller: &Caller,
        dataset: DatasetId,
        new: NewCommit,
    ) -> Outcome<Committed> {
        let row = self.enter_dataset(caller, Action::Write, dataset).await?;
        let call = self.call(caller, Some(row.project));
        let auto_snapshot = new.auto_snapshot.then(|| call.new_snapshot());
        if let Some(done) = self.inner.hall.answered(&call).await? {
            return self.committed_at(dataset, done.last, auto_snapshot);
        }
        let intent = Intent {
            dataset,
            message: new.message.map(Into::into),
            if_version: self.seen_version(dataset, new.if_version).await?,
            operation: new.operation,
            auto_snapshot,
        };
        let mut staging = Staging::new(dataset);
        for item in new.upserts {
            staging.put(item, || call.new_id())?;
        }
        for key in &new.deletes {
            staging.delete(checked_key("deletes", key)?);
        }
        let staged = Staged::within_bounds(staging)?;
        // One commit of a dataset at a time: the next one is computed on what this one made.
        let _turn = self.inner.commits.take(dataset.to_string().into()).await;
        for _ in 0..ATTEMPTS_MAX {
            let base = match self.base_of(&intent).await {
                Ok(base) => base,
                // What stands against it may be what the first call with its key did.
                Err(refused) => match self.inner.hall.answered_in_turn(&call).await? {
                    Some(done) => return self.committed_at(dataset, done.last, auto_snapshot),
                    None => return Err(refused),
                },
            };
            if let Some(done) = self.try_commit(&call, &intent, base.root, &staged).await? {
                return Ok(done);
            }
        }
        Err(outrun())
    }

    /// The version on which a commit is computed, if the dataset takes one now.
    pub(super) async fn base_of(&self, intent: &Intent) -> Outcome<Version> {
        let allowed = |dataset: &Dataset| {
            commit_items::allow(dataset, intent.if_version, intent.operation)?;
            Ok(dataset.head)
        };
        self.inner.hall.look(intent.dataset, allowed).await
    }

    /// Computes a commit over a root and appends it; none when the dataset has moved off that root
    /// meanwhile. Whoever calls has the dataset's turn.
    pub(super) async fn try_commit(
        &self,
        call: &Call,
        intent: &Intent,
        base: Digest,
        staged: &Staged,
    ) -> Outcome<Option<Committed>> {
        let (dataset, mode) = (intent.dataset, CommitMode::Upsert);
        let edits = staged.edits.clone();
        let grown = self.grow(dataset, base, mode, edits).await?;
        let command = CommitItems {
            chunks: Vec::new(),
            mode,
            root: grown.root,
            counts: content_words::counts(grown.totals),
            summary: content_words::summary(grown.summary),
            message: intent.message.clone(),
            operation: intent.operation,
            if_version: intent.if_version,
            auto_snapshot: intent.auto_snapshot,
        };
        let _handed = self.inner.content.hand_over(dataset, base, grown);
        let moved = AtomicBool::new(false);
        let decided = self
            .inner
            .hall
            .run(call, Target::dataset(dataset), |seen| {
                let seen = seen.dataset()?;
                moved.store(seen.head.root != base, Ordering::Relaxed);
                decide(seen, &command, &staged.chunks, base)
            })
            .await;
        match decided {
            Ok(done) => self
                .committed_at(dataset, done.last, intent.auto_snapshot)
                .map(Some),
            Err(LedgerError::Refused { .. }) if moved.load(Ordering::Relaxed) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a commit made, by the last event of its append. Another call with the same key may
    /// have made it: its event tells.
    pub(in crate::ledger) fn committed_at(
        &self,
        dataset: DatasetId,
        xact: Position,
        snapshot: Option<SnapshotId>,
    ) -> Outcome<Committed> {
        let version = self.inner.views.version_at(dataset, xact)?;
        let version = version.ok_or_else(|| super::door::not_found("version"))?;
        Ok(Committed {
            dataset,
            summary: version.summary,
            xact: version.at.position,
            snapshot,
        })
    }

    /// Computes a tree on a thread where that may take its time.
    pub(in crate::ledger) async fn grow(
        &self,
        dataset: DatasetId,
        base: Digest,
        mode: CommitMode,
        edits: Arc<[Edit]>,
    ) -> Outcome<crate::content::Grown> {
        let content = self.inner.content.clone();
        let grow = move || {
            content.read(dataset, |nodes| {
                crate::ledger::applying::apply(nodes, base, mode, &edits)
            })
        };
        tokio::task::spawn_blocking(grow)
            .await
            .map_err(|fault| LedgerError::Fault(format!("a commit was not computed: {fault}")))?
    }
}

/// Others were faster, every time.
pub(super) fn outrun() -> LedgerError {
    LedgerError::Unavailable("others kept changing the same dataset".to_owned())
}

/// The staged chunks and the event that names them, for a dataset that is still where it was.
fn decide(
    dataset: &Dataset,
    command: &CommitItems,
    chunks: &[ItemsStaged],
    base: Digest,
) -> Result<crate::domain::commands::Decision, Refusal> {
    if dataset.head.root != base {
        return Err(Refusal::VersionConflict {
            found: dataset.head.revision,
        });
    }
    let mut command = command.clone();
    if !chunks.is_empty() {
        let first = dataset.revision.next();
        command.chunks = vec![ChunkRange {
            task: None,
            first,
            count: chunks.len() as u64,
        }];
    }
    let mut decision = commit_items::decide(dataset, &command)?;
    let staged = chunks.iter().cloned().map(Event::ItemsStaged);
    decision.dataset.splice(0..0, staged);
    Ok(decision)
}
