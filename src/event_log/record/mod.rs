//! Stored shapes: what an event looks like in the log, version by version.
//!
//! Explicit structs apart from the domain's, one file a family, with a golden file for each in
//! `golden/`. Text is JSON: ids as UUIDs, digests as hex, times as RFC 3339. Never edit a shape or
//! a golden file that a log may hold; see `upcast` for the way to a new one.

mod dataset;
mod ledger;
mod shape;
mod snapshot;
mod task;
#[cfg(test)]
mod tests;
mod upcast;
mod values;

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::port::{NewEvent, ReadFault, Recorded};
use super::staged;
use crate::domain::event::Event;
use crate::domain::ids::EventId;
use dataset::{
    DatasetCreatedV1, DatasetDeletedV1, DatasetUpdatedV1, ItemsCommittedV1, OperationBegunV1,
    OperationFinishedV1,
};
use ledger::{
    ApiKeyIssuedV2, ApiKeyRevokedV1, ApiKeyUsedV1, DatasetListedV1, DatasetUnlistedV1,
    LedgerFoundedV1, ProjectCreatedV2, ProjectDeletedV1, ProjectListedV1, ProjectUnlistedV1,
    ProjectUpdatedV2,
};
use shape::Stored;
use snapshot::{
    RestoreBegunV2, RestoreGivenUpV1, SnapshotClonedV1, SnapshotCreatedV1, SnapshotDeletedV1,
    SnapshotMovedV1, SnapshotRenamedV1, SnapshotRestoredV1, SnapshotUndeletedV1,
};
use task::{
    TaskCancelledV1, TaskClaimedV1, TaskCompletedV1, TaskFailedV1, TaskProgressedV1, TaskQueuedV1,
};
use upcast::{UPCASTS, Upcast};

/// What most events fit into, in bytes.
const DATA_BYTES_USUAL: usize = 1 << 10;

/// An event in its stored form, under this id.
pub fn encode(id: EventId, event: &Event) -> NewEvent {
    let name = event.name();
    NewEvent {
        id,
        name,
        schema_version: upcast::current_version(name),
        data: data_of(event),
    }
}

/// The event that was recorded, whatever version it was stored in. A name, version or shape that
/// this program does not know is [`ReadFault::Unknown`].
pub fn decode(recorded: &Recorded) -> Result<Event, ReadFault> {
    decode_with(UPCASTS, recorded)
}

fn decode_with(upcasts: &[Upcast], recorded: &Recorded) -> Result<Event, ReadFault> {
    let (name, version) = (&*recorded.name, recorded.schema_version);
    let unknown = |message| ReadFault::Unknown {
        position: recorded.position,
        message,
    };
    if name == "ItemsStaged" && version == 1 {
        let staged = staged::recorded(recorded.data.clone());
        return staged
            .map(Event::ItemsStaged)
            .map_err(|fault| unknown(fault.to_string()));
    }
    upcast::to_current(upcasts, name, version, &recorded.data)
        .and_then(|data| event_of(name, &data))
        .map_err(unknown)
}

/// To add an event: its struct and variant in the domain, its shape in the table of its family, its
/// line below, a sample in `tests/samples.rs`; the test of the golden files then says what its file
/// must hold.
macro_rules! current_shapes {
    ($($name:ident = $shape:ident)+) => {
        fn data_of(event: &Event) -> Arc<[u8]> {
            match event {
                Event::ItemsStaged(staged) => staged.body.clone(),
                $(Event::$name(event) => to_json::<$shape>(&event.store()),)+
            }
        }

        fn event_of(name: &str, data: &[u8]) -> Result<Event, String> {
            match name {
                $(stringify!($name) => {
                    from_json::<$shape>(data).map(|form| Event::$name(Stored::load(form)))
                })+
                other => Err(format!("no event of this program is named {other:?}")),
            }
        }
    };
}

current_shapes! {
    LedgerFounded = LedgerFoundedV1
    ProjectCreated = ProjectCreatedV2
    ProjectUpdated = ProjectUpdatedV2
    ProjectDeleted = ProjectDeletedV1
    ProjectListed = ProjectListedV1
    ProjectUnlisted = ProjectUnlistedV1
    DatasetListed = DatasetListedV1
    DatasetUnlisted = DatasetUnlistedV1
    DatasetCreated = DatasetCreatedV1
    DatasetUpdated = DatasetUpdatedV1
    DatasetDeleted = DatasetDeletedV1
    ItemsCommitted = ItemsCommittedV1
    OperationBegun = OperationBegunV1
    OperationFinished = OperationFinishedV1
    SnapshotCreated = SnapshotCreatedV1
    SnapshotRenamed = SnapshotRenamedV1
    SnapshotMoved = SnapshotMovedV1
    RestoreBegun = RestoreBegunV2
    SnapshotRestored = SnapshotRestoredV1
    RestoreGivenUp = RestoreGivenUpV1
    SnapshotCloned = SnapshotClonedV1
    SnapshotDeleted = SnapshotDeletedV1
    SnapshotUndeleted = SnapshotUndeletedV1
    TaskQueued = TaskQueuedV1
    TaskClaimed = TaskClaimedV1
    TaskProgressed = TaskProgressedV1
    TaskCompleted = TaskCompletedV1
    TaskFailed = TaskFailedV1
    TaskCancelled = TaskCancelledV1
    ApiKeyIssued = ApiKeyIssuedV2
    ApiKeyRevoked = ApiKeyRevokedV1
    ApiKeyUsed = ApiKeyUsedV1
}

fn to_json<Form: Serialize>(form: &Form) -> Arc<[u8]> {
    let mut data = Vec::with_capacity(DATA_BYTES_USUAL);
    let Ok(()) = serde_json::to_writer(&mut data, form) else {
        unreachable!("a stored shape has only text keys, and memory takes every byte")
    };
    data.into()
}

fn from_json<Form: DeserializeOwned>(data: &[u8]) -> Result<Form, String> {
    serde_json::from_slice(data).map_err(|error| error.to_string())
}
