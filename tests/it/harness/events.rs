//! Streams of events over HTTP, as a browser's EventSource reads them.

use serde_json::Value;

use super::{KEY, Server, within};

/// A stream of events.
pub struct EventSource {
    response: reqwest::Response,
    /// What came and was not read yet.
    coming: String,
    /// The comments that came so far.
    pub comments: Vec<String>,
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its kind.
    pub kind: String,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// What it says; null when that is nothing.
    pub data: Value,
}

impl Server {
    /// A request for events by POST, to be completed.
    pub fn events_by_post(&self, body: &Value) -> reqwest::RequestBuilder {
        let request = self.http.post(format!("{}/graphql", self.address));
        let request = request
            .bearer_auth(KEY)
            .header("accept", "text/event-stream");
        request.json(body)
    }

    /// A request for events by GET, to be completed.
    pub fn events_by_get(&self, members: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let request = self.http.get(format!("{}/graphql", self.address));
        let request = request
            .bearer_auth(KEY)
            .header("accept", "text/event-stream");
        request.query(members)
    }
}

impl EventSource {
    /// Opens the stream that a request asks for.
    pub async fn open(request: reqwest::RequestBuilder) -> Self {
        let response = within("a stream", request.send()).await;
        let response = response.expect("the server answers");
        let headers = response.headers().clone();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(
            header("content-type"),
            Some("text/event-stream; charset=utf-8")
        );
        assert!(header("cache-control").is_some_and(|value| value.contains("no-")));
        assert_eq!(header("x-accel-buffering"), Some("no"));
        Self {
            response,
            coming: String::new(),
            comments: Vec::new(),
        }
    }

    /// The next event; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.coming.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.coming = rest;
                if let Some(comment) = block.strip_prefix(':') {
                    self.comments.push(comment.trim().to_owned());
                } else {
                    return Some(event(&block));
                }
            }
            let chunk = within("an event", self.response.chunk()).await;
            let chunk = chunk.expect("the stream is whole")?;
            self.coming += std::str::from_utf8(&chunk).expect("whole characters");
        }
    }

    /// The data of the next event, which must be an answer.
    pub async fn answer(&mut self) -> (Option<String>, Value) {
        let event = self.next().await.expect("the server goes on");
        assert_eq!(event.kind, "next", "{event:?}");
        (event.id, event.data)
    }
}

/// The event that this block of lines is.
pub fn event(block: &str) -> Event {
    let field = |name: &str| {
        let mut lines = block.lines().filter_map(|line| line.split_once(':'));
        lines
            .find(|(field, _)| *field == name)
            .map(|(_, value)| value.trim().to_owned())
    };
    let data = field("data").unwrap_or_else(|| panic!("no data in {block:?}"));
    Event {
        kind: field("event").unwrap_or_default(),
        id: field("id"),
        data: match data.as_str() {
            "" => Value::Null,
            data => serde_json::from_str(data).expect("JSON"),
        },
    }
}
