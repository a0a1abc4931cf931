//! Questions and changes: GraphQL over HTTP, as any program could ask.
//!
//! A refusal becomes an error that says its code and what to do next. Never tries again by itself.

use std::error::Error;
use std::fmt;

use serde_json::{Value, json};

/// Where a server listens when nothing else is said.
const SERVER_DEFAULT: &str = "http://127.0.0.1:7878";

/// What an example comes to: a value, or why there is none.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Someone who asks one server with one key.
#[derive(Clone)]
pub struct Client {
    /// The server, as `http://127.0.0.1:7878`.
    pub server: String,
    /// The API key.
    pub key: String,
    http: reqwest::Client,
}

/// The server said no.
#[derive(Debug)]
pub struct Refused {
    /// The stable code, as `NAME_TAKEN`.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl Client {
    /// A client of this server.
    pub fn new(server: &str, key: &str) -> Self {
        let server = server.trim_end_matches('/').to_owned();
        Self {
            server,
            key: key.to_owned(),
            http: reqwest::Client::new(),
        }
    }

    /// A client as `SNAPLEDGER_SERVER` and `SNAPLEDGER_KEY` say.
    pub fn of_environment() -> Outcome<Self> {
        let server = std::env::var("SNAPLEDGER_SERVER");
        let key = std::env::var("SNAPLEDGER_KEY")
            .map_err(|_| "set SNAPLEDGER_KEY to an API key; `make run` prints one")?;
        Ok(Self::new(server.as_deref().unwrap_or(SERVER_DEFAULT), &key))
    }

    /// Runs one operation; answers its `data`.
    pub async fn ask(&self, document: &str, variables: Value) -> Outcome<Value> {
        let asked = self
            .http
            .post(format!("{}/graphql", self.server))
            .bearer_auth(&self.key)
            .json(&json!({ "query": document, "variables": variables }));
        let answer = asked.send().await.map_err(|fault| {
            format!("{} does not answer ({fault}); is it running?", self.server)
        })?;
        let mut answer: Value = answer.json().await?;
        match Refused::of(&answer) {
            Some(refused) => Err(refused.into()),
            None => Ok(answer["data"].take()),
        }
    }
}

impl Refused {
    /// The first error of an answer, if it has any.
    pub fn of(answer: &Value) -> Option<Self> {
        let error = answer["errors"].as_array()?.first()?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(Self {
            code: text(&error["extensions"]["code"]),
            message: text(&error["message"]),
            hint: text(&error["extensions"]["hint"]),
        })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({}) {}", self.message, self.code, self.hint)
    }
}

impl Error for Refused {}
