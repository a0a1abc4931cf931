//! The log as a node tells it when all is over: every event, in order.

use serde_json::Value;
use uuid::Uuid;

use crate::harness::{Server, position, text};

/// What is asked of an event.
const FIELDS: &str = "xactId id type stream revision recordedAt correlationId data";

/// An event of the log.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its place in the log.
    pub position: u64,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its stream.
    pub stream: String,
    /// Its place in the stream.
    pub revision: u64,
    /// When it was appended, in RFC 3339.
    pub recorded_at: String,
    /// The call that it comes from.
    pub call: Option<Uuid>,
    /// What it says.
    pub data: Value,
}

/// All events that a node has.
pub async fn log_of(server: &Server) -> Vec<Fact> {
    let events = server.events(FIELDS).await;
    events.into_iter().map(fact).collect()
}

fn fact(mut event: Value) -> Fact {
    let call = event["correlationId"].as_str();
    Fact {
        position: position(&event["xactId"]),
        id: text(&event["id"]),
        name: text(&event["type"]),
        stream: text(&event["stream"]),
        revision: event["revision"].as_u64().expect("a revision"),
        recorded_at: text(&event["recordedAt"]),
        call: call.map(|id| id.parse().expect("a UUID")),
        data: event["data"].take(),
    }
}

impl Fact {
    /// A text that it says; empty where it says none.
    pub fn says(&self, pointer: &str) -> String {
        let said = self.data.pointer(pointer).and_then(Value::as_str);
        said.unwrap_or_default().to_owned()
    }

    /// A number that it says; none is 0.
    pub fn counts(&self, pointer: &str) -> u64 {
        let said = self.data.pointer(pointer).and_then(Value::as_u64);
        said.unwrap_or_default()
    }
}
