//! This dialect over the wire: its words for every fault, and its calls, family by family.

mod examples;
mod fetching;
mod projects;
mod snapshots;
mod together;
mod words;

use serde_json::{Value, json};

use crate::rest::tests::served::{KEY, Served};

/// The routes of a ledger, and a caller who has the key.
pub(super) struct Desk {
    served: Served,
}

impl Desk {
    pub async fn open() -> Self {
        let served = Served::start().await;
        Self { served }
    }

    pub async fn close(self) {
        self.served.stop().await;
    }

    /// The status and the body, which is a text where it is no JSON.
    pub async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, _, value) = self.ask_all(method, path, body).await;
        (status, value)
    }

    /// Also the header that tells whether a snapshot was there.
    pub async fn ask_all(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> (u16, Option<String>, Value) {
        let bearer = format!("Bearer {KEY}");
        let headers = [("authorization", bearer.as_str())];
        let body = (!body.is_null()).then(|| body.to_string());
        let asked = self.served.ask((method, path), &headers, body.as_deref());
        let (status, headers, text) = asked.await;
        let found = headers.get("x-bt-found-existing");
        let found = found.map(|value| value.to_str().expect("text").to_owned());
        let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (status.as_u16(), found, value)
    }

    /// The answer to what must go well.
    pub async fn get(&self, path: &str) -> Value {
        let (status, value) = self.ask("GET", path, Value::Null).await;
        assert_eq!(status, 200, "GET {path}: {value}");
        value
    }

    /// The answer to what must go well.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, value) = self.ask("POST", path, body).await;
        assert_eq!(status, 200, "POST {path}: {value}");
        value
    }

    /// A dataset in a project of its own.
    pub async fn dataset(&self, name: &str) -> String {
        let project = self
            .post("/v1/project", json!({"name": "Antarctica"}))
            .await;
        let new = json!({"project_id": project["id"], "name": name});
        text(&self.post("/v1/dataset", new).await["id"])
    }

    /// The newest transaction id.
    pub async fn head(&self) -> String {
        let bearer = format!("Bearer {KEY}");
        let headers = [("authorization", bearer.as_str())];
        let (_, _, text) = self.served.ask(("GET", "/xact-id"), &headers, None).await;
        text
    }

    pub async fn insert(&self, dataset: &str, events: Value) -> Vec<String> {
        let path = format!("/v1/dataset/{dataset}/insert");
        let told = self.post(&path, json!({"events": events})).await;
        let ids = told["row_ids"].as_array().expect("ids");
        ids.iter().map(text).collect()
    }

    /// The rows of a dataset as of a transaction id, by their ids.
    pub async fn rows(&self, dataset: &str, version: Value) -> Vec<Value> {
        let path = format!("/v1/dataset/{dataset}/fetch");
        let told = self.post(&path, json!({"version": version})).await;
        let mut rows = told["events"].as_array().expect("rows").clone();
        rows.sort_by_key(|row| text(&row["id"]));
        rows
    }
}

pub(super) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// The names of an object's members, sorted.
pub(super) fn members(value: &Value) -> Vec<&str> {
    let object = value
        .as_object()
        .unwrap_or_else(|| panic!("{value} is no object"));
    let mut names: Vec<&str> = object.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
