//! The small values that events and states are made of: names, counts, versions, kinds.
//!
//! Pure: a constructor checks, and what exists is right.

use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::ids::{DatasetId, OperationId, Position, Revision, SnapshotId, TaskId};
use super::refusal::Refusal;
use crate::digest::Digest;

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 255;
/// The longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 10_000;

/// A name as its giver wrote it: Unicode NFC, trimmed, 1 to 255 characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(Arc<str>);

impl Name {
    /// Checks and normalises a name; `field` is what a refusal points at.
    pub fn new(field: &'static str, text: &str) -> Result<Self, Refusal> {
        let text: String = text.trim().nfc().collect();
        let chars = text.chars().count();
        if chars == 0 || chars > NAME_CHARS_MAX {
            let message = format!("a name has 1 to {NAME_CHARS_MAX} characters; this has {chars}");
            return Err(Refusal::BadInput { field, message });
        }
        if text.chars().any(char::is_control) {
            let message = "a name holds no control characters".to_owned();
            return Err(Refusal::BadInput { field, message });
        }
        Ok(Self(text.into()))
    }

    /// A name that is already part of the log.
    pub fn recorded(text: &str) -> Self {
        Self(text.into())
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two names have in common when they are the same but for case.
    pub fn key(&self) -> NameKey {
        NameKey(self.0.to_lowercase().nfc().collect::<String>().into())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A name without its case: names are unique by this.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameKey(Arc<str>);

impl NameKey {
    /// The text by which names are compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks the length of a description.
pub fn check_description(field: &'static str, text: &str) -> Result<(), Refusal> {
    let chars = text.chars().count();
    if chars <= DESCRIPTION_CHARS_MAX {
        return Ok(());
    }
    let message =
        format!("a description has at most {DESCRIPTION_CHARS_MAX} characters; this has {chars}");
    Err(Refusal::BadInput { field, message })
}

/// How many items a version has, and their bytes (canonical values, summed).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items of every kind.
    pub items: u64,
    /// Items of kind `IMAGE`.
    pub images: u64,
    /// Items of kind `VIDEO`.
    pub videos: u64,
    /// Bytes of all values.
    pub bytes: u64,
}

/// What differs between two versions, in items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangeSummary {
    /// In the second only.
    pub added: u64,
    /// In the first only.
    pub removed: u64,
    /// In both, with another kind or value.
    pub modified: u64,
    /// In both, the same.
    pub unchanged: u64,
}

/// A dataset's content from one event of its stream on. The revision names it: unlike a position
/// it is known when the event is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// The event of the dataset's stream that made this version.
    pub revision: Revision,
    /// Its content root.
    pub root: Digest,
    /// What it holds.
    pub counts: Counts,
}

/// Where a clone's content came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The dataset cloned.
    pub dataset: DatasetId,
    /// Its snapshot, when one was named.
    pub snapshot: Option<SnapshotId>,
    /// The version's place in the source's stream.
    pub revision: Revision,
    /// The version's place in the log.
    pub position: Position,
}

/// Consecutive ItemsStaged events of one stream, which a commit names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkRange {
    /// The import task on whose stream they are; none: on the dataset's own.
    pub task: Option<TaskId>,
    /// The first of them.
    pub first: Revision,
    /// How many.
    pub count: u64,
}

macro_rules! words {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$variant_doc:meta])+ $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])+ $variant,)+ }

        impl $name {
            /// Every value, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word for it, everywhere outside the code.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value of a word; none when it is not one of ours.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.word())
            }
        }
    )+};
}

