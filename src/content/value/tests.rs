//! What a value's canonical form is, and what is refused.

use serde_json::json;

use super::*;

fn check(data: &str, expected: &str) {
    let data: Value = serde_json::from_str(data).unwrap();
    let text = canonical(&data, None).map(|text| String::from_utf8(text).unwrap());
    assert_eq!(
        text.as_deref(),
        Ok(format!("{{\"data\":{expected}}}").as_str())
    );
    let (again, _) = parse(text.unwrap().as_bytes()).unwrap();
    let again = canonical(&again, None).map(|text| String::from_utf8(text).unwrap());
    assert_eq!(
        again,
        Ok(format!("{{\"data\":{expected}}}")),
        "canonical text is a fixed point"
    );
}

fn nested(depth: usize) -> Value {
    (1..depth).fold(json!({}), |inner, _| json!({ "a": inner }))
}

#[test]
fn members_are_sorted_and_spaces_dropped() {
    for (data, expected) in [
        (
            r#"{ "b" : 1, "a" : [ true , null , false ] }"#,
            r#"{"a":[true,null,false],"b":1}"#,
        ),
        (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
        (r#"{"":{"b":{},"a":[]}}"#, r#"{"":{"a":[],"b":{}}}"#),
        // By UTF-16 code units: U+1F600 is D83D DE00, before U+FB33, though its UTF-8 is after.
        (
            "{\"\u{fb33}\":1,\"\u{1f600}\":2,\"\u{20ac}\":3}",
            "{\"\u{20ac}\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}",
        ),
        (
            r#"{"\u20ac":"\u00e9\/","\r":1,"1":2}"#,
            "{\"\\r\":1,\"1\":2,\"\u{20ac}\":\"é/\"}",
        ),
    ] {
        check(data, expected);
    }
}

#[test]
fn texts_have_the_fewest_escapes() {
    check(
        r#"{"a":"\u0000\u001f\u007f\b\t\n\f\r\"\\\/\ud83d\udc27"}"#,
        "{\"a\":\"\\u0000\\u001f\u{7f}\\b\\t\\n\\f\\r\\\"\\\\/\u{1f427}\"}",
    );
}

#[test]
fn integers_stay_and_other_numbers_are_the_shortest_double() {
    for (number, expected) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("1.0", "1"),
        ("1.50", "1.5"),
        ("1e3", "1000"),
        ("9007199254740993", "9007199254740993"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("18446744073709551615", "18446744073709551615"),
        ("18446744073709551616", "18446744073709552000"),
        ("-9223372036854775809", "-9223372036854776000"),
        ("333333333.33333329", "333333333.3333333"),
        ("1E30", "1e+30"),
        ("4.50", "4.5"),
        ("2e-3", "0.002"),
        ("0.000000000000000000000000001", "1e-27"),
        ("1e21", "1e+21"),
        ("1e-7", "1e-7"),
        ("5e-324", "5e-324"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ] {
        check(
            &format!("{{\"n\":{number}}}"),
            &format!("{{\"n\":{expected}}}"),
        );
    }
}

#[test]
fn media_comes_after_data_and_back_again() {
    let full = Media {
        uri: "s3://bucket/a \"b\".jpg".into(),
        mime_type: Some("image/jpeg".into()),
        byte_size: Some(-1),
        digest: Some("sha256:00".into()),
    };
    let bare = Media {
        uri: "x".into(),
        mime_type: None,
        byte_size: None,
        digest: None,
    };
    for (media, expected) in [
        (
            &full,
            "{\"byteSize\":-1,\"digest\":\"sha256:00\",\"mimeType\":\"image/jpeg\",\
             \"uri\":\"s3://bucket/a \\\"b\\\".jpg\"}",
        ),
        (&bare, r#"{"uri":"x"}"#),
    ] {
        let text = canonical(&json!({ "z": 1 }), Some(media)).unwrap();
        let expected = format!("{{\"data\":{{\"z\":1}},\"media\":{expected}}}");
        assert_eq!(String::from_utf8(text.clone()), Ok(expected));
        assert_eq!(parse(&text), Ok((json!({ "z": 1 }), Some(media.clone()))));
    }
}

#[test]
fn what_is_no_value_is_refused() {
    let of_bytes = |bytes| json!({ "a": "x".repeat(bytes) });
    let framing = canonical(&of_bytes(0), None).unwrap().len();
    for (data, expected) in [
        (json!([1]), Err(ValueFault::NotAnObject)),
        (json!(null), Err(ValueFault::NotAnObject)),
        (nested(65), Err(ValueFault::TooDeep)),
        (json!({ "a": vec![nested(63)] }), Err(ValueFault::TooDeep)),
        (
            of_bytes(VALUE_BYTES_MAX - framing + 1),
            Err(ValueFault::TooLarge),
        ),
        (
            json!({ "a": vec!["x".repeat(1000); 600] }),
            Err(ValueFault::TooLarge),
        ),
        (nested(64), Ok(())),
        (json!({ "a": vec![nested(62)] }), Ok(())),
        (of_bytes(VALUE_BYTES_MAX - framing), Ok(())),
    ] {
        assert_eq!(canonical(&data, None).map(|_| ()), expected);
    }
}

#[test]
fn bytes_of_another_form_are_no_value() {
    for text in [
        "",
        "[]",
        "{}",
        "{\"data\":1}",
        "{\"data\":{},\"more\":1}",
        "{\"data\":{},\"media\":null}",
        "{\"data\":{},\"media\":{}}",
        "{\"data\":{},\"media\":{\"uri\":1}}",
        "{\"data\":{},\"media\":{\"uri\":\"x\",\"byteSize\":1.5}}",
        "{\"data\":{},\"media\":{\"uri\":\"x\",\"width\":1}}",
        "{\"data\":{}} {}",
        "{\"data\":{\"n\":1e400}}",
    ] {
        assert_eq!(parse(text.as_bytes()), Err(ValueFault::NotAValue), "{text}");
    }
    let deepest = canonical(&nested(64), None).unwrap();
    assert_eq!(parse(&deepest), Ok((nested(64), None)));
}

/// A value of random shape, of what a 64-bit state can name.
fn random_value(state: &mut u64, depth: usize) -> Value {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    let bits = (*state >> 33) ^ *state;
    match bits % if depth < 4 { 8 } else { 6 } {
        0 => json!(bits),
        1 => json!(bits.cast_signed()),
        2 => json!(f64::from_bits(bits)),
        3 => json!((bits % 1_000_000) as f64 / 1000.0),
        4 => json!(char::from_u32((bits >> 8) as u32 % 0x11_0000).map(String::from)),
        5 => json!(bits.is_multiple_of(2)),
        6 => (0..bits % 5)
            .map(|_| random_value(state, depth + 1))
            .collect(),
        _ => {
            let mut member = || match random_value(state, depth + 1) {
                Value::String(name) => (name, json!(1)),
                other => (other.to_string(), other),
            };
            Value::Object((0..bits % 5).map(|_| member()).collect())
        }
    }
}

#[test]
fn the_canonical_form_of_any_value_is_a_fixed_point() {
    for seed in 0..5_000 {
        let data = json!({ "a": random_value(&mut { seed }, 0) });
        let text = canonical(&data, None).unwrap();
        let (again, _) = parse(&text).unwrap();
        assert_eq!(canonical(&again, None).as_ref(), Ok(&text), "seed {seed}");
    }
}
