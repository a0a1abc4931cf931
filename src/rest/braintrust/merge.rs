//! What an event makes of a row: replaces it, merges into it, takes values out, deletes it.
//!
//! Pure. A row is an item's data with the members `input`, `expected`, `metadata` and `tags`, and
//! this dialect's own; what other rooms keep beside them stays.

use serde_json::{Map, Value};

use super::row;
use super::translate::OWN_MEMBER;
use super::wire::{ArrayDelete, InsertEvent};

/// The one member whose arrays are merged as sets.
const SET_MEMBER: &str = "tags";
/// The members of a row that this dialect keeps in its own member.
const OWN_MEMBERS: [&str; 5] = ["created", "origin", "facets", "span_id", "root_span_id"];

/// A row after an event; none: it is deleted. `now` is the time of one that tells none.
pub(super) fn after(
    event: &InsertEvent,
    before: Option<Map<String, Value>>,
    now: &str,
) -> Option<Map<String, Value>> {
    if event.object_delete == Some(true) {
        return None;
    }
    let is_merge = event.is_merge == Some(true);
    let mut data = before.unwrap_or_default();
    let mut shown = row::members(&data);
    let given = members_of(event);
    if is_merge && !shown.is_empty() {
        let stops = event.merge_paths.as_deref().unwrap_or_default();
        merge_below(&mut shown, given, &mut Vec::new(), stops);
    } else {
        let created = shown.remove("created");
        shown = given;
        shown.entry("input").or_insert(Value::Null);
        if let Some(created) = created {
            shown.entry("created").or_insert(created);
        }
    }
    shown
        .entry("created")
        .or_insert_with(|| Value::String(now.to_owned()));
    for deletion in event.array_delete.iter().flatten() {
        delete_values(&mut shown, deletion);
    }
    put(&mut data, shown, is_merge);
    Some(data)
}

