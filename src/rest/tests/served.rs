//! The harness of this room's tests: a ledger in a folder of its own, its routes on a port of
//! their own.

use std::sync::Arc;

use reqwest::{Body, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::assemble::{Assembled, DataFolder, Purpose, assemble};
use crate::auth::{ApiKeyText, Principal};
use crate::clock::SystemClock;
use crate::config::{Access, Secrets};
use crate::digest::Digest;
use crate::domain::ids::DatasetId;
use crate::ledger::{Caller, House, Ledger, NewDataset, Reads};
use crate::rest::{Rest, routes};
use crate::views::{DatasetRow, Page};

/// The key that opens everything.
pub(in crate::rest) const KEY: &str = "sl_test";

pub(in crate::rest) struct Served {
    house: House,
    url: String,
    http: reqwest::Client,
    _folder: DataFolder,
    _place: tempfile::TempDir,
}

impl Served {
    pub async fn start() -> Self {
        // The provider that `main` chooses; another test may have done so already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let place = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::take(place.path()).expect("it is free");
        let access = Access::Keys(Some(ApiKeyText::given(KEY)));
        let clock = Arc::new(SystemClock::start());
        let Assembled {
            house, gatekeeper, ..
        } = assemble(
            &folder,
            Purpose::Serve(&access, &Secrets::default()),
            clock,
            &mut |_, _| {},
        )
        .await
        .expect("a house");
        let routes = routes(Rest::new(house.ledger.clone(), gatekeeper));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            house,
            url,
            http: reqwest::Client::new(),
            _folder: folder,
            _place: place,
        }
    }

    pub async fn stop(self) {
        self.house.close().await.expect("closed");
    }

    /// The ledger behind the routes.
    pub const fn ledger(&self) -> &Ledger {
        &self.house.ledger
    }

    /// Where it listens: an address and a port.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// An administrator, for what a test does behind the routes.
    pub fn ada() -> Caller {
        Caller {
            principal: Principal::administrator("ada", None),
            correlation: None,
            causation: None,
            key: None,
        }
    }

    /// A request of any path with these headers and this body; none: as `GET` has.
    pub async fn ask(
        &self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> (StatusCode, reqwest::header::HeaderMap, String) {
        let method = method.parse().expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        (status, headers, response.text().await.expect("text"))
    }

    pub async fn dataset(&self, name: &str) -> String {
        let new = NewDataset {
            project: None,
            name: name.to_owned(),
            description: String::new(),
            metadata: None,
            draft: false,
            snapshots_enabled: true,
        };
        let caller = Self::ada();
        let made = self
            .house
            .ledger
            .create_dataset(&caller, new)
            .await
            .expect("made");
        made.id.to_string()
    }

    pub async fn post(
        &self,
        id: &str,
        query: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> (StatusCode, Value) {
        let body = Body::from(body.as_ref().to_vec());
        let mut request = self
            .http
            .post(self.at(id, query))
            .bearer_auth(KEY)
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        (response.status(), response.json().await.expect("JSON"))
    }

    pub async fn post_as(&self, authorization: &str, id: &str) -> (StatusCode, Value) {
        let request = self
            .http
            .post(self.at(id, ""))
            .header("authorization", authorization);
        let response = request
            .body("{\"data\":{}}")
            .send()
            .await
            .expect("an answer");
        (response.status(), response.json().await.expect("JSON"))
    }

    /// A version's xact id and its lines.
    pub async fn get(&self, id: &str, query: &str) -> (String, String) {
        let request = self.http.get(self.at(id, query)).bearer_auth(KEY);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        let version = response.headers()["x-xact-id"]
            .to_str()
            .expect("text")
            .to_owned();
        (version, response.text().await.expect("lines"))
    }

    pub async fn refused(&self, id: &str, query: &str) -> (StatusCode, Value) {
        let request = self.http.get(self.at(id, query)).bearer_auth(KEY);
        let response = request.send().await.expect("an answer");
        (response.status(), response.json().await.expect("JSON"))
    }

    pub fn root(&self, id: &str) -> Digest {
        self.row(id).head.version.root
    }

    pub fn first_snapshot(&self, id: &str) -> String {
        self.row(id)
            .current_snapshot
            .expect("the one of its creation")
            .to_string()
    }

    pub fn unfinished_tasks(&self) -> usize {
        self.reads()
            .views()
            .unfinished_tasks(&Page::first(100))
            .expect("rows")
            .rows
            .len()
    }

    fn row(&self, id: &str) -> DatasetRow {
        let id: DatasetId = id.parse().expect("an id");
        self.reads()
            .dataset(id)
            .expect("a read")
            .expect("a dataset")
    }

    fn reads(&self) -> Reads {
        self.house
            .ledger
            .reads(&Principal::administrator("ada", None))
    }

    fn at(&self, id: &str, query: &str) -> String {
        format!("{}/v1/datasets/{id}/items{query}", self.url)
    }
}
