//! One request to one node, which may be dead, mute or out of reach: what it said, if anything.
//!
//! Never panics for what a node does, and never waits long.

use std::time::Duration;

use serde_json::Value;

use super::history::Outcome;

/// How long a client waits for an answer before it asks elsewhere.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// How long a client waits for a connection.
const CONNECT_MAX: Duration = Duration::from_secs(2);
/// The codes by which a node says that it cannot tell, or not now: the same may succeed elsewhere.
const NOT_NOW: [&str; 2] = ["UNAVAILABLE", "INTERNAL"];

/// What a node said.
#[derive(Debug)]
pub enum Said {
    /// The body of an answer without errors.
    Answer(Value),
    /// What a node refuses: the code.
    Refusal(String),
    /// Nothing that tells what happened: why.
    Nothing(String),
}

impl Said {
    /// What came of a try that was not answered.
    pub fn without_answer(self) -> Result<Value, Outcome> {
        match self {
            Self::Answer(body) => Ok(body),
            Self::Refusal(code) => Err(Outcome::Refused(code)),
            Self::Nothing(why) => Err(Outcome::Unknown(why)),
        }
    }
}

/// Whoever asks nodes; its connections outlive a request.
pub fn asker() -> reqwest::Client {
    let asker = reqwest::Client::builder().connect_timeout(CONNECT_MAX);
    asker.timeout(ANSWER_MAX).build().expect("a client")
}

/// Sends a request and reads its answer.
pub async fn ask(request: reqwest::RequestBuilder) -> Said {
    let answered = match request.send().await {
        Ok(answered) => answered,
        Err(fault) => return Said::Nothing(fault.to_string()),
    };
    let status = answered.status();
    let body = match answered.text().await {
        Ok(text) => text,
        Err(fault) => return Said::Nothing(fault.to_string()),
    };
    let Ok(body) = serde_json::from_str::<Value>(&body) else {
        return Said::Nothing(format!("{status}: {body}"));
    };
    // GraphQL's errors, and the one of an upload.
    let code = body["errors"][0]["extensions"]["code"].as_str();
    match code.or_else(|| body["code"].as_str()) {
        Some(code) if NOT_NOW.contains(&code) => Said::Nothing(format!("{code}: {body}")),
        Some(code) => Said::Refusal(code.to_owned()),
        None if status.is_success() => Said::Answer(body),
        None => Said::Nothing(format!("{status}: {body}")),
    }
}
