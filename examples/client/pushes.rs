//! What the server pushes: one subscription over a WebSocket, as graphql-transport-ws says.
//!
//! ```text
//! connection_init → connection_ack → subscribe → next … next → complete
//! ```
//!
//! One socket carries one subscription here. Never connects again by itself.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::http::{Client, Outcome, Refused};

/// The protocol that both sides must speak.
const PROTOCOL: &str = "graphql-transport-ws";

/// A running subscription.
pub struct Pushes {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Pushes {
    /// Subscribes; whatever happens from now on is pushed.
    pub async fn open(client: &Client, document: &str, variables: Value) -> Outcome<Self> {
        // http becomes ws, https becomes wss.
        let address = format!("{}/graphql", client.server.replacen("http", "ws", 1));
        let mut request = address.into_client_request()?;
        let protocol = HeaderValue::from_static(PROTOCOL);
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        let (socket, _) = connect_async(request).await?;
        let mut pushes = Self { socket };
        let credential = json!({ "Authorization": format!("Bearer {}", client.key) });
        pushes
            .send(json!({ "type": "connection_init", "payload": credential }))
            .await?;
        match pushes.receive().await? {
            Some(message) if message["type"] == "connection_ack" => {}
            Some(other) => return Err(format!("expected connection_ack, got {other}").into()),
            None => return Err("the server closed the socket; is the key right?".into()),
        }
        let payload = json!({ "query": document, "variables": variables });
        pushes
            .send(json!({ "type": "subscribe", "id": "1", "payload": payload }))
            .await?;
        Ok(pushes)
    }

    /// The `data` of the next push; none when the subscription has ended.
    pub async fn next(&mut self) -> Outcome<Option<Value>> {
        loop {
            let Some(mut message) = self.receive().await? else {
                return Ok(None);
            };
            match message["type"].as_str().unwrap_or_default() {
                "next" => {
                    let mut payload = message["payload"].take();
                    return match Refused::of(&payload) {
                        Some(refused) => Err(refused.into()),
                        None => Ok(Some(payload["data"].take())),
                    };
                }
                "error" => {
                    let refused = Refused::of(&json!({ "errors": message["payload"] }));
                    return Err(refused.map_or_else(|| message.to_string().into(), Into::into));
                }
                "complete" => return Ok(None),
                "ping" => self.send(json!({ "type": "pong" })).await?,
                _others_need_no_answer => {}
            }
        }
    }

    async fn send(&mut self, message: Value) -> Outcome<()> {
        Ok(self.socket.send(Message::text(message.to_string())).await?)
    }

    /// The next message with a text; none when the socket is closed.
    async fn receive(&mut self) -> Outcome<Option<Value>> {
        while let Some(message) = self.socket.next().await {
            match message? {
                Message::Text(text) => return Ok(Some(serde_json::from_str(&text)?)),
                Message::Close(_) => return Ok(None),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
        Ok(None)
    }
}
