//! A JSON body of a foreign API: read whole, whatever its Content-Type says or does not say, up to
//! a limit while it streams in.
//!
//! Knows no dialect. A body that is refused is read on for a bounded while, so that a sender who
//! only reads the answer at the end gets it.

use axum::body::Body;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::fault::BodyFault;
use super::items::body::read_on_chunks;
use super::limits::RestLimits;
use super::strict::Strict;

/// The bytes of a body.
pub(super) async fn read(body: Body, limits: &RestLimits) -> Result<Vec<u8>, BodyFault> {
    let limit_bytes = limits.body_bytes_max;
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    loop {
        let chunk = match tokio::time::timeout(limits.silence_max, chunks.next()).await {
            Ok(None) => return Ok(bytes),
            Ok(Some(Ok(chunk))) => chunk,
            Ok(Some(Err(_))) | Err(_) => return Err(BodyFault::BrokeOff),
        };
        if bytes.len() + chunk.len() > limit_bytes {
            drop(bytes);
            read_on_chunks(chunks).await;
            return Err(BodyFault::TooLarge { limit_bytes });
        }
        bytes.extend_from_slice(&chunk);
    }
}

/// What the body says, which must be an object; none when it is empty or says `null`. Members that
/// `Form` does not know are passed over.
pub(super) fn parse<Form: DeserializeOwned>(bytes: &[u8]) -> Result<Option<Form>, BodyFault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    // Of a form that takes any value nothing else would tell.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(BodyFault::WrongType {
            member: "body".to_owned(),
            message: "invalid type: array, expected an object".to_owned(),
        });
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(Strict(&mut reader));
    let form = read.map_err(|fault| {
        let member = fault.path().to_string();
        told(fault.inner(), &member)
    })?;
    reader.end().map_err(|fault| told(&fault, "."))?;
    Ok(form)
}

fn told(fault: &serde_json::Error, member: &str) -> BodyFault {
    let text = fault.to_string();
    // The library adds the place in the text; it is told apart here, or the member tells it.
    let message = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message);
    match fault.classify() {
        Category::Data => BodyFault::WrongType {
            member: if member == "." { "body" } else { member }.to_owned(),
            message: message.to_owned(),
        },
        Category::Syntax | Category::Eof | Category::Io => BodyFault::Malformed {
            line: fault.line(),
            column: fault.column(),
            message: message.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Form {
        name: String,
        counts: Option<Vec<u8>>,
    }

    fn form(text: &str) -> Result<Option<Form>, BodyFault> {
        parse(text.as_bytes())
    }

    #[test]
    fn nothing_is_none_and_unknown_members_are_passed_over() {
        for text in ["", " \r\n", "null"] {
            assert_eq!(form(text), Ok(None), "{text:?}");
        }
        let expected = Form {
            name: "a".to_owned(),
            counts: None,
        };
        let text = r#" {"more":{"x":[1]},"name":"a","counts":null} "#;
        assert_eq!(form(text), Ok(Some(expected)));
        let any = parse::<Value>(br#"{"x":[1]}"#);
        assert_eq!(any, Ok(Some(serde_json::json!({"x": [1]}))));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let check = |text: &str, expected: &str| {
            let fault = form(text).expect_err(text);
            assert_eq!(fault.to_string(), expected, "{text}");
        };
        check("{}", "body: missing field `name`");
        for array in ["[]", r#" ["a", [1]]"#] {
            check(array, "body: invalid type: array, expected an object");
        }
        check(
            r#"{"name":1}"#,
            "name: invalid type: integer `1`, expected a string",
        );
        check(
            r#"{"name":"a","counts":[1,"b"]}"#,
            r#"counts[1]: invalid type: string "b", expected u8"#,
        );
        check(
            "{\n  \"name\" \"a\"}",
            "the body is not JSON: expected `:`, at line 2, column 10",
        );
        check(
            r#"{"name":"a"} x"#,
            "the body is not JSON: trailing characters, at line 1, column 14",
        );
        check(
            r#"{"name":"a""#,
            "the body is not JSON: EOF while parsing an object, at line 1, column 11",
        );
    }

    #[test]
    fn what_is_nested_without_end_is_refused() {
        let deep = "{\"a\":".repeat(100_000);
        let fault = parse::<Value>(deep.as_bytes()).expect_err("too deep");
        assert!(matches!(fault, BodyFault::Malformed { .. }), "{fault}");
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        let limits = RestLimits {
            body_bytes_max: 4,
            ..RestLimits::default()
        };
        let read_of = |text: &'static str| read(Body::from(text), &limits);
        assert_eq!(read_of("1234").await, Ok(b"1234".to_vec()));
        let limit_bytes = 4;
        let over = BodyFault::TooLarge { limit_bytes };
        assert_eq!(read_of("12345").await, Err(over));
        let broken = futures_util::stream::iter([
            Ok(axum::body::Bytes::from_static(b"12")),
            Err(std::io::Error::other("the line is cut")),
        ]);
        let read = read(Body::from_stream(broken), &limits).await;
        assert_eq!(read, Err(BodyFault::BrokeOff));
    }
}
