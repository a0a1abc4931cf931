//! Items in bulk: bodies of any size in, whole versions out.

use serde_json::Value;

use super::{KEY, Server, within};

/// What an upload came to.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: Value,
}

impl Reply {
    /// The upload's outcome, which must be a success.
    pub fn done(self) -> Value {
        assert_eq!(self.status, 200, "refused: {}", self.body);
        self.body
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl Server {
    /// An upload to be completed: `query` as `?mode=replace`, or nothing.
    pub fn upload(&self, dataset: &str, query: &str) -> reqwest::RequestBuilder {
        let address = format!("{}/v1/datasets/{dataset}/items{query}", self.address);
        self.http.post(address).bearer_auth(KEY)
    }

    /// Imports lines of NDJSON; answers the outcome.
    pub async fn import(
        &self,
        dataset: &str,
        query: &str,
        lines: impl Into<reqwest::Body>,
    ) -> Value {
        reply(self.upload(dataset, query).body(lines)).await.done()
    }

    /// All items of a version, or of the current one, as lines of NDJSON.
    pub async fn export(&self, dataset: &str, at: Option<&str>) -> String {
        let address = format!("{}/v1/datasets/{dataset}/items", self.address);
        let request = self.http.get(address).bearer_auth(KEY);
        let request = at
            .into_iter()
            .fold(request, |request, at| request.query(&[("at", at)]));
        let answered = within("an export", request.send())
            .await
            .expect("the server answers");
        let status = answered.status();
        let text = within("an export's body", answered.text())
            .await
            .expect("a whole body");
        assert!(status.is_success(), "{status}: {text}");
        text
    }
}

/// Sends an upload.
pub async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let answered = within("an upload", request.send())
        .await
        .expect("the server answers");
    let status = answered.status().as_u16();
    let text = within("an upload's answer", answered.text())
        .await
        .expect("a body");
    let body =
        serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{fault}: {status} {text}"));
    Reply { status, body }
}
