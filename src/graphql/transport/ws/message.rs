//! The messages of `graphql-transport-ws`: what a client may say, and how the server says things.
//!
//! Pure: from text to a message and back. What the protocol does not know is refused with a reason
//! for a close frame; a member that it does not name is passed over.

use async_graphql::Request;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::graphql::transport::asked;

/// The longest id of an operation: ids are kept, and said again with every answer.
pub const ID_BYTES_MAX: usize = 255;

/// What a client says.
#[derive(Debug)]
pub enum Said {
    /// It begins; the payload may carry its credential.
    Init(Map<String, Value>),
    /// It asks whether the server is there; the payload comes back with the answer.
    Ping(Option<Map<String, Value>>),
    /// It is there.
    Pong,
    /// It asks for an operation.
    Subscribe(Box<str>, Box<Request>),
    /// It wants no more of an operation.
    Complete(Box<str>),
}

/// Why a text is no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(pub String);

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: Option<Value>,
    id: Option<Value>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

/// Reads what a client says.
pub fn read(text: &str) -> Result<Said, Malformed> {
    // A message is read through to its end even where only its type counts.
    let wire: Wire = serde_json::from_str(text).map_err(|fault| {
        let what = if fault.is_data() {
            "a JSON object is needed"
        } else {
            "this is no JSON"
        };
        Malformed(format!("Invalid message: {what}"))
    })?;
    let kind = match wire.kind {
        Some(Value::String(kind)) => kind,
        Some(_) | None => return Err(malformed("a member \"type\" with a text is needed")),
    };
    match kind.as_str() {
        "connection_init" => Ok(Said::Init(object(&kind, wire.payload)?.unwrap_or_default())),
        "ping" => Ok(Said::Ping(object(&kind, wire.payload)?)),
        "pong" => object(&kind, wire.payload).map(|_| Said::Pong),
        "subscribe" => {
            let id = id(&kind, wire.id)?;
            Ok(Said::Subscribe(id, Box::new(request(&kind, wire.payload)?)))
        }
        "complete" => Ok(Said::Complete(id(&kind, wire.id)?)),
        other => Err(malformed(format!("no message has the type {other:?}"))),
    }
}

fn malformed(why: impl AsRef<str>) -> Malformed {
    Malformed(format!("Invalid message: {}", why.as_ref()))
}

fn id(kind: &str, id: Option<Value>) -> Result<Box<str>, Malformed> {
    match id {
        Some(Value::String(id)) if (1..=ID_BYTES_MAX).contains(&id.len()) => Ok(id.into()),
        Some(_) | None => {
            let what = format!("{kind} needs an \"id\" of 1 to {ID_BYTES_MAX} bytes");
            Err(malformed(what))
        }
    }
}

/// The payload, where one is given; null is none.
fn object(kind: &str, payload: Option<&RawValue>) -> Result<Option<Map<String, Value>>, Malformed> {
    let Some(payload) = payload else {
        return Ok(None);
    };
    let payload = serde_json::from_str(payload.get());
    payload.map_err(|_| {
        malformed(format!(
            "the \"payload\" of {kind} is an object, or left out"
        ))
    })
}

fn request(kind: &str, payload: Option<&RawValue>) -> Result<Request, Malformed> {
    match object(kind, payload)? {
        Some(members) => asked::request(members).map_err(malformed),
        None => Err(malformed(format!(
            "{kind} needs a \"payload\" with a \"query\""
        ))),
    }
}

/// The answer to `connection_init`.
pub fn ack() -> String {
    r#"{"type":"connection_ack"}"#.to_owned()
}

