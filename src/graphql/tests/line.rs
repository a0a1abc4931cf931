//! The harness for connections that stay open: a desk served on a port of its own, and raw lines.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_util::sync::CancellationToken;

use super::desk::{ADMIN_KEY, Desk, PATIENCE};
use crate::gatekeeper::Gatekeeper;
use crate::graphql::{Connections, routes};

/// What a client's system keeps of what was not read: little, so that a slow reader is felt soon.
const KEPT_BYTES: u32 = 8 << 10;

/// A desk that is served.
pub struct Counter {
    pub address: SocketAddr,
    pub leaving: CancellationToken,
    pub connections: Connections,
}

/// A raw line to it.
pub struct Line(WebSocketStream<TcpStream>);

/// What comes on a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Message(Value),
    Closed(u16, String),
    Ping,
    BrokenOff,
}

impl Counter {
    /// Serves a desk to whoever has a key.
    pub async fn open(desk: &Desk) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let gatekeeper = Gatekeeper::new(desk.house.ledger.clone());
        let leaving = CancellationToken::new();
        let connections = Connections::until(leaving.clone());
        let router = routes(desk.schema.clone(), gatekeeper, connections.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            leaving,
            connections,
        }
    }

    /// A line that was opened and says nothing yet; or the status with which it was refused.
    pub async fn line(&self) -> Result<Line, u16> {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(KEPT_BYTES).expect("a size");
        let stream = socket.connect(self.address).await.expect("connected");
        let mut request = format!("ws://{}/graphql", self.address)
            .into_client_request()
            .expect("a request");
        let protocol = "graphql-transport-ws".parse().expect("a value");
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", protocol);
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((stream, _)) => Ok(Line(stream)),
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                Err(answer.status().as_u16())
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// A line whose connection is acknowledged.
    pub async fn begun(&self) -> Line {
        let mut line = self.line().await.expect("a line");
        let payload = json!({ "Authorization": ADMIN_KEY });
        line.say(json!({ "type": "connection_init", "payload": payload }))
            .await;
        let ack = Heard::Message(json!({ "type": "connection_ack" }));
        assert_eq!(line.hear().await, ack);
        line
    }
}

impl Line {
    pub async fn say(&mut self, message: Value) {
        let message = Message::text(message.to_string());
        self.0.send(message).await.expect("sent");
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    /// What comes next.
    pub async fn hear(&mut self) -> Heard {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await;
        match next.expect("something comes in time") {
            Some(Ok(Message::Text(text))) => {
                Heard::Message(serde_json::from_str(&text).expect("JSON"))
            }
            Some(Ok(Message::Close(Some(frame)))) => {
                Heard::Closed(frame.code.into(), frame.reason.to_string())
            }
            Some(Ok(Message::Ping(_))) => Heard::Ping,
            None | Some(Err(_)) => Heard::BrokenOff,
            Some(Ok(other)) => panic!("{other}"),
        }
    }

    /// The next message, but for pings.
    pub async fn message(&mut self) -> Value {
        loop {
            match self.hear().await {
                Heard::Message(message) => return message,
                Heard::Ping => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
