//! Commits: items put and deleted in one version, staged and named in the same append.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::auth::Action;
use crate::content::Edit;
use crate::domain::commands::commit_items::{self, CommitItems};
use crate::domain::event::ItemsStaged;
use crate::domain::ids::{DatasetId, OperationId, Position, XactId};
use crate::domain::values::{ChangeSummary, ChunkRange, CommitMode};
use crate::domain::{Event, Refusal};
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::Target;
use crate::ledger::staging::{Staging, checked_key};
use crate::ledger::{Caller, Ledger};

pub use crate::ledger::staging::NewItem;

/// The most bytes of values and keys that one commit may stage: with its small event it stays
/// under 1 MiB on every backend. More goes through an import.
pub const COMMIT_BYTES_MAX: u64 = (1 << 20) - (64 << 10);
/// How often a commit is computed again because the dataset moved on meanwhile.
const ATTEMPTS_MAX: usize = 8;

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
}

impl Ledger {
    /// Puts and deletes items: one new version, also when nothing differs.
    pub async fn commit_items(
        &self,
        caller: &Caller,
        dataset: DatasetId,
        new: NewCommit,
    ) -> Outcome<Committed> {
        let row = self.enter_dataset(caller, Action::Write, dataset)?;
        let call = self.call(caller, Some(row.project));
        if let Some(done) = self.inner.hall.answered(&call)? {
            return self.committed_at(dataset, done.last);
        }
        let if_version = self.seen_version(dataset, new.if_version).await?;
        let operation = new.operation;
        let mut staging = Staging::new(dataset);
        for item in new.upserts {
            staging.put(item, || call.new_id())?;
        }
        for key in &new.deletes {
            staging.delete(checked_key("deletes", key)?);
        }
        if staging.bytes() > COMMIT_BYTES_MAX {
            let refusal = Refusal::TooLarge {
                what: "a commit",
                limit_bytes: COMMIT_BYTES_MAX,
            };
            return Err(refusal.into());
        }
        let (chunks, edits) = staging.finish();
        let edits: Arc<[Edit]> = edits.into();
        // One commit of a dataset at a time: the next one is computed on what this one made.
        let _turn = self.inner.commits.take(dataset.to_string().into()).await;
        for _ in 0..ATTEMPTS_MAX {
            let allowed = |dataset: &crate::domain::Dataset| {
                commit_items::allow(dataset, if_version, operation)?;
                Ok(dataset.head.root)
            };
            let base = match self.inner.hall.look(dataset, allowed).await {
                Ok(base) => base,
                // What stands against it may be what the first call with its key did.
                Err(refused) => match self.inner.hall.answered_in_turn(&call).await? {
                    Some(done) => return self.committed_at(dataset, done.last),
                    None => return Err(refused),
                },
            };
            let grown = self
                .grow(dataset, base, CommitMode::Upsert, edits.clone())
                .await?;
            let command = CommitItems {
                chunks: Vec::new(),
                mode: CommitMode::Upsert,
                root: grown.root,
                counts: super::super::content_words::counts(grown.totals),
                summary: super::super::content_words::summary(grown.summary),
                message: new.message.as_deref().map(Into::into),
                operation,
                if_version,
            };
            let summary = command.summary;
            let _handed = self.inner.content.hand_over(dataset, base, grown);
            let moved = AtomicBool::new(false);
            let decided = self
                .inner
                .hall
                .run(
                    &call,
                    Target {
                        dataset: Some(dataset),
                        ..Target::default()
                    },
                    |seen| {
                        let seen = seen.dataset()?;
                        moved.store(seen.head.root != base, Ordering::Relaxed);
                        decide(seen, &command, &chunks, base)
                    },
                )
                .await;
            match decided {
                // Another call with the same key may have been first: its event tells.
                Ok(done) if call.context.idempotency.is_some() => {
                    return self.committed_at(dataset, done.last);
                }
                Ok(done) => {
                    return Ok(Committed {
                        dataset,
                        summary,
                        xact: done.last,
                    });
                }
                Err(LedgerError::Refused { .. }) if moved.load(Ordering::Relaxed) => {}
                Err(error) => return Err(error),
            }
        }
        Err(LedgerError::Unavailable(
            "others kept changing the same dataset".to_owned(),
        ))
    }

    /// The answer of a commit that was made before.
    pub(in crate::ledger) fn committed_at(
        &self,
        dataset: DatasetId,
        xact: Position,
    ) -> Outcome<Committed> {
        let version = self.inner.views.version_at(dataset, xact)?;
        let version = version.ok_or_else(|| super::door::not_found("version"))?;
        Ok(Committed {
            dataset,
            summary: version.summary,
            xact: version.at.position,
        })
    }

    /// Computes a tree on a thread where that may take its time.
    pub(in crate::ledger) async fn grow(
        &self,
        dataset: DatasetId,
        base: crate::digest::Digest,
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

/// The staged chunks and the event that names them, for a dataset that is still where it was.
fn decide(
    dataset: &crate::domain::Dataset,
    command: &CommitItems,
    chunks: &[ItemsStaged],
    base: crate::digest::Digest,
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
