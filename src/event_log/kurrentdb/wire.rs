//! Events as KurrentDB keeps them: type, data and id are the event's own, the rest is metadata.
//!
//! The metadata is a stored shape: what it holds today is never changed, only a new version added.
//! An event that does not have it in full is somebody else's or a newer program's: never skipped.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use eventstore::{EventData, RecordedEvent};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::domain::ids::{EventId, Position, Revision};
use crate::event_log::names::shared_name;
use crate::event_log::port::{Context, IdempotencyMark, ReadFault, Recorded};

/// The version of the metadata that is written.
const METADATA_VERSION: u32 = 1;

/// The metadata of an event, version 1.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MetadataV1 {
    /// Tells our events from any others, and the versions of this shape apart.
    snapledger: u32,
    stream: String,
    revision: u64,
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    /// RFC 3339, UTC, microseconds.
    #[serde(rename = "recordedAt")]
    recorded_at: String,
    actor: String,
    idempotency: Option<MarkV1>,
    /// KurrentDB's own name, by which its index of correlations finds events.
    #[serde(
        rename = "$correlationId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    correlation: Option<Uuid>,
    /// KurrentDB's own name.
    #[serde(
        rename = "$causationId",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    causation: Option<Uuid>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkV1 {
    key: String,
    /// 64 hex digits.
    input: String,
}

/// The part of the metadata that every version has.
#[derive(Deserialize)]
struct AnyMetadata {
    snapledger: u32,
}

/// An event on its way out.
pub(super) struct Proposed {
    /// The event.
    pub(super) event: EventData,
    /// What it counts towards the most that one append may hold, in bytes.
    pub(super) bytes: usize,
}

/// The event as it is proposed to KurrentDB.
pub(super) fn proposed(event: &Recorded) -> Proposed {
    let metadata = metadata_of(event);
    // KurrentDB counts names by their UTF-16 form.
    let bytes = event.data.len() + metadata.len() + 2 * event.name.len();
    let json = serde_json::from_slice::<&RawValue>(&event.data)
        .and_then(|data| EventData::json(&*event.name, &data));
    let binary = |_| EventData::binary(&*event.name, event.data.to_vec().into());
    let data = json.unwrap_or_else(binary);
    let event = data.id(event.id.0).metadata(metadata.into());
    Proposed { event, bytes }
}

fn metadata_of(event: &Recorded) -> Vec<u8> {
    let context = &event.context;
    let metadata = MetadataV1 {
        snapledger: METADATA_VERSION,
        stream: event.stream.to_string(),
        revision: event.revision.0,
        schema_version: event.schema_version,
        recorded_at: event
            .recorded_at
            .to_rfc3339_opts(SecondsFormat::Micros, true),
        actor: context.actor.to_string(),
        idempotency: context.idempotency.as_ref().map(|mark| MarkV1 {
            key: mark.key.to_string(),
            input: mark.input.to_string(),
        }),
        correlation: context.correlation,
        causation: context.causation,
    };
    let Ok(metadata) = serde_json::to_vec(&metadata) else {
        unreachable!("texts and numbers have a form in JSON")
    };
    metadata
}

/// The event that KurrentDB recorded in the log's stream.
pub(super) fn recorded(event: &RecordedEvent) -> Result<Recorded, ReadFault> {
    let position = Position(event.revision + 1);
    let unknown = |message: String| ReadFault::Unknown { position, message };
    let metadata = metadata(&event.custom_metadata).map_err(unknown)?;
    let malformed = |what: &str| unknown(format!("its metadata has no {what} as it should be"));
    let recorded_at = DateTime::parse_from_rfc3339(&metadata.recorded_at)
        .map(|time| time.with_timezone(&Utc))
        .ok()
        .filter(|time| time.trunc_subsecs(6) == *time)
        .ok_or_else(|| malformed("time"))?;
    let idempotency = match metadata.idempotency {
        None => None,
        Some(mark) => Some(IdempotencyMark {
            key: mark.key.into(),
            input: mark.input.parse().map_err(|_| malformed("digest"))?,
        }),
    };
    Ok(Recorded {
        position,
        stream: metadata.stream.parse().map_err(|_| malformed("stream"))?,
        revision: Revision(metadata.revision),
        id: EventId(event.id),
        name: shared_name(&event.event_type),
        schema_version: metadata.schema_version,
        recorded_at,
        context: Context {
            actor: metadata.actor.into(),
            correlation: metadata.correlation,
            causation: metadata.causation,
            idempotency,
        },
        data: Arc::from(event.data.as_ref()),
    })
}

fn metadata(bytes: &[u8]) -> Result<MetadataV1, String> {
    let any = serde_json::from_slice::<AnyMetadata>(bytes)
        .map_err(|_| "its metadata is not a ledger's: somebody else writes here".to_owned())?;
    if any.snapledger != METADATA_VERSION {
        let version = any.snapledger;
        return Err(format!(
            "its metadata has version {version}; this program knows version {METADATA_VERSION}"
        ));
    }
    serde_json::from_slice(bytes).map_err(|error| format!("its metadata is malformed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::contract::harness::{context, event, micros, stream};

    const GOLDEN: &str = include_str!("golden/metadata.v1.json");

    fn sample(context: Context) -> Recorded {
        let new = event(7);
        Recorded {
            position: Position(12),
            stream: stream(3),
            revision: Revision(4),
            id: new.id,
            name: new.name.into(),
            schema_version: 2,
            recorded_at: micros(1_763_790_000_000_001),
            context,
            data: new.data,
        }
    }

    #[test]
    fn the_metadata_has_the_form_it_always_had() {
        let written = metadata_of(&sample(context()));
        assert_eq!(String::from_utf8_lossy(&written), GOLDEN.trim_end());
        let read = metadata(GOLDEN.as_bytes()).expect("it is ours");
        assert_eq!(read.stream, stream(3).to_string());
        assert_eq!(read.correlation, context().correlation);
        assert_eq!(read.recorded_at, "2025-11-22T05:40:00.000001Z");
    }

    #[test]
    fn what_a_call_does_not_name_is_not_there() {
        let bare = Context {
            actor: "nobody".into(),
            correlation: None,
            causation: None,
            idempotency: None,
        };
        let written = metadata_of(&sample(bare));
        let written = String::from_utf8(written).expect("a text");
        assert!(!written.contains('$'), "{written}");
        let read = metadata(written.as_bytes()).expect("it is ours");
        assert!(read.idempotency.is_none() && read.causation.is_none());
    }

    #[test]
    fn other_metadata_is_not_taken_for_ours() {
        let check = |text: &str, word: &str| {
            let fault = metadata(text.as_bytes()).expect_err(text);
            assert!(fault.contains(word), "{fault}");
        };
        check("", "somebody else");
        check("{}", "somebody else");
        check(r#"{"$correlationId":"1"}"#, "somebody else");
        check(r#"{"snapledger":2,"new":true}"#, "version 2");
        check(r#"{"snapledger":1,"stream":"ledger"}"#, "malformed");
        let more = GOLDEN.trim_end().replacen('{', r#"{"more":1,"#, 1);
        check(&more, "malformed");
    }
}
