//! Stored shapes of the values that several events share: words, counts, versions, origins.
//!
//! Version 1. Never change one: what is in a log keeps its form; add a second beside it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::shape::{Hex, Stored, TextOf, shapes};
use crate::domain::values::{
    ChangeSummary, ChunkRange, CommitMode, Counts, DatasetStatus, OperationKind, OperationOutcome,
    Origin, Role, SnapshotReason, TaskPhase, Version,
};

macro_rules! words {
    ($($shape:ident of $domain:ident = $what:literal;)+) => {$(
        pub(super) struct $shape($domain);

        impl Stored<$shape> for $domain {
            fn store(&self) -> $shape {
                $shape(*self)
            }

            fn load(form: $shape) -> Self {
                form.0
            }
        }

        impl Serialize for $shape {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.word())
            }
        }

        impl<'de> Deserialize<'de> for $shape {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let of_word = |word: &str| $domain::from_word(word).map(Self);
                deserializer.deserialize_str(TextOf($what, of_word))
            }
        }
    )+};
}

words! {
    DatasetStatusV1 of DatasetStatus = "a dataset status";
    SnapshotReasonV1 of SnapshotReason = "a snapshot reason";
    OperationKindV1 of OperationKind = "an operation kind";
    OperationOutcomeV1 of OperationOutcome = "an operation outcome";
    CommitModeV1 of CommitMode = "a commit mode";
    TaskPhaseV1 of TaskPhase = "a task phase";
    RoleV1 of Role = "a role";
}

shapes! {
    CountsV1 of Counts {
        items: u64 = "items",
        images: u64 = "images",
        videos: u64 = "videos",
        bytes: u64 = "bytes",
    }
    ChangeSummaryV1 of ChangeSummary {
        added: u64 = "added",
        removed: u64 = "removed",
        modified: u64 = "modified",
        unchanged: u64 = "unchanged",
    }
    VersionV1 of Version {
        revision: u64 = "revision",
        root: Hex = "root",
        counts: CountsV1 = "counts",
    }
    OriginV1 of Origin {
        dataset: Uuid = "datasetId",
        snapshot: Option<Uuid> = "snapshotId",
        revision: u64 = "revision",
        position: u64 = "position",
    }
    ChunkRangeV1 of ChunkRange {
        task: Option<Uuid> = "taskId",
        first: u64 = "first",
        count: u64 = "count",
    }
}
