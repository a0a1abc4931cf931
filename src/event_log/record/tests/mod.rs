//! What is in a log is understood for ever: golden files, to the byte, both ways.

mod samples;
mod task_samples;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use chrono::DateTime;
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::domain::event::{SnapshotRenamed, TaskCancelled};
use crate::domain::ids::{DatasetId, Position, Revision, SnapshotId, Stream, TaskId};
use crate::domain::values::Name;
use crate::event_log::port::Context;
use samples::{old_samples, samples};

fn golden_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/event_log/golden")
}

fn recorded(name: &str, schema_version: u32, data: &[u8]) -> Recorded {
    Recorded {
        position: Position(9),
        stream: Stream::Ledger,
        revision: Revision(3),
        id: EventId(Uuid::from_u128(1)),
        name: name.into(),
        schema_version,
        recorded_at: DateTime::UNIX_EPOCH,
        context: Context {
            actor: "tester".into(),
            correlation: None,
            causation: None,
            idempotency: None,
        },
        data: data.into(),
    }
}

#[test]
fn every_event_is_its_golden_file_to_the_byte_both_ways() {
    for (file, event) in samples() {
        let golden = fs::read(golden_folder().join(&file)).expect(&file);
        let new = encode(EventId(Uuid::nil()), &event);
        let version = upcast::current_version(event.name());
        assert!(file.contains(&format!(".v{version}.")), "{file}");
        assert_eq!(
            (new.name, new.schema_version),
            (event.name(), version),
            "{file}"
        );
        let written = String::from_utf8_lossy(&new.data);
        assert_eq!(written, String::from_utf8_lossy(&golden), "{file}");
        let found = recorded(new.name, version, &golden);
        assert_eq!(decode(&found), Ok(event), "{file}");
    }
}

#[test]
fn what_was_written_in_an_older_shape_is_read_as_it_was_meant() {
    for (file, version, event) in old_samples() {
        let golden = fs::read(golden_folder().join(&file)).expect(&file);
        let found = recorded(event.name(), version, &golden);
        assert_eq!(decode(&found), Ok(event), "{file}");
    }
}

#[test]
fn every_event_has_a_golden_file_and_every_golden_file_an_event() {
    let current = samples().into_iter().map(|(file, _)| file);
    let old = old_samples().into_iter().map(|(file, _, _)| file);
    let sampled: BTreeSet<String> = current.chain(old).collect();
    let there: BTreeSet<String> = fs::read_dir(golden_folder())
        .expect("the golden folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    assert_eq!(sampled, there);
    for name in Event::NAMES {
        for version in 1..=upcast::current_version(name) {
            assert!(
                sampled.contains(&format!("{name}.v{version}.json")),
                "{name}"
            );
        }
    }
}

#[test]
fn an_unknown_name_version_or_shape_is_loud() {
    let good = br#"{"taskId":"00000000-0000-0000-0000-000000000007"}"#;
    let check = |name: &str, version: u32, data: &[u8], message: &str| {
        let Err(ReadFault::Unknown {
            position,
            message: found,
        }) = decode(&recorded(name, version, data))
        else {
            panic!("{name} version {version} was understood");
        };
        assert_eq!(position, Position(9));
        assert!(found.contains(message), "{found}");
    };
    check("TaskForgotten", 1, good, "TaskForgotten");
    check("TaskCancelled", 2, good, "newer program");
    check("TaskCancelled", 0, good, "version 0");
    check("ItemsStaged", 2, good, "newer program");
    check("ItemsStaged", 1, good, "malformed");
    check("TaskCancelled", 1, b"", "EOF");
    check("TaskCancelled", 1, b"{}", "taskId");
    check("TaskCancelled", 1, br#"{"taskId":"7"}"#, "UUID");
    let more = br#"{"taskId":"00000000-0000-0000-0000-000000000007","why":1}"#;
    check("TaskCancelled", 1, more, "unknown field");
    let phase = br#"{"taskId":"00000000-0000-0000-0000-000000000007","phase":"RUNNING","done":0}"#;
    check("TaskProgressed", 1, phase, "task phase");
    assert_eq!(
        decode(&recorded("TaskCancelled", 1, good)),
        Ok(Event::TaskCancelled(TaskCancelled {
            task: TaskId(Uuid::from_u128(7))
        }))
    );
}

/// An example of a change to a shape: the name was once called title, and there was no description.
fn title_becomes_name(mut data: Value) -> Result<Value, String> {
    let fields = data.as_object_mut().ok_or("no object")?;
    let title = fields.remove("title").ok_or("no title")?;
    fields.insert("name".to_owned(), title);
    fields.insert("description".to_owned(), Value::Null);
    Ok(data)
}

#[test]
fn an_old_shape_is_upcast_when_it_is_read() {
    let upcasts = [Upcast {
        name: "SnapshotRenamed",
        from: 0,
        step: title_becomes_name,
    }];
    let old = |data: &[u8]| decode_with(&upcasts, &recorded("SnapshotRenamed", 0, data));
    let data = br#"{"datasetId":"00000000-0000-0000-0000-000000000001",
        "snapshotId":"00000000-0000-0000-0000-000000000002","title":"before the move"}"#;
    let renamed = SnapshotRenamed {
        dataset: DatasetId(Uuid::from_u128(1)),
        snapshot: SnapshotId(Uuid::from_u128(2)),
        name: Some(Name::recorded("before the move")),
        description: None,
    };
    assert_eq!(old(data), Ok(Event::SnapshotRenamed(renamed)));
    assert!(matches!(old(b"{}"), Err(ReadFault::Unknown { .. })));
    assert!(matches!(old(b"["), Err(ReadFault::Unknown { .. })));
    let other = decode_with(&upcasts, &recorded("SnapshotMoved", 0, data));
    assert!(matches!(other, Err(ReadFault::Unknown { .. })));
}
