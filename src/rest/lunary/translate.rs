//! To and from the ledger's shapes: a version is a snapshot, and an item's `input`, `expected` and
//! `output` are what this API calls input, ground truth and output.
//!
//! What this API alone needs lies in an item's data under [`OWN`]; every other member stays as
//! other writers left it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::asked::ItemInput;
use super::wire::{DatasetV2, DatasetV2Item, DatasetV2Version, Held};
use crate::domain::ids::DatasetId;
use crate::views::{DatasetRow, SnapshotRow};

/// The member of an item's data that is this API's own: `updatedAt`, `evaluatorResult1` to `5`, and
/// `createdAt` where a writer gave it.
const OWN: &str = "lunary";
const INPUT: &str = "input";
const GROUND_TRUTH: &str = "expected";
const OUTPUT: &str = "output";
const CREATED_AT: &str = "createdAt";
const UPDATED_AT: &str = "updatedAt";

/// A time as this API writes it: UTC, in milliseconds.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A description: none when it is empty.
fn description(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A dataset with so many items, and its current version.
pub(super) fn dataset(
    row: &DatasetRow,
    current: Option<&SnapshotRow>,
    item_count: u64,
) -> DatasetV2 {
    let version = current.map(version);
    let changed = current.map_or(row.updated_at, |current| {
        row.updated_at.max(current.created_at)
    });
    DatasetV2 {
        id: row.id.0,
        project_id: row.project.0,
        owner_id: Uuid::try_parse(&row.owner).ok(),
        owner_name: Some(row.owner.to_string()),
        owner_email: row.owner.contains('@').then(|| row.owner.to_string()),
        name: row.name.to_string(),
        description: description(&row.description),
        created_at: time(row.created_at),
        updated_at: time(changed),
        item_count,
        current_version_id: current.map(|current| current.id.0),
        current_version_number: current.map_or(0, |current| current.number),
        current_version_created_at: current.map(|current| time(current.created_at)),
        current_version_created_by: version.as_ref().and_then(|version| version.created_by),
        current_version_restored_from_version_id: version
            .as_ref()
            .and_then(|version| version.restored_from_version_id),
        evaluator_slot1_id: None,
        evaluator_slot2_id: None,
        evaluator_slot3_id: None,
        evaluator_slot4_id: None,
        evaluator_slot5_id: None,
        evaluator_configs: std::collections::BTreeMap::new(),
    }
}

/// A snapshot as a version: its words are those that its dataset had.
pub(super) fn version(row: &SnapshotRow) -> DatasetV2Version {
    DatasetV2Version {
        id: row.id.0,
        dataset_id: row.dataset.0,
        version_number: row.number,
        created_at: time(row.created_at),
        created_by: Uuid::try_parse(&row.created_by).ok(),
        restored_from_version_id: row.restored_from.map(|restored| restored.0),
        name: Some(row.dataset_name.to_string()),
        description: description(&row.dataset_description),
        item_count: row.version.version.counts.items,
    }
}

/// What an item holds. One without an input shows all its data there.
pub(super) fn held(data: &Value) -> Held {
    let own = data.get(OWN);
    let result = |name| {
        own.and_then(|own| own.get(name))
            .filter(|it| it.is_object())
    };
    Held {
        input: match data.get(INPUT) {
            Some(input) => text(input).unwrap_or_default(),
            None => all_but_own(data),
        },
        ground_truth: data.get(GROUND_TRUTH).and_then(text),
        output: data.get(OUTPUT).and_then(text),
        evaluator_result1: result("evaluatorResult1").cloned(),
        evaluator_result2: result("evaluatorResult2").cloned(),
        evaluator_result3: result("evaluatorResult3").cloned(),
        evaluator_result4: result("evaluatorResult4").cloned(),
        evaluator_result5: result("evaluatorResult5").cloned(),
    }
}

/// A text as it is, other JSON as its text; null is none.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Some(value.to_string())
        }
    }
}

fn all_but_own(data: &Value) -> String {
    match data.as_object() {
        Some(members) if members.contains_key(OWN) => {
            let mut members = members.clone();
            members.remove(OWN);
            Value::Object(members).to_string()
        }
        Some(_) | None => data.to_string(),
    }
}

/// When an item was made and when it was changed last: as its own member tells; else by the time in
/// its key, where that is a UUID that has one; else when its dataset was made.
pub(super) fn item_times(key: &str, data: &Value, dataset_made: DateTime<Utc>) -> (String, String) {
    let told = |name| {
        let text = data.get(OWN)?.get(name)?.as_str()?;
        let told = DateTime::parse_from_rfc3339(text).ok()?;
        Some(told.with_timezone(&Utc))
    };
    let created = told(CREATED_AT).or_else(|| time_in(key));
    let created = created.unwrap_or(dataset_made);
    let updated = told(UPDATED_AT).unwrap_or(created).max(created);
    (time(created), time(updated))
}

