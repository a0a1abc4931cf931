//! Framing: how an operation's answers are written for the connection that carries them.
//!
//! A socket's messages name the operation; an event stream has one operation and needs no name.
//! Nothing is decided here, and no error's text is made.

use async_graphql::{Response, ServerError};
use serde::Serialize;

use crate::domain::ids::Position;

/// The form of what an operation tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framing {
    /// Messages of `graphql-transport-ws`, with the operation's id as JSON.
    Socket(Box<str>),
    /// Events of `graphql-sse`.
    EventStream,
}

/// An answer of an event stream that is errors alone.
#[derive(Serialize)]
struct ErrorsAlone<'a> {
    errors: &'a [ServerError],
}

impl Framing {
    /// The messages of the operation with this id.
    pub fn socket(id: &str) -> Self {
        Self::Socket(serde_json::Value::from(id).to_string().into())
    }

    /// An answer. Whoever has it may go on after the checkpoint, if there is one.
    pub fn next(&self, response: &Response, checkpoint: Option<Position>) -> String {
        match self {
            Self::Socket(id) => {
                let payload = json(response);
                format!(r#"{{"id":{id},"type":"next","payload":{payload}}}"#)
            }
            Self::EventStream => next_event(&json(response), checkpoint),
        }
    }

    /// The operation's errors, where it ends with them and without an answer.
    pub fn refused(&self, errors: &[ServerError]) -> String {
        match self {
            Self::Socket(id) => {
                format!(
                    r#"{{"id":{id},"type":"error","payload":{}}}"#,
                    json(&errors)
                )
            }
            Self::EventStream => {
                let errors = next_event(&json(&ErrorsAlone { errors }), None);
                errors + &self.complete()
            }
        }
    }

    /// The end of an operation that was answered.
    pub fn complete(&self) -> String {
        match self {
            Self::Socket(id) => format!(r#"{{"id":{id},"type":"complete"}}"#),
            Self::EventStream => "event: complete\ndata:\n\n".to_owned(),
        }
    }
}

fn next_event(data: &str, checkpoint: Option<Position>) -> String {
    let id = checkpoint.map(|position| format!("id: {}\n", position.xact()));
    format!("event: next\n{}data: {data}\n\n", id.unwrap_or_default())
}

/// JSON without line breaks.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|fault| {
        // Every part of an answer has a form in JSON; if one had not, the client must not wait.
        tracing::error!(%fault, "an answer cannot be written");
        r#"{"errors":[{"message":"the answer cannot be written as JSON"}]}"#.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn response() -> Response {
        Response::new(value!({ "text": "two\nlines \"quoted\"" }))
    }

    #[test]
    fn a_message_names_its_operation() {
        let framing = Framing::socket("a\"b");
        let read = |text: String| serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
        let next = read(framing.next(&response(), Some(Position(7))));
        let data = serde_json::json!({ "text": "two\nlines \"quoted\"" });
        let payload = serde_json::json!({ "data": data });
        let id = "a\"b";
        assert_eq!(
            next,
            serde_json::json!({ "id": id, "type": "next", "payload": payload })
        );
        let errors = [ServerError::new("no", None)];
        let refused = read(framing.refused(&errors));
        assert_eq!(
            (&refused["type"], &refused["id"]),
            (&"error".into(), &id.into())
        );
        assert_eq!(refused["payload"][0]["message"], "no");
        let complete = read(framing.complete());
        assert_eq!(
            complete,
            serde_json::json!({ "id": id, "type": "complete" })
        );
    }

    #[test]
    fn an_event_is_a_few_lines_with_the_checkpoint_as_its_id() {
        let framing = Framing::EventStream;
        let data = r#"data: {"data":{"text":"two\nlines \"quoted\""}}"#;
        let xact = Position(7).xact();
        let told = framing.next(&response(), Some(Position(7)));
        assert_eq!(told, format!("event: next\nid: {xact}\n{data}\n\n"));
        assert_eq!(
            framing.next(&response(), None),
            format!("event: next\n{data}\n\n")
        );
        let refused = framing.refused(&[ServerError::new("no", None)]);
        let expected = "event: next\ndata: {\"errors\":[{\"message\":\"no\"}]}\n\n\
            event: complete\ndata:\n\n";
        assert_eq!(refused, expected);
    }
}
