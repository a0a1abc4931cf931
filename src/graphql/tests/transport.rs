//! The transports: who is let in, and what a socket tells.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::desk::{ADMIN_KEY, Desk};
use crate::auth::{ApiKeyText, Principal};
use crate::gatekeeper::Gatekeeper;
use crate::graphql::{Connections, routes};

/// Serves a desk; answers its address.
pub(super) async fn served(gatekeeper: Gatekeeper, desk: &Desk) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = routes(desk.schema.clone(), gatekeeper, Connections::default());
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("{address}/graphql")
}

async fn post(address: &str, key: Option<&str>, body: String) -> (u16, Value) {
    let request = reqwest::Client::new().post(format!("http://{address}"));
    let request = match key {
        None => request,
        Some(key) => request.bearer_auth(key),
    };
    let request = request
        .header("content-type", "application/json")
        .body(body);
    let response = request.send().await.expect("an answer");
    (
        response.status().as_u16(),
        response.json().await.expect("JSON"),
    )
}

fn code(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["code"]
}

#[tokio::test]
async fn only_a_key_that_is_known_opens() {
    let desk = Desk::set().await;
    let bootstrap = ApiKeyText::given("sl_boot");
    let gatekeeper = Gatekeeper::new(desk.house.ledger.clone()).with_bootstrap_key(&bootstrap);
    let address = served(gatekeeper, &desk).await;
    let body = || json!({ "query": "{ viewer { subject } }" }).to_string();
    for key in [None, Some("sl_wrong"), Some("")] {
        let (status, answer) = post(&address, key, body()).await;
        assert_eq!(
            (status, code(&answer)),
            (401, &json!("UNAUTHENTICATED")),
            "{key:?}"
        );
    }
    for key in [ADMIN_KEY, "sl_boot"] {
        let (status, answer) = post(&address, Some(key), body()).await;
        let expected = json!({ "viewer": { "subject": "admin" } });
        assert_eq!((status, &answer["data"]), (200, &expected), "{key}");
    }
}

#[tokio::test]
async fn an_open_gate_lets_in_whoever_has_no_key_but_no_wrong_key() {
    let desk = Desk::set().await;
    let anyone = Principal::administrator("anyone", None);
    let gatekeeper = Gatekeeper::new(desk.house.ledger.clone()).open_to(anyone);
    let address = served(gatekeeper, &desk).await;
    let body = || json!({ "query": "{ viewer { subject } }" }).to_string();
    let (status, answer) = post(&address, None, body()).await;
    assert_eq!(
        (status, &answer["data"]["viewer"]["subject"]),
        (200, &json!("anyone"))
    );
    assert_eq!(post(&address, Some("sl_wrong"), body()).await.0, 401);
}

#[tokio::test]
async fn a_socket_is_opened_by_its_first_message_and_tells_what_happens() {
    let desk = Desk::set().await;
    let id = desk.dataset("penguins").await;
    let address = served(Gatekeeper::new(desk.house.ledger.clone()), &desk).await;
    let open = || async {
        let mut request = format!("ws://{address}")
            .into_client_request()
            .expect("a request");
        let protocol = "graphql-transport-ws".parse().expect("a value");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        let (socket, _) = tokio_tungstenite::connect_async(request)
            .await
            .expect("a socket");
        socket
    };
    let message = |value: Value| Message::text(value.to_string());

    let mut stranger = open().await;
    let init = json!({ "type": "connection_init", "payload": { "authorization": "Bearer no" } });
    stranger.send(message(init)).await.expect("sent");
    let answer = stranger.next().await.expect("an answer").expect("read");
    assert!(matches!(answer, Message::Close(_)), "{answer}");

    let mut socket = open().await;
    let authorization = format!("Bearer {ADMIN_KEY}");
    let payload = json!({ "AUTHORIZATION": authorization });
    let init = json!({ "type": "connection_init", "payload": payload });
    socket.send(message(init)).await.expect("sent");
    let query = "subscription($id: ID!) { datasetChanged(id: $id) { itemCount } }";
    let payload = json!({ "query": query, "variables": { "id": id } });
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": payload });
    socket.send(message(subscribe)).await.expect("sent");
    let mut read = async || {
        let answer = socket.next().await.expect("an answer").expect("read");
        serde_json::from_str::<Value>(answer.to_text().expect("text")).expect("JSON")
    };
    assert_eq!(read().await["type"], "connection_ack");
    let told = |count: i32| json!({ "datasetChanged": { "itemCount": count } });
    assert_eq!(read().await["payload"]["data"], told(0));
    desk.put(&id, &["a"], json!(1)).await;
    assert_eq!(read().await["payload"]["data"], told(1));
    desk.change("deleteDataset", json!({ "datasetId": id }), "xactId")
        .await;
    assert_eq!(read().await["payload"]["data"], told(1));
    assert_eq!(read().await, json!({ "id": "1", "type": "complete" }));
}
