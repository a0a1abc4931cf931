//! What is read and written of each scalar.

use super::*;

fn big(value: Value) -> BigInt {
    BigInt::parse(value).unwrap_or(BigInt::Malformed)
}

#[test]
fn big_numbers_are_numbers_up_to_two_to_the_53() {
    let table = [
        (Value::from(7), BigInt::Known(7)),
        (Value::from("7"), BigInt::Known(7)),
        (Value::from(1_i64 << 53), BigInt::Known(1 << 53)),
        (Value::from((1_i64 << 53) + 1), BigInt::Malformed),
        (Value::from("9007199254740993"), BigInt::Malformed),
        (Value::from(1.5), BigInt::Malformed),
        (Value::from("many"), BigInt::Malformed),
    ];
    for (value, expected) in table {
        assert_eq!(big(value.clone()), expected, "{value}");
    }
    assert!(BigInt::Known(-1).checked("offset").is_err());
}

#[test]
fn times_are_written_in_utc_with_microseconds() {
    let read = Moment::parse(Value::from("2026-01-31T13:00:00.5+01:00")).expect("a time");
    assert_eq!(read.to_value(), Value::from("2026-01-31T12:00:00.500000Z"));
    assert_eq!(
        Moment::parse(Value::from("yesterday")).expect("read"),
        Moment::Malformed
    );
}

#[test]
fn xact_ids_have_19_digits() {
    let xact = Xact::from(Position(7));
    assert_eq!(Xact::parse(xact.to_value()).expect("read"), xact);
    assert!(
        Xact::parse(Value::from("7"))
            .expect("read")
            .checked("xactId")
            .is_err()
    );
}

#[test]
fn json_comes_back_as_it_went() {
    let json = serde_json::json!({"a": [1, 2.5, null, true, "x"], "b": {"c": u64::MAX}});
    assert_eq!(
        Json(json.clone()).to_value().into_json().expect("json"),
        json
    );
}