/// What an event gives, by member.
fn members_of(event: &InsertEvent) -> Map<String, Value> {
    let object = |given: &Option<Option<Map<String, Value>>>| {
        let given = given.clone();
        given.map(|object| object.map_or(Value::Null, Value::Object))
    };
    let text = |given: &Option<String>| given.clone().map(Value::String);
    let tags = event.tags.clone();
    let members = [
        ("input", event.input.clone()),
        ("expected", event.expected.clone()),
        ("metadata", object(&event.metadata)),
        (
            "tags",
            tags.map(|tags| tags.map_or(Value::Null, Value::from)),
        ),
        ("origin", object(&event.origin)),
        ("facets", object(&event.facets)),
        ("created", text(&event.created)),
        ("span_id", text(&event.span_id)),
        ("root_span_id", text(&event.root_span_id)),
    ];
    let given = members.into_iter();
    given
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

/// Writes a row's members into an item's data. A merge leaves an `input` alone that the row only
/// shows because the item has none.
fn put(data: &mut Map<String, Value>, mut shown: Map<String, Value>, is_merge: bool) {
    let mut own = Map::new();
    for name in OWN_MEMBERS {
        if let Some(value) = shown.remove(name) {
            own.insert(name.to_owned(), value);
        }
    }
    let is_only_shown = is_merge && row::shown_input(data) == shown.get("input").cloned();
    if is_only_shown {
        shown.remove("input");
    }
    for name in ["input", "expected", "metadata", "tags"] {
        match shown.remove(name) {
            Some(value) => {
                data.insert(name.to_owned(), value);
            }
            None if is_merge => {}
            None => {
                data.remove(name);
            }
        }
    }
    data.insert(OWN_MEMBER.to_owned(), Value::Object(own));
}

/// Merges objects deeply: what is given counts, and of two objects the members of both.
pub(super) fn merge_objects(into: &mut Map<String, Value>, given: Map<String, Value>) {
    for (name, value) in given {
        match (into.get_mut(&name), value) {
            (Some(Value::Object(before)), Value::Object(value)) => merge_objects(before, value),
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
}

/// Merges the members of a row, but not below the paths at which it stops.
fn merge_below(
    into: &mut Map<String, Value>,
    given: Map<String, Value>,
    path: &mut Vec<String>,
    stops: &[Vec<String>],
) {
    let is_top = path.is_empty();
    for (name, value) in given {
        path.push(name.clone());
        let is_stop = stops.contains(path);
        match (into.get_mut(&name), value) {
            (Some(Value::Object(before)), Value::Object(value)) if !is_stop => {
                merge_below(before, value, path, stops);
            }
            (Some(Value::Array(before)), Value::Array(value))
                if is_top && name == SET_MEMBER && !is_stop =>
            {
                for one in value {
                    if !before.contains(&one) {
                        before.push(one);
                    }
                }
            }
            (_, value) => {
                into.insert(name, value);
            }
        }
        path.pop();
    }
}

/// Takes values out of the array at a path; where there is none, nothing happens.
fn delete_values(row: &mut Map<String, Value>, deletion: &ArrayDelete) {
    let Some((first, rest)) = deletion.path.split_first() else {
        return;
    };
    let mut found = row.get_mut(first);
    for name in rest {
        found = found.and_then(|value| value.get_mut(name));
    }
    if let Some(Value::Array(values)) = found {
        values.retain(|value| !deletion.delete.contains(value));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: &str = "2026-01-31T09:30:00.000Z";

    fn check(before: &Value, event: Value, expected: &Value) {
        let event: InsertEvent = serde_json::from_value(event).expect("an event");
        let before = before.as_object().cloned();
        let after = after(&event, before, NOW).map(|mut data| {
            let own = data.remove(OWN_MEMBER);
            assert_eq!(own.expect("its own")["created"], NOW);
            Value::Object(data)
        });
        assert_eq!(after.unwrap_or(Value::Null), *expected);
    }

    #[test]
    fn a_row_is_replaced_and_what_others_keep_stays() {
        let before = json!({"input": {"a": 5}, "expected": 1, "tags": ["x"], "output": "kept"});
        check(
            &before,
            json!({"input": {"b": 11}}),
            &json!({"input": {"b": 11}, "output": "kept"}),
        );
        check(
            &before,
            json!({"expected": 0}),
            &json!({"input": null, "expected": 0, "output": "kept"}),
        );
        check(
            &Value::Null,
            json!({"tags": null}),
            &json!({"input": null, "tags": null}),
        );
    }

    #[test]
    fn a_merge_goes_deep_but_not_below_its_paths() {
        let before = json!({"input": {"a": {"b": 10}, "c": {"d": 20}}, "expected": {"a": 20}});
        let given = json!({"input": {"a": {"q": 30}, "c": {"e": 30}, "bar": "baz"},
            "expected": {"d": 40}, "_is_merge": true,
            "_merge_paths": [["input", "a"], ["expected"]]});
        check(
            &before,
            given,
            &json!({"input": {"a": {"q": 30}, "c": {"d": 20, "e": 30}, "bar": "baz"},
                "expected": {"d": 40}}),
        );
        check(
            &json!({"input": {"a": 5, "b": 10}}),
            json!({"_is_merge": true, "input": {"b": 11, "c": 20}}),
            &json!({"input": {"a": 5, "b": 11, "c": 20}}),
        );
        check(
            &Value::Null,
            json!({"_is_merge": true, "expected": 1}),
            &json!({"input": null, "expected": 1}),
        );
    }

    #[test]
    fn tags_are_merged_as_a_set_and_taken_out_by_value() {
        let before = json!({"input": 1, "tags": ["a", "b"], "metadata": {"kinds": [1, 2, 1]}});
        let merged =
            |tags: Value| json!({"input": 1, "tags": tags, "metadata": {"kinds": [1, 2, 1]}});
        check(
            &before,
            json!({"_is_merge": true, "tags": ["b", "c"]}),
            &merged(json!(["a", "b", "c"])),
        );
        check(
            &before,
            json!({"_is_merge": true, "tags": ["c"], "_merge_paths": [["tags"]]}),
            &merged(json!(["c"])),
        );
        check(
            &before,
            json!({"_is_merge": true, "_array_delete": [
                {"path": ["tags"], "delete": ["a"]}, {"path": ["metadata", "kinds"], "delete": [1]},
                {"path": [], "delete": [1]}, {"path": ["no", "where"], "delete": [1]}]}),
            &json!({"input": 1, "tags": ["b"], "metadata": {"kinds": [2]}}),
        );
    }

    #[test]
    fn an_item_that_another_room_wrote_keeps_its_members() {
        let before = json!({"species": "Adelie"});
        check(
            &before,
            json!({"_is_merge": true, "metadata": {"seen": true}}),
            &json!({"species": "Adelie", "metadata": {"seen": true}}),
        );
        check(
            &before,
            json!({"_is_merge": true, "input": {"b": 2}}),
            &json!({"species": "Adelie", "input": {"species": "Adelie", "b": 2}}),
        );
    }

    #[test]
    fn a_row_is_deleted_and_its_time_kept() {
        check(
            &json!({"input": 1}),
            json!({"_object_delete": true, "_is_merge": true}),
            &Value::Null,
        );
        let made = after(&InsertEvent::default(), None, NOW).expect("a row");
        let again = after(&InsertEvent::default(), Some(made), "later").expect("a row");
        assert_eq!(again[OWN_MEMBER]["created"], NOW);
    }
}
