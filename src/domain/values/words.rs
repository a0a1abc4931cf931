//! The kinds, states and reasons that have one word each, everywhere.
//!
//! Pure: the words are part of the public contract and of the stored shapes; never change one.

use std::fmt;

macro_rules! words {
    ($(
        $(#[$doc:meta])+
        $name:ident { $($(#[$variant_doc:meta])+ $variant:ident = $word:literal,)+ }
    )+) => {$(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_its_value() {
        for status in DatasetStatus::ALL {
            assert_eq!(DatasetStatus::from_word(status.word()), Some(*status));
        }
        assert_eq!(TaskPhase::from_word("RUNNING"), None);
    }
}
