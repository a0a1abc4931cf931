//! GraphQL over HTTP: asks, and tells answers from refusals.

use serde_json::{Value, json};

use super::{KEY, Server, within};

/// What came back, as it was.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: Value,
}

/// One error of an answer.
#[derive(Debug)]
pub struct Error {
    /// The HTTP status of the whole answer.
    pub status: u16,
    /// `extensions.code`.
    pub code: String,
    /// For people.
    pub message: String,
    /// `extensions.hint`.
    pub hint: String,
    /// `extensions.currentXactId`.
    pub current: Option<String>,
}

impl Answer {
    /// Whether it has any error.
    pub fn is_refused(&self) -> bool {
        !self.body["errors"].is_null()
    }

    /// Its data, which must have come without any error.
    pub fn data(mut self) -> Value {
        assert!(!self.is_refused(), "refused: {}", self.body);
        assert_eq!(self.status, 200, "{}", self.body);
        self.body["data"].take()
    }

    /// Its error, of which there must be one.
    pub fn error(&self) -> Error {
        let error = &self.body["errors"][0];
        assert!(!error.is_null(), "not refused: {}", self.body);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let extensions = &error["extensions"];
        Error {
            status: self.status,
            code: text(&extensions["code"]),
            message: text(&error["message"]),
            hint: text(&extensions["hint"]),
            current: extensions["currentXactId"].as_str().map(str::to_owned),
        }
    }
}

impl Server {
    /// Runs one operation.
    pub async fn answer(&self, document: &str, variables: Value) -> Answer {
        let body = json!({ "query": document, "variables": variables });
        self.post_graphql(body.to_string()).await
    }

    /// Runs one operation with this credential after `Bearer`, or with none.
    pub async fn answer_to(
        &self,
        credential: Option<&str>,
        document: &str,
        variables: Value,
    ) -> Answer {
        let body = json!({ "query": document, "variables": variables });
        self.post_as(credential, body.to_string()).await
    }

    /// Posts this text as the body of a GraphQL request.
    pub async fn post_graphql(&self, body: String) -> Answer {
        self.post_as(Some(KEY), body).await
    }

    async fn post_as(&self, credential: Option<&str>, body: String) -> Answer {
        let request = self.http.post(format!("{}/graphql", self.address));
        let request = match credential {
            Some(credential) => request.bearer_auth(credential),
            None => request,
        };
        let request = request.header("Content-Type", "application/json");
        let answered = within("an answer", request.body(body).send()).await;
        let answered = answered.expect("the server answers");
        let status = answered.status().as_u16();
        let text = within("an answer's body", answered.text())
            .await
            .expect("a body");
        let body =
            serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{fault}: {status} {text}"));
        Answer { status, body }
    }

    /// Runs one operation that must succeed; answers its data.
    pub async fn ask(&self, document: &str, variables: Value) -> Value {
        self.answer(document, variables).await.data()
    }

    /// Runs one operation that must be refused.
    pub async fn refused(&self, document: &str, variables: Value) -> Error {
        self.answer(document, variables).await.error()
    }
}
