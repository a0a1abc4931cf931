//! The harness: a desk at which requests are asked, over a house with its log in memory.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Request, Response, Variables};
use futures_util::stream::{BoxStream, once};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};

use crate::auth::{ApiKeyText, Principal};
use crate::clock::{Clock, SystemClock};
use crate::content::{KeptNodes, SqliteNodes};
use crate::event_log::MemoryLog;
use crate::graphql::serving::Begun;
use crate::graphql::{Limits, Schema, build};
use crate::key_store::{KeyStore, SealingKey, SqliteKeys};
use crate::ledger::{Founding, House, PairSecrets, Parts};
use crate::views::Views;

/// The key of the administrator.
pub const ADMIN_KEY: &str = "sl_test";
/// How long anything may take to be told.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A desk, and the house behind it.
pub struct Desk {
    pub house: House,
    pub schema: Schema,
    _folder: tempfile::TempDir,
}

/// What a subscription tells.
pub struct Told(BoxStream<'static, Response>);

impl Desk {
    pub async fn set() -> Self {
        Self::set_with(Limits::default()).await
    }

    pub async fn set_with(limits: Limits) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let folder = tempfile::tempdir().expect("a folder");
        let (views, view_writer) = Views::open(&folder.path().join("views.db")).expect("views");
        let nodes = folder.path().join("content.db");
        let keys = keys(&clock);
        let parts = Parts {
            log: Arc::new(MemoryLog::new(clock.clone())),
            open_nodes: Box::new(move |anew| open_nodes(&nodes, anew)),
            views,
            view_writer,
            clock,
            node: "desk".into(),
            pairs: PairSecrets::Kept,
            works: true,
            keys,
        };
        let founding = Founding {
            admin_key: ApiKeyText::given(ADMIN_KEY).hash(),
        };
        let house = House::open(parts, founding, &mut |_, _| {}).await;
        let house = house.expect("the house opens");
        let schema = build(house.ledger.clone(), limits).expect("a schema");
        Self {
            house,
            schema,
            _folder: folder,
        }
    }

    /// The whole answer to a request.
    pub async fn response(&self, principal: &Principal, text: &str, variables: Value) -> Value {
        let request = Request::new(text).variables(Variables::from_json(variables));
        self.answer_to(principal, request).await
    }

    /// The whole answer to a request: a refused one has errors and no data.
    pub async fn answer_to(&self, principal: &Principal, request: Request) -> Value {
        match self.schema.begin(principal, request).await {
            Ok(Begun::Answer(answer)) => serde_json::to_value(answer.await).expect("JSON"),
            Ok(Begun::Answers(_)) => panic!("a subscription has many answers"),
            Err(refusals) => json!({ "errors": refusals.errors() }),
        }
    }

    /// The data of an answer without errors.
    pub async fn ask(&self, text: &str, variables: Value) -> Value {
        let mut response = self.response(&ada(), text, variables).await;
        assert_eq!(response.get("errors"), None, "{text}");
        response["data"].take()
    }

    /// The extensions of the first error of an answer.
    pub async fn refused(&self, text: &str, variables: Value) -> Value {
        let mut response = self.response(&ada(), text, variables).await;
        let extensions = response["errors"][0]["extensions"].take();
        assert!(extensions.is_object(), "{text} was answered: {response}");
        extensions
    }

    /// Does a mutation: its name, the type of its input, and what of its payload is wanted.
    pub async fn change(&self, mutation: &str, input: Value, wanted: &str) -> Value {
        let mut data = self
            .ask(&mutation_text(mutation, wanted), json!({ "input": input }))
            .await;
        data[mutation].take()
    }

    /// The code with which a mutation is refused.
    pub async fn code_of(&self, mutation: &str, input: Value) -> Value {
        let text = mutation_text(mutation, "xactId");
        self.refused(&text, json!({ "input": input })).await["code"].take()
    }

    /// Makes a dataset; answers its id.
    pub async fn dataset(&self, name: &str) -> String {
        let input = json!({ "name": name });
        let made = self.change("createDataset", input, "dataset { id }").await;
        text(&made["dataset"]["id"])
    }

    /// Puts items of these keys, each with the value given; answers the xact id.
    pub async fn put(&self, dataset: &str, keys: &[&str], value: Value) -> String {
        let upserts: Vec<Value> = keys
            .iter()
            .map(|key| json!({ "key": key, "data": { "value": value } }))
            .collect();
        let input = json!({ "datasetId": dataset, "upserts": upserts });
        text(&self.change("commitItems", input, "xactId").await["xactId"])
    }

    /// Makes a snapshot of the head; answers its id.
    pub async fn snapshot(&self, dataset: &str, name: &str) -> String {
        let input = json!({ "datasetId": dataset, "name": name });
        let made = self
            .change("createSnapshot", input, "snapshot { id }")
            .await;
        text(&made["snapshot"]["id"])
    }

    /// Restores a snapshot and waits until that is done; answers the task.
    pub async fn restore(&self, dataset: &str, snapshot: &str) -> Value {
        let target = json!({ "snapshotId": snapshot });
        let input = json!({ "datasetId": dataset, "target": target });
        let begun = self.change("restoreSnapshot", input, "task { id }").await;
        let wanted = "subscription($id: ID!) { taskProgress(taskId: $id) {
            id phase resultXactId summary { added removed modified unchanged } } }";
        let mut told = self.watch(wanted, json!({ "id": begun["task"]["id"] }));
        let mut last = Value::Null;
        while let Some(mut data) = told.next().await {
            last = data["taskProgress"].take();
        }
        assert_eq!(last["phase"], "COMPLETED");
        last
    }

    /// Keys and values of a dataset's items, at the head or where `at` says.
    pub async fn items(&self, dataset: &str, at: Value) -> Vec<(String, Value)> {
        let query = "query($id: ID!, $at: VersionRef) { dataset(id: $id) {
            items(at: $at, first: 500) { nodes { key data } } } }";
        let data = self.ask(query, json!({ "id": dataset, "at": at })).await;
        let nodes = data["dataset"]["items"]["nodes"].as_array().expect("items");
        let item = |node: &Value| (text(&node["key"]), node["data"]["value"].clone());
        nodes.iter().map(item).collect()
    }

    /// Begins a subscription.
    pub fn watch(&self, text: &str, variables: Value) -> Told {
        let request = Request::new(text).variables(Variables::from_json(variables));
        self.watched_by(&ada(), request)
    }

    /// Begins a subscription of someone's.
    pub fn watched_by(&self, principal: &Principal, request: Request) -> Told {
        let (schema, principal) = (self.schema.clone(), principal.clone());
        let begun = async move {
            match schema.begin(&principal, request).await {
                Ok(Begun::Answers(answers)) => answers,
                Ok(Begun::Answer(_)) => panic!("no subscription"),
                Err(refusals) => {
                    let refused = Response::from_errors(refusals.errors().to_vec());
                    once(async { refused }).boxed()
                }
            }
        };
        Told(begun.flatten_stream().boxed())
    }
}

impl Told {
    /// The next data; none when the subscription has ended.
    pub async fn next(&mut self) -> Option<Value> {
        let response = self.response().await?;
        assert_eq!(response.get("errors"), None);
        Some(response["data"].clone())
    }

    /// The next answer, also one with errors.
    pub async fn response(&mut self) -> Option<Value> {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await;
        let response = next.expect("told in time")?;
        Some(serde_json::to_value(&response).expect("JSON"))
    }
}

/// The administrator of everything.
pub fn ada() -> Principal {
    Principal::administrator("ada", None)
}

/// The text of a JSON value that is one.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

fn mutation_text(mutation: &str, wanted: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ {wanted} }} }}")
}

fn open_nodes(path: &Path, anew: bool) -> Result<Arc<dyn KeptNodes>, crate::content::Fault> {
    if anew {
        SqliteNodes::remove(path)?;
    }
    Ok(Arc::new(SqliteNodes::open(path)?))
}

fn keys(clock: &Arc<dyn Clock>) -> Arc<dyn KeyStore> {
    let sealing = SealingKey::fresh(&**clock);
    Arc::new(SqliteKeys::in_memory(sealing, clock.clone()).expect("a key store"))
}