/// The answer to a ping.
pub fn pong(payload: Option<Map<String, Value>>) -> String {
    match payload {
        None => r#"{"type":"pong"}"#.to_owned(),
        Some(payload) => serde_json::json!({ "type": "pong", "payload": payload }).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn subscribe(payload: Value) -> String {
        json!({ "type": "subscribe", "id": "1", "payload": payload }).to_string()
    }

    /// What was read, in a line.
    fn shown(text: &str) -> String {
        match read(text) {
            Ok(Said::Init(payload)) => format!("init {}", Value::Object(payload)),
            Ok(Said::Ping(None)) => "ping".to_owned(),
            Ok(Said::Ping(Some(payload))) => format!("ping {}", Value::Object(payload)),
            Ok(Said::Pong) => "pong".to_owned(),
            Ok(Said::Subscribe(id, request)) => {
                let name = request.operation_name.as_deref().unwrap_or("-");
                let variables = serde_json::to_string(&request.variables).expect("JSON");
                let extensions = serde_json::to_string(&request.extensions).expect("JSON");
                let query = &request.query;
                format!("{id} asks {query} {name} {variables} {extensions}")
            }
            Ok(Said::Complete(id)) => format!("{id} is complete"),
            Err(Malformed(why)) => panic!("{text}: {why}"),
        }
    }

    #[test]
    fn what_the_protocol_knows_is_read() {
        let full = json!({
            "query": "query Q { a }", "operationName": "Q", "variables": { "n": 1 },
            "extensions": { "minXactId": "7" }, "other": true,
        });
        let nulls = json!({ "query": "{ a }", "operationName": null, "variables": null });
        for (text, expected) in [
            (r#"{"type":"connection_init"}"#.to_owned(), "init {}"),
            (
                r#"{"type":"connection_init","payload":null,"more":1}"#.to_owned(),
                "init {}",
            ),
            (
                r#"{"payload":{"a":1},"type":"connection_init"}"#.to_owned(),
                r#"init {"a":1}"#,
            ),
            (r#"{"type":"ping"}"#.to_owned(), "ping"),
            (
                r#"{"type":"ping","payload":{"a":1}}"#.to_owned(),
                r#"ping {"a":1}"#,
            ),
            (r#"{"type":"pong"}"#.to_owned(), "pong"),
            (
                subscribe(json!({ "query": "{ a }" })),
                "1 asks { a } - {} {}",
            ),
            (subscribe(nulls), "1 asks { a } - {} {}"),
            (
                subscribe(full),
                r#"1 asks query Q { a } Q {"n":1} {"minXactId":"7"}"#,
            ),
            (
                r#"{"type":"complete","id":"1"}"#.to_owned(),
                "1 is complete",
            ),
        ] {
            assert_eq!(shown(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_it_does_not_know_is_refused_with_the_reason() {
        let long = "x".repeat(ID_BYTES_MAX + 1);
        let complete = |id: Value| json!({ "type": "complete", "id": id }).to_string();
        for (text, expected) in [
            (String::new(), "no JSON"),
            ("{".to_owned(), "no JSON"),
            ("hello".to_owned(), "no JSON"),
            ("[]".to_owned(), "JSON object"),
            ("null".to_owned(), "JSON object"),
            ("7".to_owned(), "JSON object"),
            ("{}".to_owned(), "\"type\""),
            (r#"{"type":7}"#.to_owned(), "\"type\""),
            (r#"{"type":"start"}"#.to_owned(), "\"start\""),
            (
                r#"{"type":"connection_ack"}"#.to_owned(),
                "\"connection_ack\"",
            ),
            (
                r#"{"type":"connection_init","payload":[]}"#.to_owned(),
                "\"payload\"",
            ),
            (r#"{"type":"ping","payload":"x"}"#.to_owned(), "\"payload\""),
            (r#"{"type":"pong","payload":1}"#.to_owned(), "\"payload\""),
            (
                r#"{"type":"subscribe","payload":{"query":"{a}"}}"#.to_owned(),
                "\"id\"",
            ),
            (r#"{"type":"subscribe","id":"1"}"#.to_owned(), "\"payload\""),
            (subscribe(json!(null)), "\"payload\""),
            (subscribe(json!({})), "query"),
            (subscribe(json!({ "query": null })), "query"),
            (
                subscribe(json!({ "query": "", "operationName": 1 })),
                "operationName",
            ),
            (
                subscribe(json!({ "query": "", "variables": [] })),
                "variables",
            ),
            (
                subscribe(json!({ "query": "", "extensions": "x" })),
                "extensions",
            ),
            (complete(json!("")), "\"id\""),
            (complete(json!(7)), "\"id\""),
            (complete(json!(long)), "\"id\""),
            (
                subscribe(json!({ "query": "" })).replace(r#""1""#, "1"),
                "\"id\"",
            ),
        ] {
            let Malformed(why) = read(&text).expect_err(&text);
            assert!(why.contains(expected), "{text}: {why}");
        }
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let deep = format!(r#"{{"type":"ping","payload":{{"a":{deep}}}}}"#);
        assert!(read(&deep).is_err());
    }

    #[test]
    fn a_pong_carries_what_the_ping_carried() {
        assert_eq!(pong(None), r#"{"type":"pong"}"#);
        let payload = json!({ "a": [1] }).as_object().cloned();
        let told: Value = serde_json::from_str(&pong(payload)).expect("JSON");
        assert_eq!(told, json!({ "type": "pong", "payload": { "a": [1] } }));
    }
}
