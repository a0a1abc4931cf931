//! Whole listings by GraphQL, page by page.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Server;
use super::verbs::text;

/// The phases in which a task has ended.
pub const ENDS: [&str; 3] = ["COMPLETED", "FAILED", "CANCELLED"];

impl Server {
    /// All items of a version, or of the current one, by key.
    pub async fn items(&self, dataset: &str, at: Option<&str>) -> BTreeMap<String, Value> {
        let document = "query ($id: ID!, $at: VersionRef, $after: String) {
            dataset(id: $id) {
                items(at: $at, first: 500, after: $after) {
                    nodes { key kind data media { uri mimeType byteSize digest } digest }
                    pageInfo { hasNextPage endCursor }
                }
            }
        }";
        let at = at.map(|xact_id| json!({ "xactId": xact_id }));
        let mut items = BTreeMap::new();
        let mut after = Value::Null;
        loop {
            let variables = json!({ "id": dataset, "at": at, "after": after });
            let page = self.ask(document, variables).await["dataset"]["items"].take();
            for mut item in page["nodes"].as_array().cloned().expect("a page of items") {
                let key = text(&item["key"].take());
                item.as_object_mut().expect("an item").remove("key");
                assert!(
                    items.insert(key.clone(), item).is_none(),
                    "{key} came twice"
                );
            }
            if page["pageInfo"]["hasNextPage"] != true {
                return items;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}