fn time_in(key: &str) -> Option<DateTime<Utc>> {
    let id = Uuid::try_parse(key).ok()?;
    if id.get_version_num() != 7 {
        return None;
    }
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

/// An item of a dataset under its id, made and changed at these times.
pub(super) fn item(
    (dataset, id): (DatasetId, Uuid),
    held: Held,
    (created_at, updated_at): (String, String),
) -> DatasetV2Item {
    DatasetV2Item {
        id,
        dataset_id: dataset.0,
        held,
        created_at,
        updated_at,
    }
}

/// The data of a new item.
pub(super) fn new_data(asked: &ItemInput) -> Value {
    let mut members = Map::new();
    members.insert(
        INPUT.to_owned(),
        json!(asked.input.as_deref().unwrap_or("")),
    );
    put(&mut members, asked);
    Value::Object(members)
}

/// The data of an item as it becomes by a change at this time.
pub(super) fn changed_data(data: Value, asked: &ItemInput, now: DateTime<Utc>) -> Value {
    let Value::Object(mut members) = data else {
        return data;
    };
    put(&mut members, asked);
    let mut own = match members.remove(OWN) {
        Some(Value::Object(own)) => own,
        Some(_) | None => Map::new(),
    };
    own.insert(UPDATED_AT.to_owned(), json!(time(now)));
    members.insert(OWN.to_owned(), Value::Object(own));
    Value::Object(members)
}

/// Puts the members that are asked for; null takes one away.
fn put(members: &mut Map<String, Value>, asked: &ItemInput) {
    if let Some(input) = &asked.input {
        members.insert(INPUT.to_owned(), json!(input));
    }
    for (name, member) in [(GROUND_TRUTH, &asked.ground_truth), (OUTPUT, &asked.output)] {
        match member {
            Some(Some(text)) => {
                members.insert(name.to_owned(), json!(text));
            }
            Some(None) => {
                members.remove(name);
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(body: Value) -> ItemInput {
        serde_json::from_value(body).expect("an input")
    }

    #[test]
    fn an_item_shows_texts_as_they_are_and_other_json_as_text() {
        let check = |data: Value, expected: (&str, Option<&str>, Option<&str>)| {
            let held = held(&data);
            let found = (
                held.input.as_str(),
                held.ground_truth.as_deref(),
                held.output.as_deref(),
            );
            assert_eq!(found, expected, "{data}");
        };
        check(json!({"input": "a \"b\""}), ("a \"b\"", None, None));
        check(
            json!({"input": {"q": 1}, "expected": [2], "output": 3}),
            (r#"{"q":1}"#, Some("[2]"), Some("3")),
        );
        check(
            json!({"input": null, "expected": null, "output": ""}),
            ("", None, Some("")),
        );
        check(
            json!({"species": "Adelie", "lunary": {"updatedAt": "x"}}),
            (r#"{"species":"Adelie"}"#, None, None),
        );
        check(json!({}), ("{}", None, None));
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let now = DateTime::UNIX_EPOCH;
        let told = json!({"updatedAt": "1970-01-01T00:00:00.000Z"});
        let check = |before: Value, body: Value, expected: Value| {
            let mut expected = expected;
            expected["lunary"] = told.clone();
            assert_eq!(changed_data(before, &asked(body), now), expected);
        };
        check(
            json!({"input": "a", "expected": "b", "tags": ["x"]}),
            json!({"groundTruth": "c"}),
            json!({"input": "a", "expected": "c", "tags": ["x"]}),
        );
        check(
            json!({"input": "a", "expected": "b", "lunary": 3}),
            json!({"groundTruth": null, "output": "o"}),
            json!({"input": "a", "output": "o"}),
        );
        assert_eq!(new_data(&asked(json!({}))), json!({"input": ""}));
    }

    #[test]
    fn times_are_told_by_the_item_its_key_or_its_dataset() {
        let made = "2026-01-02T03:04:05.678901Z".parse().expect("a time");
        let check = |key: &str, data: Value, expected: (&str, &str)| {
            let (created, updated) = item_times(key, &data, made);
            assert_eq!(
                (created.as_str(), updated.as_str()),
                expected,
                "{key} {data}"
            );
        };
        let dataset = "2026-01-02T03:04:05.678Z";
        check("row-1", json!({}), (dataset, dataset));
        let key = "0198a1b2-c3d4-7000-8000-00000000000a";
        let keyed = "2025-08-13T08:32:02.900Z";
        let (created, updated) = item_times(key, &json!({}), made);
        assert_eq!(created, updated);
        assert_eq!(created.len(), keyed.len());
        assert_ne!(created, dataset);
        let own = json!({"lunary": {"updatedAt": "2027-01-01T00:00:00.000Z"}});
        check("row-1", own, (dataset, "2027-01-01T00:00:00.000Z"));
        let earlier = json!({"lunary": {"updatedAt": "1999-01-01T00:00:00Z"}});
        check("row-1", earlier, (dataset, dataset));
        let wrong = json!({"lunary": {"updatedAt": "soon", "createdAt": 7}});
        check("row-1", wrong, (dataset, dataset));
    }
}
