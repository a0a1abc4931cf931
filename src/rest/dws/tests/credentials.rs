//! Through which doors a caller of this API comes, and that a signature is good for the very
//! request that it was made for.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::client::Client;
use crate::auth::{Secret, SignedRequest, authorization};
use crate::clock::{Clock, SystemClock};
use crate::domain::values::Role;
use crate::ledger::{KeyKind, KeySecret, NewApiKey};
use crate::rest::tests::served::{KEY, Served};

async fn issue(client: &Client, kind: KeyKind, role: Role) -> KeySecret {
    let new = NewApiKey {
        name: "robot".to_owned(),
        kind,
        role,
        project: Some(client.served.ledger().default_project()),
        expires_at: None,
    };
    let ledger = client.served.ledger();
    let issued = ledger.issue_api_key(&Served::ada(), new).await;
    issued.expect("issued").secret.expect("told")
}

/// A key of this role in the default project.
pub async fn key(client: &Client, role: Role) -> String {
    match issue(client, KeyKind::Bearer, role).await {
        KeySecret::Bearer(key) => key.reveal().to_owned(),
        KeySecret::Pair { .. } => panic!("not a pair"),
    }
}

/// A request of which every header is signed, as the vendor's SDK does it.
struct Signed {
    method: &'static str,
    path: String,
    query: &'static str,
    body: String,
    headers: Vec<(String, String)>,
}

