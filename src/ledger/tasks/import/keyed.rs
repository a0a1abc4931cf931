//! An import under an idempotency key, whose input is known only when all of it has come.
//!
//! ```text
//! turn of the key ── done before? ── yes ─► RepeatedImport: compare what comes, answer as then
//!                                 └─ no ──► Importer: its last append, and only that, has the key
//! ```
//!
//! The turn is held from the first item to the commit, so a retry that comes meanwhile waits, and
//! finds what the first one did. An import that fails leaves its key unused.

use std::sync::Arc;

use super::{Importer, NewImport};
use crate::auth::Action;
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::domain::ids::{DatasetId, SnapshotId};
use crate::ledger::caller::{Call, CallKey};
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::Done;
use crate::ledger::turns::Turn;
use crate::ledger::verbs::Committed;
use crate::ledger::{Caller, Ledger};

/// What keys of imports belong to, beside project and subject.
const IMPORT: &str = "importItems";

/// What an import under a key begins with.
pub enum KeyedImport {
    /// Nothing was committed under the key: items may come.
    Fresh(Box<Importer>),
    /// Something was: what comes is only compared.
    Repeated(RepeatedImport),
}

/// An import whose key stands for a commit already.
pub struct RepeatedImport {
    ledger: Ledger,
    dataset: DatasetId,
    input: Digest,
    done: Done,
    auto_snapshot: Option<SnapshotId>,
}

/// The key of an import at work, and the call of its last append.
pub(super) struct KeyInHand {
    call: Call,
    /// Whether the call knows its input.
    is_complete: bool,
    _turn: Turn,
}

impl Ledger {
    /// Begins an import under an idempotency key, once nobody else is at that key.
    pub async fn begin_import_under(
        &self,
        caller: &Caller,
        key: Arc<str>,
        new: NewImport,
    ) -> Outcome<KeyedImport> {
        let row = self
            .enter_dataset(caller, Action::Write, new.dataset)
            .await?;
        let unkeyed = Caller {
            key: None,
            ..caller.clone()
        };
        let keyed = Caller {
            key: Some(CallKey {
                text: key,
                mutation: IMPORT,
                // Told at the end, when all of it has come.
                input: Digest::of(b""),
            }),
            ..caller.clone()
        };
        let call = self.call(&keyed, Some(row.project));
        let Some(mark) = &call.context.idempotency else {
            return Err(LedgerError::Fault("a key was lost".to_owned()));
        };
        let turn = self.inner.imports.take(mark.key.clone()).await;
        // Named by the key, so that a retry names the same one.
        let auto_snapshot = new.auto_snapshot.then(|| call.new_snapshot());
        if let Some((input, done)) = self.inner.hall.done_before(&call).await? {
            return Ok(KeyedImport::Repeated(RepeatedImport {
                ledger: self.clone(),
                dataset: new.dataset,
                input,
                done,
                auto_snapshot,
            }));
        }
        let mut importer = self.begin_import(&unkeyed, new).await?;
        importer.auto_snapshot = auto_snapshot;
        importer.key = Some(KeyInHand {
            call,
            is_complete: false,
            _turn: turn,
        });
        Ok(KeyedImport::Fresh(Box::new(importer)))
    }
}

impl RepeatedImport {
    /// The first answer, if this is what was sent then; else the key was used for something else.
    pub fn answer(self, input: Digest) -> Outcome<Committed> {
        if input != self.input {
            return Err(Refusal::IdempotencyKeyReused.into());
        }
        self.ledger
            .committed_at(self.dataset, self.done.last, self.auto_snapshot)
    }
}

impl Importer {
    /// Tells what was sent in all, for the key under which this was begun; to be done before it
    /// is finished. Without a key it says nothing.
    #[must_use]
    pub fn of_input(mut self, input: Digest) -> Self {
        if let Some(key) = &mut self.key
            && let Some(mark) = &mut key.call.context.idempotency
        {
            mark.input = input;
            key.is_complete = true;
        }
        self
    }

    /// The call of the last append.
    pub(super) fn last_call(&self) -> Outcome<&Call> {
        match &self.key {
            None => Ok(&self.call),
            Some(key) if key.is_complete => Ok(&key.call),
            Some(_) => {
                let message = "an import under a key was finished without its input";
                Err(LedgerError::Fault(message.to_owned()))
            }
        }
    }

    /// Whether the commit is this import's own; else its key was answered with an earlier one.
    pub(super) fn is_completed(&self) -> bool {
        let row = self.ledger.inner.views.task(self.task);
        row.is_ok_and(|row| row.is_some_and(|row| row.phase.is_end()))
    }
}
