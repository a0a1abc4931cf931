//! Without a credential nothing but health answers: on no path, by no method, over no transport.

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::harness::{Home, KEY, Server, within};

/// What anyone may ask for.
const OPEN: &[&str] = &["/healthz", "/readyz"];
/// Paths behind the door, and some that lead nowhere.
const CLOSED: &[&str] = &[
    "/graphql",
    "/graphql?query=%7Bledger%7Bhead%7D%7D",
    "/graphql/",
    "/v1/datasets/01890000-0000-7000-8000-000000000000/items",
    "/v1/datasets/nonsense/items",
    "/v1/datasets",
    "/metrics",
    "/.env",
];
/// Credentials that open nothing.
const WRONG: &[&str] = &[
    "",
    "Bearer",
    "Bearer ",
    "Bearer sl_of_nobody",
    "Basic c2xfdGhlX2tleV9vZl90aGVfc3Rvcmllczo=",
    "Bearer null",
    // A token that says it needs no signature.
    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9.",
];

#[tokio::test]
async fn without_a_credential_only_health_answers() {
    let home = Home::new();
    let server = home.start().await;
    let dataset = server.dataset("not to be seen").await;
    for path in OPEN {
        let answer = server.http.get(format!("{}{path}", server.address)).send();
        let answer = within("health", answer).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
    }
    let items = format!("/v1/datasets/{dataset}/items");
    let paths = CLOSED.iter().copied().chain([items.as_str()]);
    for path in paths {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
        ] {
            for accept in ["application/json", "text/event-stream", "text/html"] {
                for credential in WRONG {
                    refuses(&server, &method, path, (accept, credential)).await;
                }
            }
        }
    }
    let head = server.ask("{ datasets { totalCount } }", json!({})).await;
    assert_eq!(head["datasets"]["totalCount"], 1, "something was made");
}

async fn refuses(server: &Server, method: &Method, path: &str, sent: (&str, &str)) {
    let (accept, credential) = sent;
    let address = format!("{}{path}", server.address);
    let body = json!({ "query": "mutation { createDataset(input: { name: \"x\" }) { xactId } }" });
    let request = server.http.request(method.clone(), address).json(&body);
    let mut request = request.header("Accept", accept);
    if !credential.is_empty() {
        request = request.header("Authorization", credential);
    }
    let answer = within("an answer", request.send()).await;
    let answer = answer.expect("the server answers");
    let status = answer.status().as_u16();
    let text = within("a body", answer.text()).await.expect("a body");
    let place = format!("{method} {path} {accept} {credential:?}: {status} {text}");
    // A path or method that leads nowhere may say so.
    assert!(matches!(status, 401 | 404 | 405), "{place}");
    for secret in ["\"data\"", "not to be seen", KEY, "xactId"] {
        assert!(!text.contains(secret), "{place}");
    }
}

#[tokio::test]
async fn a_socket_without_a_credential_is_closed_and_told_nothing() {
    let home = Home::new();
    let server = home.start().await;
    for credential in WRONG {
        for init in [
            json!({ "type": "connection_init" }),
            json!({ "type": "connection_init", "payload": { "Authorization": credential } }),
            json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ ledger { head } }" } }),
        ] {
            let code = closed_with(&server, credential, &init.to_string()).await;
            let is_refused = matches!(code, Some(4400 | 4401 | 4403));
            assert!(is_refused, "{credential:?} {init}: {code:?}");
        }
    }
}

/// The code with which a socket is closed after its first message; when the upgrade itself is
/// refused for want of a credential, that of a refused one.
async fn closed_with(server: &Server, credential: &str, message: &str) -> Option<u16> {
    let address = format!("{}/graphql", server.address.replacen("http", "ws", 1));
    let mut request = address.into_client_request().expect("an address");
    let headers = request.headers_mut();
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    headers.insert("Sec-WebSocket-Protocol", protocol);
    if let Ok(credential) = HeaderValue::from_str(credential)
        && !credential.is_empty()
    {
        headers.insert("Authorization", credential);
    }
    let connected = within("a socket", tokio_tungstenite::connect_async(request)).await;
    let mut socket = match connected {
        Ok((socket, _)) => socket,
        Err(Error::Http(answer)) if answer.status() == 401 => return Some(4403),
        Err(fault) => panic!("{credential:?}: {fault}"),
    };
    let sent = futures_util::SinkExt::send(&mut socket, Message::text(message)).await;
    sent.expect("the socket is open");
    while let Some(message) = within("a close", socket.next()).await {
        match message {
            Ok(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
            Ok(Message::Text(text)) => panic!("{credential:?}: told {text}"),
            Ok(_) => {}
            Err(fault) => panic!("{credential:?}: {fault}"),
        }
    }
    None
}
