//! To and from the ledger's shapes, and this API's own rules for names and descriptions.

use chrono::{DateTime, Utc};

use super::wire::{self, Cluster};
use crate::domain::Refusal;
use crate::domain::values::DatasetStatus;
use crate::ledger::NewSnapshot;
use crate::views::DatasetRow;

/// How many characters a name has.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 4..=64;
/// The most characters of a description.
const DESCRIPTION_CHARS_MAX: usize = 256;
/// The characters that no description has.
const DESCRIPTION_WITHOUT: &[char] = &['!', '<', '>', '\'', '=', '&', '"'];

/// A snapshot as it was asked for.
pub(super) fn new_snapshot(asked: wire::NewSnapshot) -> Result<NewSnapshot, Refusal> {
    check_name(&asked.name)?;
    let description = asked.description.unwrap_or_default();
    check_description(&description)?;
    Ok(NewSnapshot {
        name: Some(asked.name),
        description,
        ..NewSnapshot::default()
    })
}

/// Refuses a name of a snapshot or of a cluster that this API does not take.
fn check_name(name: &str) -> Result<(), Refusal> {
    let is_fit = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && NAME_CHARS.contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_fit {
        return Ok(());
    }
    let message = "4 to 64 letters, digits, hyphens and underscores, a letter first";
    Err(Refusal::BadInput {
        field: "name",
        message: message.to_owned(),
    })
}

fn check_description(text: &str) -> Result<(), Refusal> {
    if text.chars().count() <= DESCRIPTION_CHARS_MAX && !text.contains(DESCRIPTION_WITHOUT) {
        return Ok(());
    }
    let message = "at most 256 characters, none of !<>'=&\"";
    Err(Refusal::BadInput {
        field: "description",
        message: message.to_owned(),
    })
}

/// A dataset as a cluster.
pub(super) fn cluster(row: &DatasetRow) -> Cluster {
    Cluster {
        id: row.id.to_string(),
        name: row.name.to_string(),
        status: status(row.status),
        sub_status: match row.status {
            DatasetStatus::ReadOnly => "READONLY",
            DatasetStatus::Draft
            | DatasetStatus::Indexing
            | DatasetStatus::Ready
            | DatasetStatus::PartialIndex
            | DatasetStatus::Error => "NORMAL",
        },
        task_status: row.active_restore.map(|_| "RESTORING"),
        created: time(row.created_at),
        updated: time(row.updated_at),
    }
}

const fn status(status: DatasetStatus) -> &'static str {
    match status {
        DatasetStatus::Draft | DatasetStatus::Indexing => "CREATING",
        DatasetStatus::Ready | DatasetStatus::ReadOnly | DatasetStatus::PartialIndex => "AVAILABLE",
        DatasetStatus::Error => "UNAVAILABLE",
    }
}

/// A time as this API writes it: UTC, without a fraction of the second.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
