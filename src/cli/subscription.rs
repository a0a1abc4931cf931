//! A subscription, as `graphql-transport-ws` speaks it over a WebSocket.
//!
//! One operation on one socket. The server's pings are answered while the next value is awaited.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::connection::{Client, GraphqlError};
use super::failure::{Done, Failure};

/// The name under which both sides speak of the one operation.
const OPERATION: &str = "1";
/// How long the server has to greet back.
const GREETING_MAX: Duration = Duration::from_secs(10);
/// How long it may be silent: it sends heartbeats more often than that.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// What a server closes with that does not know the caller; the first only before it greets back.
const CLOSED_UNKNOWN: [u16; 3] = [1002, 4401, 4403];

/// A subscription under way.
pub(super) struct Subscription {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    is_greeted: bool,
}

/// What the server says.
#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    payload: Value,
}

#[derive(Deserialize)]
struct Next {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<GraphqlError>,
}

impl Subscription {
    /// Begins a subscription.
    pub async fn begin(client: &Client, document: &str, variables: Value) -> Done<Self> {
        let address = client.server().replacen("http", "ws", 1) + "/graphql";
        let uri = address.parse().map_err(Failure::new)?;
        let mut request = ClientRequestBuilder::new(uri).with_sub_protocol("graphql-transport-ws");
        let authorization = client.key().map(|key| format!("Bearer {key}"));
        if let Some(authorization) = &authorization {
            request = request.with_header("Authorization", authorization.as_str());
        }
        let (socket, _) = connect_async(request).await.map_err(|fault| match fault {
            Error::Http(response) if response.status() == 401 => client.unauthenticated(),
            other => broken_off(&other),
        })?;
        let mut begun = Self {
            socket,
            is_greeted: false,
        };
        let payload = match authorization {
            Some(authorization) => json!({ "Authorization": authorization }),
            None => json!({}),
        };
        begun
            .say(&json!({ "type": "connection_init", "payload": payload }))
            .await?;
        let greeted = tokio::time::timeout(GREETING_MAX, begun.hear(client)).await;
        let greeted = greeted.map_err(|_| silent())??;
        if greeted.is_none_or(|said| said.kind != "connection_ack") {
            return Err(Failure::new("the server did not accept the WebSocket"));
        }
        begun.is_greeted = true;
        let payload = json!({ "query": document, "variables": variables });
        begun
            .say(&json!({ "id": OPERATION, "type": "subscribe", "payload": payload }))
            .await?;
        Ok(begun)
    }

    /// The next value; none when the subscription has ended.
    pub async fn next<T: DeserializeOwned>(&mut self, client: &Client) -> Done<Option<T>> {
        let said = tokio::time::timeout(SILENCE_MAX, self.hear(client)).await;
        let Some(said) = said.map_err(|_| silent())?? else {
            return Ok(None);
        };
        match said.kind.as_str() {
            "next" => {
                let next: Next = serde_json::from_value(said.payload).map_err(Failure::new)?;
                if let Some(error) = next.errors.into_iter().next() {
                    return Err(error.failure());
                }
                let data = serde_json::from_value(next.data.unwrap_or_default());
                data.map(Some).map_err(|fault| {
                    Failure::new(format!("the server's news is not understood: {fault}"))
                })
            }
            "error" => {
                let errors: Vec<GraphqlError> =
                    serde_json::from_value(said.payload).map_err(Failure::new)?;
                let first = errors.into_iter().next().map(GraphqlError::failure);
                Err(first.unwrap_or_else(|| Failure::new("the subscription was refused")))
            }
            "complete" => Ok(None),
            other => Err(Failure::new(format!("the server said {other:?} unasked"))),
        }
    }

    /// Ends the subscription.
    pub async fn end(mut self) {
        // The server may have closed it already.
        let _ = self.socket.close(None).await;
    }

    async fn say(&mut self, message: &Value) -> Done {
        let message = Message::text(message.to_string());
        self.socket
            .send(message)
            .await
            .map_err(|fault| broken_off(&fault))
    }

    /// What the server says next, but for pings; none when it has closed in good form.
    async fn hear(&mut self, client: &Client) -> Done<Option<Said>> {
        while let Some(message) = self.socket.next().await {
            match message.map_err(|fault| broken_off(&fault))? {
                Message::Text(text) => {
                    let said: Said = serde_json::from_str(&text).map_err(Failure::new)?;
                    match said.kind.as_str() {
                        "ping" => self.say(&json!({ "type": "pong" })).await?,
                        "pong" => {}
                        _ => return Ok(Some(said)),
                    }
                }
                Message::Close(frame) => return self.closed(frame.as_ref(), client),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
        Ok(None)
    }

    fn closed(&self, frame: Option<&CloseFrame>, client: &Client) -> Done<Option<Said>> {
        let first_unknown = usize::from(self.is_greeted);
        match frame.map(|frame| (u16::from(frame.code), frame.reason.as_str())) {
            None | Some((1000, _)) => Ok(None),
            Some((code, _)) if CLOSED_UNKNOWN[first_unknown..].contains(&code) => {
                Err(client.unauthenticated())
            }
            Some((code, reason)) => Err(Failure::new(format!(
                "the server closed the WebSocket: {code} {reason}"
            ))),
        }
    }
}

fn broken_off(fault: &Error) -> Failure {
    Failure::with_hint(
        format!("the WebSocket broke off: {fault}"),
        "see what the server tells on its stderr, then try again",
    )
}

fn silent() -> Failure {
    Failure::with_hint(
        format!(
            "the server said nothing for {} seconds",
            SILENCE_MAX.as_secs()
        ),
        "see whether it still runs: its /healthz answers at once",
    )
}
