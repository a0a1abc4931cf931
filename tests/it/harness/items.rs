//! Items for stories: numbered, each of about 150 bytes, the same for the same number and edition.

use std::fmt::Write;

use serde_json::{Value, json};

/// Item number `number` in this edition of its data.
pub fn item(number: u64, edition: u32) -> Value {
    json!({ "key": item_key(number), "kind": "RECORD", "data": data(number, edition) })
}

/// The same item as a line of NDJSON, in the form in which it comes out.
pub fn line(number: u64, edition: u32) -> String {
    let (key, data) = (item_key(number), data(number, edition));
    format!("{{\"key\":\"{key}\",\"kind\":\"RECORD\",\"data\":{data}}}\n")
}

/// Lines of the first items, all in this edition.
pub fn lines(count: u64, edition: u32) -> String {
    let mut lines = String::new();
    for number in 0..count {
        write!(lines, "{}", line(number, edition)).expect("a text can grow");
    }
    lines
}

/// The key of item number `number`.
pub fn item_key(number: u64) -> String {
    format!("item-{number:07}")
}

fn data(number: u64, edition: u32) -> Value {
    let label = format!("the item with number {number}, in edition {edition} of its text");
    json!({ "edition": edition, "label": label, "number": number, "half": number as f64 + 0.5 })
}
