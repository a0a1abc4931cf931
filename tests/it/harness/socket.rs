//! Subscriptions: one graphql-transport-ws socket each.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{KEY, Server, within};

/// A running subscription.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// Subscribes.
    pub async fn open(server: &Server, document: &str, variables: Value) -> Self {
        let opened = Self::open_as(server, KEY, document, variables).await;
        opened.expect("the server acknowledges the admin's key")
    }

    /// Subscribes with this credential after `Bearer`; none when it opens nothing.
    pub async fn open_as(
        server: &Server,
        credential: &str,
        document: &str,
        variables: Value,
    ) -> Option<Self> {
        let address = format!("{}/graphql", server.address.replacen("http", "ws", 1));
        let mut request = address.into_client_request().expect("an address");
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        let connected = within("a socket", connect_async(request)).await;
        let (stream, _) = connected.expect("the server takes a socket");
        let mut socket = Self { stream };
        let credential = json!({ "authorization": format!("Bearer {credential}") });
        socket
            .send(&json!({ "type": "connection_init", "payload": credential }))
            .await;
        let greeting = within("an answer to connection_init", socket.receive()).await?;
        if greeting["type"] != "connection_ack" {
            return None;
        }
        let payload = json!({ "query": document, "variables": variables });
        socket
            .send(&json!({ "type": "subscribe", "id": "1", "payload": payload }))
            .await;
        Some(socket)
    }

    /// The next message that is no ping; none when the socket is gone.
    pub async fn message(&mut self) -> Option<Value> {
        loop {
            let message = within("a message", self.receive()).await?;
            match message["type"].as_str().unwrap_or_default() {
                "ping" => self.send(&json!({ "type": "pong" })).await,
                _ => return Some(message),
            }
        }
    }

    /// The data of the next push, which must come.
    pub async fn next(&mut self) -> Value {
        loop {
            let mut message = within("a push", self.receive())
                .await
                .expect("the server goes on");
            match message["type"].as_str().unwrap_or_default() {
                "next" if message["payload"]["errors"].is_null() => {
                    return message["payload"]["data"].take();
                }
                "ping" => self.send(&json!({ "type": "pong" })).await,
                _ => panic!("expected a push, got {message}"),
            }
        }
    }

    async fn send(&mut self, message: &Value) {
        let message = Message::text(message.to_string());
        self.stream.send(message).await.expect("the socket is open");
    }

    /// The next message with a text; none when the socket is gone.
    async fn receive(&mut self) -> Option<Value> {
        while let Some(Ok(message)) = self.stream.next().await {
            match message {
                Message::Text(text) => {
                    return Some(serde_json::from_str(&text).expect("a message is JSON"));
                }
                Message::Close(_) => return None,
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
        None
    }
}
