//! The commit of an import: computed beside other writers, then once more in their stead if they
//! were faster.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Importer;
use crate::content::Edit;
use crate::digest::Digest;
use crate::domain::commands::commit_items::{self, CommitItems};
use crate::domain::commands::complete_import::{self, CompleteImport};
use crate::domain::ids::Revision;
use crate::domain::{Dataset, Refusal};
use crate::ledger::content_words;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::Target;
use crate::ledger::verbs::Committed;

/// How often the commit is computed again because the dataset moved on meanwhile.
const ATTEMPTS_MAX: usize = 8;

impl Importer {
    /// Commits only what was computed over this version; another one is a conflict.
    pub(in crate::ledger) const fn only_over(&mut self, version: Revision) {
        self.if_version = Some(version);
    }

    /// Names what was staged: one new version, and the end of the task.
    pub(super) async fn commit(&mut self, edits: Arc<[Edit]>) -> Outcome<Committed> {
        let (dataset, mode, if_version) = (self.new.dataset, self.new.mode, self.if_version);
        let ledger = self.ledger.clone();
        let chunks = self.ranges.clone();
        for attempt in 1..=ATTEMPTS_MAX {
            let turn = ledger.inner.commits.take(dataset.to_string().into()).await;
            let base = ledger
                .inner
                .hall
                .look(dataset, |seen| allowed(seen, if_version))
                .await?;
            let turn = (attempt > 1).then_some(turn);
            let grown = ledger.grow(dataset, base, mode, edits.clone()).await?;
            let _turn = match turn {
                Some(turn) => turn,
                None => ledger.inner.commits.take(dataset.to_string().into()).await,
            };
            let commit = CommitItems {
                chunks: chunks.clone(),
                mode,
                root: grown.root,
                counts: content_words::counts(grown.totals),
                summary: content_words::summary(grown.summary),
                message: self.new.message.as_deref().map(Into::into),
                operation: None,
                if_version: self.if_version,
                auto_snapshot: self.auto_snapshot,
            };
            let command = CompleteImport {
                commit,
                steps: self.lines,
            };
            let _handed = ledger.inner.content.hand_over(dataset, base, grown);
            let moved = AtomicBool::new(false);
            let target = Target::dataset(dataset).and_task(self.task);
            let decide = |seen: &crate::ledger::hall::Seen<'_>| {
                let (dataset, task) = (seen.dataset()?, seen.task()?);
                moved.store(dataset.head.root != base, Ordering::Relaxed);
                if dataset.head.root != base {
                    return Err(Refusal::VersionConflict {
                        found: dataset.head.revision,
                    });
                }
                complete_import::decide(dataset, task, &command)
            };
            match ledger
                .inner
                .hall
                .run(self.last_call()?, target, decide)
                .await
            {
                Ok(done) => return ledger.committed_at(dataset, done.last, self.auto_snapshot),
                Err(LedgerError::Refused { .. }) if moved.load(Ordering::Relaxed) => {}
                Err(error) => return Err(error),
            }
        }
        Err(LedgerError::Unavailable(
            "others kept changing the same dataset".to_owned(),
        ))
    }
}

/// The root on which the commit is computed, if the dataset takes one.
fn allowed(dataset: &Dataset, if_version: Option<Revision>) -> Result<Digest, Refusal> {
    commit_items::allow(dataset, if_version, None)?;
    Ok(dataset.head.root)
}
