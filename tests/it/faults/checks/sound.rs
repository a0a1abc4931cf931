//! A small history in which all is well.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::Evidence;
use crate::faults::deeds::Deed;
use crate::faults::history::{Call, Done, Followed, Outcome, Read, Seen, Sight, Try};
use crate::faults::log::Fact;

/// The calls of the small history, by their place in it.
pub(super) const CREATED: usize = 0;
pub(super) const COMMITTED: usize = 1;
pub(super) const NAMED: usize = 2;
pub(super) const REFUSED: usize = 3;
pub(super) const OVER_A_VERSION: usize = 4;
pub(super) const RESTORED: usize = 5;
pub(super) const LOCKED_OUT: usize = 6;

pub(super) fn id(call: usize) -> Uuid {
    Uuid::from_u128(call as u128 + 1)
}

pub(super) fn tried(seconds: [u64; 2], outcome: Outcome) -> Try {
    let [began, ended] = seconds.map(Duration::from_secs);
    Try {
        node: 0,
        began,
        ended,
        outcome,
    }
}

pub(super) fn done(position: u64) -> Outcome {
    Outcome::Done(Done {
        position,
        made: Value::Null,
    })
}

pub(super) fn refused(code: &str) -> Outcome {
    Outcome::Refused(code.to_owned())
}

pub(super) fn call(number: usize, deed: Deed, seconds: [u64; 2], outcome: Outcome) -> Call {
    Call {
        id: id(number),
        deed,
        tries: vec![tried(seconds, outcome)],
    }
}

pub(super) fn commit(number: u64, if_version: Option<u64>) -> Deed {
    Deed::Commit {
        dataset: "d".to_owned(),
        puts: [(number, 1)].into(),
        deletes: [].into(),
        if_version,
    }
}

pub(super) fn snapshot(name: &str) -> Deed {
    Deed::CreateSnapshot {
        dataset: "d".to_owned(),
        name: name.to_owned(),
    }
}

pub(super) fn calls() -> Vec<Call> {
    let name = "one".to_owned();
    let restore = Deed::Restore {
        dataset: "d".to_owned(),
        snapshot: "s".to_owned(),
    };
    let delete = Deed::DeleteSnapshot {
        dataset: "d".to_owned(),
        snapshot: "s".to_owned(),
    };
    vec![
        call(CREATED, Deed::CreateDataset { name }, [0, 1], done(3)),
        call(COMMITTED, commit(1, None), [2, 3], done(4)),
        call(NAMED, snapshot("first"), [4, 5], done(5)),
        call(REFUSED, snapshot("first"), [6, 7], refused("NAME_TAKEN")),
        call(OVER_A_VERSION, commit(2, Some(4)), [8, 9], done(6)),
        call(RESTORED, restore, [11, 12], done(8)),
        call(
            LOCKED_OUT,
            commit(3, None),
            [13, 14],
            refused("DATASET_LOCKED"),
        ),
        call(7, delete, [15, 16], Outcome::Unknown("gone".to_owned())),
    ]
}

pub(super) fn fact(
    position: u64,
    name: &str,
    stream: (&str, u64),
    call: Option<usize>,
    data: Value,
) -> Fact {
    Fact {
        position,
        id: format!("event {position}"),
        name: name.to_owned(),
        stream: stream.0.to_owned(),
        revision: stream.1,
        recorded_at: format!("2026-01-01T00:00:{position:02}Z"),
        call: call.map(id),
        data,
    }
}

#[rustfmt::skip]
pub(super) fn log() -> Vec<Fact> {
    let first = json!({ "revision": 1, "root": "root 1" });
    vec![
        fact(1, "LedgerFounded", ("ledger", 0), None, json!({})),
        fact(2, "DatasetCreated", ("d", 0), Some(CREATED), json!({ "datasetId": "d", "root": "root 0" })),
        fact(3, "DatasetListed", ("p", 0), Some(CREATED), json!({ "datasetId": "d", "name": "one" })),
        fact(4, "ItemsCommitted", ("d", 1), Some(COMMITTED), json!({ "datasetId": "d",
            "rootBefore": "root 0", "root": "root 1", "counts": { "items": 1 } })),
        fact(5, "SnapshotCreated", ("d", 2), Some(NAMED), json!({ "datasetId": "d", "snapshotId": "s",
            "name": "first", "number": 1, "reason": "MANUAL", "version": first, "becomesCurrent": true })),
        fact(6, "ItemsCommitted", ("d", 3), Some(OVER_A_VERSION), json!({ "datasetId": "d",
            "rootBefore": "root 1", "root": "root 2", "counts": { "items": 2 } })),
        fact(7, "RestoreBegun", ("d", 4), Some(RESTORED), json!({ "datasetId": "d", "taskId": "t",
            "target": first, "snapshotId": "s" })),
        fact(8, "TaskQueued", ("t", 0), Some(RESTORED), json!({ "taskId": "t" })),
        fact(9, "SnapshotRestored", ("d", 5), Some(RESTORED), json!({ "datasetId": "d", "taskId": "t",
            "target": first, "currentSnapshotId": "s" })),
        fact(10, "TaskCompleted", ("t", 1), Some(RESTORED), json!({ "taskId": "t" })),
    ]
}

pub(super) fn sound() -> Evidence {
    let log = log();
    let told = |wanted: Option<&str>| Followed {
        wanted: wanted.map(|name| vec![name.to_owned()]),
        events: log
            .iter()
            .filter(|fact| wanted.is_none_or(|name| fact.name == name))
            .map(|fact| (fact.position, fact.name.clone()))
            .collect(),
        checkpoint: 10,
        resumed: 0,
    };
    Evidence {
        calls: calls(),
        reads: vec![Read {
            node: 0,
            dataset: "d".to_owned(),
            at_least: Some(6),
            began: Duration::from_secs(9),
            ended: Duration::from_secs(10),
            sight: Sight::Itself(Some(Seen {
                version: 6,
                root: "root 2".to_owned(),
                items: 2,
                status: "READY".to_owned(),
                current: Some("s".to_owned()),
            })),
        }],
        followed: vec![told(None), told(Some("ItemsCommitted"))],
        log,
    }
}
