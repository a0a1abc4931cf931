//! Items to measure with: keys of 14 bytes, values of about 200, the same in every run.

use serde::Deserialize;
use serde_json::{Value, json};
use snapledger::ledger::{ItemKind, NewItem};

/// Letters of the longest member of an item's data: the whole value comes to 200 bytes.
const TEXT_CHARS: usize = 144;

/// A line as it is written.
#[derive(Deserialize)]
struct Line {
    key: String,
    data: serde_json::Map<String, Value>,
}

/// The key of the item of this number.
pub fn key(number: u64) -> String {
    format!("item-{number:09}")
}

/// An item as it is in a round: each round has other values.
pub fn item(number: u64, round: u64) -> NewItem {
    let data = data(number, round);
    NewItem {
        key: Some(key(number)),
        kind: ItemKind::Record,
        data,
        media: None,
    }
}

/// The same as a line of NDJSON.
pub fn line(number: u64, round: u64) -> String {
    json!({ "key": key(number), "data": data(number, round) }).to_string()
}

/// The item of a line.
pub fn parsed(line: &str) -> NewItem {
    let Line { key, data } = serde_json::from_str(line).expect("a line of our own");
    NewItem {
        key: Some(key),
        kind: ItemKind::Record,
        data: Value::Object(data),
        media: None,
    }
}

/// Changes to `count` items at random keys of the first `size` ones.
pub fn changes(count: u64, size: u64, round: u64) -> impl Iterator<Item = NewItem> {
    (0..count).map(move |number| item(mixed(number + round * 1_000_003) % size, round))
}

/// A well mixed number for a number (splitmix64).
pub fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

fn data(number: u64, round: u64) -> Value {
    let seed = mixed(number ^ (round << 40));
    let mut text = String::with_capacity(TEXT_CHARS);
    for part in 0..TEXT_CHARS as u64 / 16 {
        text.push_str(&format!("{:016x}", mixed(seed ^ part)));
    }
    let (label, score) = (seed % 1_000, (seed >> 32) as f64 / 1e3);
    json!({ "label": label, "score": score, "text": text })
}