words! {
    /// What may be done with a dataset now.
    DatasetStatus {
        /// Being set up; a CREATION operation fills it.
        Draft = "DRAFT",
        /// An operation builds it anew.
        Indexing = "INDEXING",
        /// Ready for everything.
        Ready = "READY",
        /// An operation or a restore runs; reads go on.
        ReadOnly = "READ_ONLY",
        /// Usable, but part of it is not indexed yet.
        PartialIndex = "PARTIAL_INDEX",
        /// The last operation failed.
        Error = "ERROR",
    }
    /// Why a snapshot was made.
    SnapshotReason {
        /// With the dataset.
        Creation = "CREATION",
        /// Asked for by a caller.
        Manual = "MANUAL",
        /// As the first of a clone.
        Clone = "CLONE",
        /// Before or after a restore.
        Restore = "RESTORE",
        /// By a change.
        Auto = "AUTO",
    }
    /// The long jobs of outside workers.
    OperationKind {
        /// Fills a new dataset.
        Creation = "CREATION",
        /// Enriches items.
        Enrichment = "ENRICHMENT",
        /// Adds media.
        MediaAddition = "MEDIA_ADDITION",
        /// Indexes anew.
        Reindex = "REINDEX",
        /// Spreads labels.
        LabelPropagation = "LABEL_PROPAGATION",
        /// Imports metadata.
        MetadataImport = "METADATA_IMPORT",
        /// Trains on the dataset; forbids restores only.
        Training = "TRAINING",
    }
    /// How an operation ended.
    OperationOutcome {
        /// It did what it should.
        Succeeded = "SUCCEEDED",
        /// It did not.
        Failed = "FAILED",
    }
    /// How the items of a commit meet those that are there.
    CommitMode {
        /// Items named are put or deleted; others stay.
        Upsert = "UPSERT",
        /// Items not named are removed.
        Replace = "REPLACE",
    }
    /// The ledger's own kinds of work.
    TaskKind {
        /// Moves a dataset back to a version.
        SnapshotRestore = "SNAPSHOT_RESTORE",
        /// Starts a dataset at a version of another.
        SnapshotClone = "SNAPSHOT_CLONE",
        /// Streams items into a dataset.
        Import = "IMPORT",
    }
    /// Where a task is in its work.
    TaskPhase {
        /// Waiting to be claimed.
        Queued = "QUEUED",
        /// An import's items arrive.
        Staging = "STAGING",
        /// A restore reads and checks what it will bring back.
        Verifying = "VERIFYING",
        /// Outside executors follow.
        Applying = "APPLYING",
        /// The one append that changes the content.
        Switching = "SWITCHING",
        /// Done.
        Completed = "COMPLETED",
        /// Ended without effect.
        Failed = "FAILED",
        /// Called off.
        Cancelled = "CANCELLED",
    }
    /// What a task's phase amounts to.
    TaskStatus {
        /// Waiting.
        Queued = "QUEUED",
        /// At work.
        Running = "RUNNING",
        /// Done.
        Completed = "COMPLETED",
        /// Ended without effect.
        Failed = "FAILED",
        /// Called off.
        Cancelled = "CANCELLED",
    }
    /// What a principal may do in a project.
    Role {
        /// Reads.
        Viewer = "VIEWER",
        /// Writes and snapshots.
        Editor = "EDITOR",
        /// Manages keys.
        Admin = "ADMIN",
    }
}

impl TaskPhase {
    /// The status that goes with this phase.
    pub const fn status(self) -> TaskStatus {
        match self {
            Self::Queued => TaskStatus::Queued,
            Self::Staging | Self::Verifying | Self::Applying | Self::Switching => {
                TaskStatus::Running
            }
            Self::Completed => TaskStatus::Completed,
            Self::Failed => TaskStatus::Failed,
            Self::Cancelled => TaskStatus::Cancelled,
        }
    }

    /// Whether nothing comes after it.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// The operation that runs on a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningOperation {
    /// Which.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// The dataset's status before it.
    pub status_before: DatasetStatus,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_composed_and_compared_without_case() {
        let name = Name::new("name", "  Cafe\u{301} Ünïts ").expect("a name");
        assert_eq!(name.as_str(), "Café Ünïts");
        assert_eq!(
            name.key(),
            Name::new("name", "CAFÉ ÜNÏTS").expect("a name").key()
        );
    }

    #[test]
    fn names_that_are_none_are_refused() {
        for text in ["", "   ", "a\u{0}b", "a\nb", &"x".repeat(256)] {
            assert!(Name::new("name", text).is_err(), "{text:?}");
        }
        assert!(Name::new("name", &"é".repeat(255)).is_ok());
    }

    #[test]
    fn every_word_is_its_value() {
        for status in DatasetStatus::ALL {
            assert_eq!(DatasetStatus::from_word(status.word()), Some(*status));
        }
        assert_eq!(TaskPhase::from_word("RUNNING"), None);
    }
}
