//! Raw lines: WebSocket messages as they go, for stories about the protocol itself.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{KEY, Server, within};

/// A line to the server on which nothing was said yet.
pub struct Line {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What comes on a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A message.
    Message(Value),
    /// The server says goodbye, with its code and reason.
    Closed(u16, String),
    /// The line is gone without a goodbye.
    BrokenOff,
}

impl Line {
    /// Opens a line with these headers.
    pub async fn open(server: &Server, headers: &[(&'static str, &str)]) -> Self {
        let opened = Self::try_open(server, headers).await;
        opened.unwrap_or_else(|status| panic!("the server refused a socket: {status}"))
    }

    /// Opens a line with these headers; or tells the status with which it was refused.
    pub async fn try_open(server: &Server, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let address = format!("{}/graphql", server.address.replacen("http", "ws", 1));
        let mut request = address.into_client_request().expect("an address");
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a value");
            request.headers_mut().insert(*name, value);
        }
        match within("a socket", connect_async(request)).await {
            Ok((stream, _)) => Ok(Self { stream }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(fault) => panic!("{fault}"),
        }
    }

    /// Opens a line that speaks the protocol.
    pub async fn speaking(server: &Server) -> Self {
        Self::open(
            server,
            &[("sec-websocket-protocol", "graphql-transport-ws")],
        )
        .await
    }

    /// Opens a line whose connection is acknowledged.
    pub async fn begun(server: &Server) -> Self {
        let mut line = Self::speaking(server).await;
        line.say(&json!({ "type": "connection_init", "payload": { "Authorization": KEY } }))
            .await;
        let ack = Heard::Message(json!({ "type": "connection_ack" }));
        assert_eq!(line.hear().await, ack);
        line
    }

    /// Sends a message.
    pub async fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string())).await;
    }

    /// Asks for an operation.
    pub async fn subscribe(&mut self, id: &str, document: &str, variables: Value) {
        let payload = json!({ "query": document, "variables": variables });
        self.say(&json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    /// Sends a frame, whatever it is.
    pub async fn send(&mut self, frame: Message) {
        // The server may have closed the line before it has read all of it.
        let _ = within("a frame", self.stream.send(frame)).await;
    }

    /// What comes next, but for pings of WebSocket's own.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match within("something on a socket", self.stream.next()).await {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Message(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Heard::Closed(frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(Message::Ping(_))) => {}
                Some(Ok(other)) => panic!("{other}"),
                None | Some(Err(_)) => return Heard::BrokenOff,
            }
        }
    }

    /// Says goodbye as a client does that has no more to ask, and reads to the end.
    pub async fn close(mut self) -> Heard {
        let frame = CloseFrame {
            code: CloseCode::Normal,
            reason: "Normal Closure".into(),
        };
        self.send(Message::Close(Some(frame))).await;
        self.hear().await
    }

    /// The next message, which must come.
    pub async fn message(&mut self) -> Value {
        match self.hear().await {
            Heard::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    /// The code and the reason with which the server says goodbye, whatever comes before.
    pub async fn goodbye(&mut self) -> (u16, String) {
        loop {
            match self.hear().await {
                Heard::Message(_) => {}
                Heard::Closed(code, reason) => return (code, reason),
                Heard::BrokenOff => panic!("the line broke off without a goodbye"),
            }
        }
    }
}
