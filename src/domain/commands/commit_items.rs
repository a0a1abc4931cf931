//! Commits items: names staged chunks, and with them the content is another version.
//!
//! Whether it may is asked twice: before the tree is computed, so that no work is done for a
//! refusal, and when it is decided.

use std::sync::Arc;

use super::Decision;
use crate::digest::Digest;
use crate::domain::Dataset;
use crate::domain::dataset::Lock;
use crate::domain::event::ItemsCommitted;
use crate::domain::ids::{OperationId, Revision};
use crate::domain::refusal::Refusal;
use crate::domain::values::{ChangeSummary, ChunkRange, CommitMode, Counts, check_message};

/// Asks that staged chunks become the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitItems {
    /// The chunks, in the order in which they apply.
    pub chunks: Vec<ChunkRange>,
    /// Whether unnamed items stay.
    pub mode: CommitMode,
    /// The content root that they give, computed over the head of the very state decided on.
    pub root: Digest,
    /// What the content holds then.
    pub counts: Counts,
    /// What that changes.
    pub summary: ChangeSummary,
    /// Why, in the caller's words; at most 10,000 characters.
    pub message: Option<Arc<str>>,
    /// The operation inside which it is made.
    pub operation: Option<OperationId>,
    /// The revision of the version that the caller saw, when it must still be the current one.
    pub if_version: Option<Revision>,
}

/// Whether items may be committed now. Refuses, in this order, with `NOT_FOUND` (the dataset),
/// `DATASET_LOCKED`, `NOT_FOUND` (an operation that is named but does not run),
/// `DATASET_NOT_READY`, `VERSION_CONFLICT`.
pub fn allow(
    dataset: &Dataset,
    if_version: Option<Revision>,
    operation: Option<OperationId>,
) -> Result<(), Refusal> {
    dataset.must_live()?;
    let holds = match dataset.lock() {
        Some(Lock::Restore) => return Err(locked("a restore")),
        Some(Lock::Operation(holder)) if operation != Some(holder) => {
            return Err(locked("an operation"));
        }
        Some(Lock::Operation(_)) => true,
        None => false,
    };
    let running = dataset.operation.map(|running| running.id);
    if operation.is_some() && operation != running {
        return Err(Refusal::NotFound { what: "operation" });
    }
    // Who holds the dataset writes whatever its status says to the others.
    if !holds {
        dataset.must_stand()?;
    }
    dataset.must_be_at(if_version)
}

/// Refuses as [`allow`] does, then with `BAD_INPUT` (the message).
pub fn decide(dataset: &Dataset, command: &CommitItems) -> Result<Decision, Refusal> {
    allow(dataset, command.if_version, command.operation)?;
    if let Some(message) = &command.message {
        check_message("message", message)?;
    }
    let committed = ItemsCommitted {
        dataset: dataset.id,
        chunks: command.chunks.clone(),
        mode: command.mode,
        root_before: dataset.head.root,
        root: command.root,
        counts: command.counts,
        summary: command.summary,
        message: command.message.clone(),
        operation: command.operation,
    };
    Ok(Decision {
        dataset: vec![committed.into()],
        ..Decision::default()
    })
}

const fn locked(holder: &'static str) -> Refusal {
    Refusal::DatasetLocked { holder }
}
