//! The way to a server: where it is, which key opens it, and one question over HTTP.
//!
//! Every answer that is none is turned into a failure that says what to do next.

use clap::Args;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::failure::{Done, Failure};

/// Where a server is, and what opens it.
#[derive(Args, Clone)]
pub(super) struct Connection {
    /// The server's address
    #[arg(
        long,
        env = "SNAPLEDGER_SERVER",
        default_value = "http://127.0.0.1:7878"
    )]
    server: String,
    /// The API key, as the server printed it at its first start
    #[arg(long, env = "SNAPLEDGER_KEY", hide_env_values = true)]
    key: Option<String>,
}

/// A server that can be asked.
pub(super) struct Client {
    http: reqwest::Client,
    server: String,
    key: Option<String>,
}

#[derive(Deserialize)]
struct GraphqlAnswer {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<GraphqlError>,
}

/// An error of GraphQL, as its answers tell it.
#[derive(Deserialize)]
pub(super) struct GraphqlError {
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Deserialize, Default)]
struct Extensions {
    code: Option<String>,
    hint: Option<String>,
}

/// A refusal of a REST route.
#[derive(Deserialize)]
struct RestTrouble {
    message: String,
    hint: String,
}

impl Connection {
    /// A client of this server.
    pub fn client(&self) -> Done<Client> {
        let server = self.server.trim_end_matches('/').to_owned();
        if !server.starts_with("http://") && !server.starts_with("https://") {
            return Err(Failure::with_hint(
                format!("--server is {server:?}, which is no address"),
                "write it as http://127.0.0.1:7878",
            ));
        }
        let http = reqwest::Client::builder().build().map_err(Failure::new)?;
        let key = self.key.clone().filter(|key| !key.is_empty());
        Ok(Client { http, server, key })
    }
}

impl Client {
    /// The server's address.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The key, if one was given.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What a GraphQL operation answers.
    pub async fn ask<T: DeserializeOwned>(&self, document: &str, variables: Value) -> Done<T> {
        let question = json!({ "query": document, "variables": variables });
        let request = self
            .http
            .post(format!("{}/graphql", self.server))
            .json(&question);
        let response = self.send(request).await?;
        let status = response.status();
        let text = response
            .text()
            .await
            .map_err(|fault| self.unreachable(&fault))?;
        let answer: GraphqlAnswer =
            serde_json::from_str(&text).map_err(|_| self.no_ledger(status))?;
        if let Some(error) = answer.errors.into_iter().next() {
            return Err(error.failure());
        }
        serde_json::from_value(answer.data.unwrap_or_default()).map_err(|fault| {
            Failure::new(format!("the server's answer is not understood: {fault}"))
        })
    }

    /// A request to a path of the server that streams something in.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.server))
    }

    /// A request to a path of the server that streams something out.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.server))
    }

    /// Sends a request with the key; the answer may be a refusal.
    pub async fn send(&self, request: RequestBuilder) -> Done<Response> {
        let request = match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        let response = request
            .send()
            .await
            .map_err(|fault| self.unreachable(&fault))?;
        if response.status() == StatusCode::UNAUTHORIZED {
            return Err(self.unauthenticated());
        }
        Ok(response)
    }

    /// The answer of a REST route, when it is no refusal.
    pub async fn accepted(&self, response: Response) -> Done<Response> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let text = response.text().await.unwrap_or_default();
        Err(match serde_json::from_str::<RestTrouble>(&text) {
            Ok(trouble) => Failure::with_hint(trouble.message, trouble.hint),
            Err(_) => self.no_ledger(status),
        })
    }

    /// Why a key is asked for.
    pub fn unauthenticated(&self) -> Failure {
        let message = match &self.key {
            Some(_) => "the server does not know this key",
            None => "the server asks for a key",
        };
        let hint = "give the admin key that it printed at its first start, with --key or in \
                    SNAPLEDGER_KEY; a lost one is replaced by starting it with \
                    SNAPLEDGER_BOOTSTRAP_KEY set";
        Failure::with_hint(message, hint)
    }

    fn unreachable(&self, fault: &reqwest::Error) -> Failure {
        if fault.is_connect() {
            let message = format!("no server answers at {}", self.server);
            let hint = "start one with `snapledger serve`, or say where it is with --server";
            return Failure::with_hint(message, hint);
        }
        let mut cause: &dyn std::error::Error = fault;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Failure::with_hint(
            format!("the connection to {} broke off: {cause}", self.server),
            "see what the server tells on its stderr, then try again",
        )
    }

    fn no_ledger(&self, status: StatusCode) -> Failure {
        Failure::with_hint(
            format!(
                "{} answered {status}, but not as a snapledger does",
                self.server
            ),
            "check the address in --server",
        )
    }
}

impl GraphqlError {
    /// The error as a failure, with the server's own hint.
    pub fn failure(self) -> Failure {
        let Extensions { code, hint } = self.extensions;
        let message = match code {
            Some(code) => format!("{} ({code})", self.message),
            None => self.message,
        };
        Failure { message, hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_scheme_is_refused_with_how_to_write_it() {
        let connection = |server: &str| Connection {
            server: server.to_owned(),
            key: None,
        };
        assert!(connection("http://127.0.0.1:1/").client().is_ok());
        let failure = connection("127.0.0.1:1")
            .client()
            .map(|_| ())
            .expect_err("no scheme");
        assert!(failure.hint.is_some_and(|hint| hint.contains("http://")));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_says_how_to_start_one() {
        // The provider that `main` chooses; another test may have done so already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = "http://127.0.0.1:9".to_owned();
        let client = Connection { server, key: None }.client().expect("a client");
        let failure = client
            .ask::<Value>("{ __typename }", json!({}))
            .await
            .expect_err("nobody");
        assert!(
            failure
                .hint
                .is_some_and(|hint| hint.contains("snapledger serve"))
        );
    }
}
