//! The API as a client with a token sees it, in the default project.

use serde_json::{Value, json};

use crate::domain::ids::SnapshotId;
use crate::rest::tests::served::{KEY, Served};
use crate::views::SnapshotRow;

pub struct Client {
    pub served: Served,
    pub project: String,
}

impl Client {
    pub async fn start() -> Self {
        let served = Served::start().await;
        let project = served.ledger().default_project().0.simple().to_string();
        Self { served, project }
    }

    /// A call below `/v1.0/{project}`; answers its status and its JSON, null where there is none.
    pub async fn ask(&self, call: (&str, &str), body: Option<Value>) -> (u16, Value) {
        let (method, path) = call;
        let path = format!("/v1.0/{}{path}", self.project);
        let body = body.map(|body| body.to_string());
        self.send((method, &path), body.as_deref()).await
    }

    /// A call of any path with any body.
    pub async fn send(&self, call: (&str, &str), body: Option<&str>) -> (u16, Value) {
        let headers = [("x-auth-token", KEY), ("content-type", "application/json")];
        let (status, _, text) = self.served.ask(call, &headers, body).await;
        let body = match text.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| panic!("{call:?}: {text}")),
        };
        (status.as_u16(), body)
    }

    /// A call that must be answered with this status.
    pub async fn must(&self, call: (&str, &str), body: Option<Value>, status: u16) -> Value {
        let (found, answer) = self.ask(call, body).await;
        assert_eq!(found, status, "{call:?}: {answer}");
        answer
    }

    /// A call that must be refused with this status and code.
    pub async fn refused(&self, call: (&str, &str), body: Option<Value>, told: (u16, &str)) {
        let (status, answer) = self.ask(call, body).await;
        let code = answer["error_code"].as_str().unwrap_or_default();
        assert_eq!((status, code), told, "{call:?}: {answer}");
        let members = answer.as_object().expect("an object").len();
        assert!(members == 2 && answer["error_msg"].is_string(), "{answer}");
    }

    /// Creates a snapshot; answers its id.
    pub async fn snapshot(&self, cluster: &str, name: &str) -> String {
        let body = json!({"snapshot": {"name": name, "cluster_id": cluster}});
        let made = self.must(("POST", "/snapshots"), Some(body), 200).await;
        text(&made["snapshot"]["id"])
    }

    /// Puts so many items into a cluster, behind its back.
    pub async fn fill(&self, cluster: &str, items: usize) {
        let line = |number| format!("{{\"key\":\"{number:04}\",\"data\":{{\"n\":{number}}}}}\n");
        let body: String = (0..items).map(line).collect();
        let (status, told) = self.served.post(cluster, "", &[], body).await;
        assert_eq!(status, 200, "{told}");
    }

    pub fn row(&self, snapshot: &str) -> SnapshotRow {
        let id: SnapshotId = snapshot.parse().expect("an id");
        let reads = self.served.ledger().reads(&Served::ada().principal);
        reads.snapshot(id).expect("readable").expect("there")
    }

    pub async fn stop(self) {
        self.served.stop().await;
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// One member of each element of a list.
pub fn each(list: &Value, member: &str) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|element| text(&element[member])).collect()
}
