//! What a cell of a CSV stands for, and which cell is the key.
//!
//! A cell that is exactly how JSON writes a number, `true` or `false` becomes that; an empty one
//! null; any other a text. So `39.1` is a number, but `007` and `1.50` stay as they are written,
//! and nothing that a table says is lost.

use serde_json::{Number, Value};

/// The digits of a row number as a key: keys are in byte order.
pub(super) const ROW_NUMBER_DIGITS: usize = 10;

/// Where a row's key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyCell {
    /// In this column, which is data too.
    Shared(usize),
    /// In the column `key`, which is nothing else.
    Own(usize),
    /// The row's number.
    RowNumber,
}

/// Which column is the key: the one asked for, else `key`, else `id`, else none.
pub(super) fn key_cell(columns: &[String], wanted: Option<&str>) -> Result<KeyCell, String> {
    let place = |name: &str| columns.iter().position(|column| column == name);
    if let Some(wanted) = wanted {
        let place = place(wanted).ok_or_else(|| {
            format!(
                "there is no column {wanted:?}; the header has {}",
                columns.join(", ")
            )
        })?;
        return Ok(if wanted == "key" {
            KeyCell::Own(place)
        } else {
            KeyCell::Shared(place)
        });
    }
    Ok(match (place("key"), place("id")) {
        (Some(place), _) => KeyCell::Own(place),
        (None, Some(place)) => KeyCell::Shared(place),
        (None, None) => KeyCell::RowNumber,
    })
}

/// Checks the names of the columns: none is empty, none comes twice.
pub(super) fn check_columns(columns: &[String]) -> Result<(), String> {
    for (index, column) in columns.iter().enumerate() {
        if column.is_empty() {
            return Err(format!("column {} has no name in the header", index + 1));
        }
        if columns[..index].contains(column) {
            return Err(format!("the header names the column {column:?} twice"));
        }
    }
    Ok(())
}

/// What a cell stands for.
pub(super) fn value(text: &str) -> Value {
    match text.as_bytes() {
        [] => Value::Null,
        b"true" => Value::Bool(true),
        b"false" => Value::Bool(false),
        [b'-' | b'0'..=b'9', ..] => match number(text) {
            Some(number) => Value::Number(number),
            None => Value::String(text.to_owned()),
        },
        _ => Value::String(text.to_owned()),
    }
}

/// The number that JSON, in its shortest form, writes exactly so.
fn number(text: &str) -> Option<Number> {
    let number: Number = serde_json::from_str(text).ok()?;
    let is_exact = if number.is_i64() || number.is_u64() {
        number.to_string() == text
    } else {
        let double = number.as_f64().filter(|double| double.is_finite())?;
        ryu_js::Buffer::new().format_finite(double) == text
    };
    is_exact.then_some(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_a_number_or_a_truth_only_when_written_exactly_so() {
        for (text, expected) in [
            ("", Value::Null),
            ("39.1", json!(39.1)),
            ("18", json!(18)),
            ("-7", json!(-7)),
            ("0", json!(0)),
            ("0.001", json!(0.001)),
            ("18446744073709551615", json!(u64::MAX)),
            ("1e+21", json!(1e21)),
            ("true", json!(true)),
            ("false", json!(false)),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
        for text in [
            "NA",
            "True",
            "007",
            "1.50",
            "1.0",
            "+1",
            " 1",
            "1 ",
            "-0",
            "1e5",
            "1,5",
            "-",
            "nan",
            "0x10",
            "12-04-2020",
            "18446744073709551616",
            "null",
        ] {
            assert_eq!(value(text), json!(text), "{text}");
        }
    }

    #[test]
    fn the_key_is_the_column_asked_for_or_key_or_id_or_the_row() {
        let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let check = |names: &[&str], wanted, expected| {
            let columns: Vec<String> = columns(names);
            assert_eq!(
                key_cell(&columns, wanted),
                Ok(expected),
                "{names:?} {wanted:?}"
            );
        };
        check(&["a", "id", "key"], None, KeyCell::Own(2));
        check(&["a", "id", "key"], Some("a"), KeyCell::Shared(0));
        check(&["a", "id", "key"], Some("key"), KeyCell::Own(2));
        check(&["a", "id"], None, KeyCell::Shared(1));
        check(&["a", "Key", "ID"], None, KeyCell::RowNumber);
        assert!(key_cell(&columns(&["a"]), Some("b")).is_err());
        assert!(check_columns(&columns(&["a", "b"])).is_ok());
        assert!(check_columns(&columns(&["a", ""])).is_err());
        assert!(check_columns(&columns(&["a", "b", "a"])).is_err());
    }
}
