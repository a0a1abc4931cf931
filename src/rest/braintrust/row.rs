//! An item as a row of this API, at the version that was read.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::translate::{OWN_MEMBER, is_time, time};
use super::wire::Row;
use crate::domain::ids::{DatasetId, ProjectId};
use crate::ledger::Item;
use crate::views::VersionRow;

/// Where a row is read.
pub(super) struct Place {
    xact_id: String,
    made: String,
    dataset: DatasetId,
    project: ProjectId,
}

impl Place {
    /// A version of a dataset of this project.
    pub fn of(version: &VersionRow, project: ProjectId) -> Self {
        Self {
            xact_id: version.at.position.xact().to_string(),
            made: time(version.created_at),
            dataset: version.dataset,
            project,
        }
    }

    /// An item as a row. One that tells no time was made when its key was, else with the version.
    pub fn row(&self, item: Item) -> Row {
        let data = match item.data {
            Value::Object(data) => data,
            _ => Map::new(),
        };
        let mut members = members(&data);
        let mut take = |name: &str| members.remove(name).unwrap_or(Value::Null);
        // Another room may have put anything there.
        let created = text(take("created")).filter(|text| is_time(text));
        let created = created.or_else(|| time_of_key(&item.key));
        Row {
            xact_id: self.xact_id.clone(),
            created: created.unwrap_or_else(|| self.made.clone()),
            project_id: self.project.to_string(),
            dataset_id: self.dataset.to_string(),
            input: take("input"),
            expected: take("expected"),
            metadata: object(take("metadata")),
            tags: texts(take("tags")),
            origin: object(take("origin")),
            facets: object(take("facets")),
            span_id: text(take("span_id")).unwrap_or_else(|| item.key.clone()),
            root_span_id: text(take("root_span_id")).unwrap_or_else(|| item.key.clone()),
            is_root: true,
            id: item.key,
        }
    }
}

/// The members of a row, from an item's data; those that are not there are left out.
pub(super) fn members(data: &Map<String, Value>) -> Map<String, Value> {
    let mut members = match data.get(OWN_MEMBER) {
        Some(Value::Object(own)) => own.clone(),
        _ => Map::new(),
    };
    for name in ["expected", "metadata", "tags"] {
        if let Some(value) = data.get(name) {
            members.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(input) = shown_input(data) {
        members.insert("input".to_owned(), input);
    }
    members
}

/// The input of a row: the member of that name, else all of the item's data but this dialect's
/// own; none of an item without any.
pub(super) fn shown_input(data: &Map<String, Value>) -> Option<Value> {
    if let Some(input) = data.get("input") {
        return Some(input.clone());
    }
    let mut whole = data.clone();
    whole.remove(OWN_MEMBER);
    Some(whole)
        .filter(|whole| !whole.is_empty())
        .map(Value::Object)
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// An object, or null in place of anything else that another room may have put there.
fn object(value: Value) -> Value {
    if value.is_object() {
        value
    } else {
        Value::Null
    }
}

/// An array of texts, or null in place of anything else.
fn texts(value: Value) -> Value {
    let is_texts = value
        .as_array()
        .is_some_and(|values| values.iter().all(Value::is_string));
    if is_texts { value } else { Value::Null }
}

/// When a key was made, if it tells: a UUID v7 does.
fn time_of_key(key: &str) -> Option<String> {
    let id = Uuid::try_parse(key).ok()?;
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    let at = chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)?;
    (id.get_version_num() == 7).then(|| time(at))
}
