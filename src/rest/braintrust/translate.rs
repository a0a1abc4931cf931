//! To and from the ledger's shapes: projects, datasets, snapshots, times and transaction ids.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use serde_json::{Map, Value};

use super::merge::merge_objects;
use super::wire::{Dataset, DatasetSnapshot, Project};
use crate::domain::Refusal;
use crate::domain::ids::{LedgerId, XactId};
use crate::views::{DatasetRow, ProjectRow, SnapshotRow};

/// The member of a dataset's metadata, and of an item's data, that belongs to this dialect alone.
pub(super) const OWN_MEMBER: &str = "braintrust";
/// The name of the one organisation.
pub(super) const ORGANISATION: &str = "snapledger";

const TAGS: &str = "tags";
/// The years of a time that other programs read.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// A project.
pub(super) fn project(row: &ProjectRow, ledger: LedgerId) -> Project {
    Project {
        id: row.id.to_string(),
        org_id: ledger.to_string(),
        name: row.name.to_string(),
        description: filled(&row.description),
        created: Some(time(row.created_at)),
        deleted_at: None,
        user_id: None,
        settings: None,
    }
}

/// A dataset.
pub(super) fn dataset(row: &DatasetRow) -> Dataset {
    let mut metadata = metadata_of(row);
    let own = metadata.remove(OWN_MEMBER);
    let tags = own.as_ref().and_then(|own| own.get(TAGS)?.as_array());
    Dataset {
        id: row.id.to_string(),
        project_id: row.project.to_string(),
        name: row.name.to_string(),
        description: filled(&row.description),
        created: Some(time(row.created_at)),
        deleted_at: row.deleted_at.map(time),
        user_id: None,
        tags: tags.map(|tags| tags.iter().filter_map(text).collect()),
        metadata: Some(metadata).filter(|metadata| !metadata.is_empty()),
        url_slug: slug(row.name.as_str()),
    }
}

/// A snapshot.
pub(super) fn snapshot(row: &SnapshotRow) -> DatasetSnapshot {
    DatasetSnapshot {
        id: row.id.to_string(),
        dataset_id: row.dataset.to_string(),
        name: row.shown_name.to_string(),
        description: filled(&row.description),
        xact_id: row.place().xact().to_string(),
        created: Some(time(row.created_at)),
    }
}

/// The metadata of a dataset as the ledger keeps it, with this dialect's own member.
pub(super) fn metadata_of(row: &DatasetRow) -> Map<String, Value> {
    serde_json::from_str(&row.metadata).unwrap_or_default()
}

/// Metadata as the ledger keeps it, after it is given more, and other tags.
pub(super) fn changed_metadata(
    mut metadata: Map<String, Value>,
    more: Option<Map<String, Value>>,
    tags: Option<Vec<String>>,
) -> Value {
    if let Some(more) = more {
        merge_objects(&mut metadata, more);
    }
    if let Some(tags) = tags {
        let own = metadata.entry(OWN_MEMBER).or_insert(Value::Null);
        if !own.is_object() {
            *own = Value::Object(Map::new());
        }
        own[TAGS] = tags.into();
    }
    Value::Object(metadata)
}

/// When a caller says that a row was made: a time of RFC 3339, or one without its offset, which is
/// UTC's; told in UTC, in microseconds, so that texts compare as times do. A leap second is told
/// as the one after it, since few programs read a 60th.
pub(super) fn time_given(text: &str) -> Result<String, Refusal> {
    let whole = DateTime::parse_from_rfc3339(text);
    let given = whole.or_else(|_| DateTime::parse_from_rfc3339(&format!("{text}Z")));
    let utc = given
        .ok()
        .and_then(|given| DateTime::from_timestamp_micros(given.timestamp_micros()));
    let told = utc.filter(|utc| YEARS.contains(&utc.year()));
    let told = told.ok_or_else(|| Refusal::BadInput {
        field: "created",
        message: format!("{text:?} is not a time such as 2026-01-31T09:30:00Z"),
    })?;
    Ok(told.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// Whether a text is a time as answers must tell it.
pub(super) fn is_time(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
}

/// A time as this API writes it: UTC, in milliseconds.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A transaction id in a text; `field` is what a refusal points at.
pub(super) fn xact(field: &'static str, text: &str) -> Result<XactId, Refusal> {
    let malformed = |_| Refusal::BadInput {
        field,
        message: format!("{text:?} is no transaction id: 19 decimal digits are needed"),
    };
    text.trim().parse().map_err(malformed)
}

/// A text that is not empty.
fn filled(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A name as part of an address: letters and digits in lower case, hyphens between them.
fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let parts = lower.split(|char: char| !char.is_alphanumeric());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("-")
}