impl Signed {
    /// Signs a request with this pair, as of so many minutes ago.
    fn of(client: &Client, call: (&'static str, &str), body: Option<&Value>, pair: &Pair) -> Self {
        Self::aged(client, call, body, (pair, 0))
    }

    fn aged(
        client: &Client,
        (method, below): (&'static str, &str),
        body: Option<&Value>,
        (pair, minutes): (&Pair, i64),
    ) -> Self {
        let date = SystemClock::start().now() - chrono::TimeDelta::minutes(minutes);
        let date = date.format("%Y%m%dT%H%M%SZ").to_string();
        let host = client.served.address().to_owned();
        let mut headers: Vec<(String, String)> = [
            ("content-type", "application/json".to_owned()),
            ("host", host),
            ("user-agent", "huaweicloud-usdk-python/3.0".to_owned()),
            ("x-project-id", client.project.clone()),
            ("x-sdk-date", date),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let path = format!("/v1.0/{}{below}", client.project);
        let query = if below.ends_with("/snapshots") && method == "GET" {
            "offset=0&limit=1"
        } else {
            ""
        };
        let body = body.map_or_else(String::new, Value::to_string);
        let mut map = HeaderMap::new();
        for (name, value) in &headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            map.insert(name, HeaderValue::from_str(value).expect("a value"));
        }
        let request = SignedRequest {
            method,
            path: &path,
            query,
            headers: &map,
            body: body.as_bytes(),
        };
        let signature = authorization(&request, &pair.access_key, &pair.secret_key);
        headers.push(("authorization".to_owned(), signature));
        Self {
            method,
            path,
            query,
            body,
            headers,
        }
    }

    async fn send(&self, client: &Client) -> (u16, Value) {
        let headers = self.headers.iter();
        let headers: Vec<(&str, &str)> = headers
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let path = match self.query {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        };
        let body = Some(self.body.as_str()).filter(|body| !body.is_empty());
        let (status, _, text) = client
            .served
            .ask((self.method, &path), &headers, body)
            .await;
        (
            status.as_u16(),
            serde_json::from_str(&text).unwrap_or_default(),
        )
    }
}

struct Pair {
    access_key: String,
    secret_key: Secret,
}

async fn pair(client: &Client, role: Role) -> Pair {
    match issue(client, KeyKind::Pair, role).await {
        KeySecret::Bearer(_) => panic!("a pair"),
        KeySecret::Pair {
            access_key,
            secret_key,
        } => Pair {
            access_key: access_key.to_string(),
            secret_key,
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_comes_as_a_token_or_as_a_bearer() {
    let client = Client::start().await;
    let path = format!("/v1.0/{}/clusters", client.project);
    let bearer = format!("Bearer {KEY}");
    for (headers, expected) in [
        (&[("x-auth-token", KEY)][..], 200),
        (&[("authorization", bearer.as_str())], 200),
        (&[], 401),
        (&[("x-auth-token", "sl_no")], 401),
        (&[("x-api-key", KEY)], 401),
        (&[("authorization", "Basic x")], 401),
        (&[("authorization", "SDK-HMAC-SHA256 Access=x")], 401),
        (
            &[
                ("authorization", bearer.as_str()),
                ("x-min-xact-id", "soon"),
            ],
            400,
        ),
    ] {
        let (status, _, text) = client.served.ask(("GET", &path), headers, None).await;
        assert_eq!(status, expected, "{headers:?} {text}");
        let body: Value = serde_json::from_str(&text).expect("JSON");
        let code = match expected {
            200 => Value::Null,
            401 => json!("APIGW.0301"),
            _ => json!("DWS.0001"),
        };
        assert_eq!(body["error_code"], code, "{headers:?}");
    }
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_request_is_its_pair_s_own() {
    let client = Client::start().await;
    let editor = pair(&client, Role::Editor).await;
    let viewer = pair(&client, Role::Viewer).await;
    let cluster = client.served.dataset("penguins").await;
    let body = json!({"snapshot": {"name": "before", "cluster_id": cluster}});
    let create = ("POST", "/snapshots");

    let (status, told) = Signed::of(&client, create, Some(&body), &viewer)
        .send(&client)
        .await;
    assert_eq!((status, &told["error_code"]), (403, &json!("DWS.0015")));
    let signed = Signed::of(&client, create, Some(&body), &editor);
    let (status, made) = signed.send(&client).await;
    assert_eq!(status, 200, "{made}");
    let row = client.row(made["snapshot"]["id"].as_str().expect("an id"));
    assert_eq!(&*row.created_by, "robot");
    let below = format!("/clusters/{cluster}/snapshots");
    let (status, list) = Signed::of(&client, ("GET", &below), None, &viewer)
        .send(&client)
        .await;
    assert_eq!((status, &list["count"]), (200, &json!(2)), "{list}");
    assert_eq!(list["snapshots"].as_array().map(Vec::len), Some(1));
    client.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_changed_on_the_way_was_not_signed() {
    let client = Client::start().await;
    let pair = pair(&client, Role::Editor).await;
    let cluster = client.served.dataset("penguins").await;
    let body = json!({"snapshot": {"name": "before", "cluster_id": cluster}});
    let signed = || Signed::of(&client, ("POST", "/snapshots"), Some(&body), &pair);
    let check = async |what: &str, signed: Signed| {
        let (status, told) = signed.send(&client).await;
        assert_eq!(
            (status, &told["error_code"]),
            (401, &json!("APIGW.0301")),
            "{what}: {told}"
        );
    };
    let mut changed = signed();
    changed.body = changed.body.replace("before", "behind");
    check("body", changed).await;
    let mut changed = signed();
    changed.path = changed.path.replace("snapshots", "clusters");
    check("path", changed).await;
    let mut changed = signed();
    changed.query = "limit=1";
    check("query", changed).await;
    let mut changed = signed();
    changed.headers[2].1.push_str(" patched");
    check("user-agent", changed).await;
    let early = (&pair, 16);
    let old = Signed::aged(&client, ("POST", "/snapshots"), Some(&body), early);
    check("time", old).await;
    let late = (&pair, -16);
    let ahead = Signed::aged(&client, ("POST", "/snapshots"), Some(&body), late);
    check("time", ahead).await;
    let other = Pair {
        access_key: pair.access_key.clone(),
        secret_key: Secret::given("another"),
    };
    let forged = Signed::of(&client, ("POST", "/snapshots"), Some(&body), &other);
    check("secret", forged).await;
    client.stop().await;
}
