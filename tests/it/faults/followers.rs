//! Clients that follow the log: over a WebSocket or as a stream of events, from the first event on.
//!
//! When a connection breaks or says nothing, a follower begins again at another node, after the
//! last checkpoint that it was told. It notes what came, as it came; whether that is right is for
//! `checks` to say.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::clients::Clients;
use super::history::Followed;
use crate::harness::{KEY, Random, event, position, text, xact_id};

const FOLLOW: &str = "subscription ($after: XactId, $types: [String!]) {
    events(after: $after, filter: { types: $types }) {
        events { xactId type }
        checkpoint
    }
}";
/// How long a follower waits for anything at all before it looks elsewhere.
const SILENCE_MAX: Duration = Duration::from_secs(5);
/// The pause before a follower begins again.
const PAUSE_BEFORE_RESUME: Duration = Duration::from_millis(100);

/// By which transport a follower listens.
#[derive(Debug, Clone, Copy)]
pub enum Transport {
    /// `graphql-transport-ws`.
    Socket,
    /// `text/event-stream`.
    Events,
}

/// What a follower wants.
#[derive(Debug, Clone)]
pub struct Wish {
    /// How it listens.
    pub transport: Transport,
    /// The events it asks for, by name; none: all.
    pub wanted: Option<Vec<String>>,
}

/// A stream of batches; it ends with whatever goes wrong with it.
enum Stream {
    Socket(Box<WebSocketStream<MaybeTlsStream<TcpStream>>>),
    Events(reqwest::Response, String),
}

/// Follows until it is told of an end and has come there.
pub async fn follow_until(
    clients: Arc<Clients>,
    wish: Wish,
    mut random: Random,
    end: watch::Receiver<Option<u64>>,
) -> Followed {
    let mut followed = Followed {
        wanted: wish.wanted.clone(),
        events: Vec::new(),
        checkpoint: 0,
        resumed: 0,
    };
    loop {
        let node = random.below(clients.nodes.len() as u64) as usize;
        let begin = Stream::begin(&clients.nodes[node], &wish, followed.checkpoint);
        if let Ok(Some(mut stream)) = tokio::time::timeout(SILENCE_MAX, begin).await {
            while let Ok(Some(batch)) = next_before(&mut stream, &followed, &end).await {
                take_up(&mut followed, &batch);
            }
        }
        if has_come_to(&followed, *end.borrow()) {
            return followed;
        }
        followed.resumed += 1;
        tokio::time::sleep(PAUSE_BEFORE_RESUME).await;
    }
}

const fn has_come_to(followed: &Followed, end: Option<u64>) -> bool {
    match end {
        Some(end) => followed.checkpoint >= end,
        None => false,
    }
}

/// The next batch; none when the stream has ended, or the follower has come to the end.
async fn next_before(
    stream: &mut Stream,
    followed: &Followed,
    end: &watch::Receiver<Option<u64>>,
) -> Result<Option<Value>, tokio::time::error::Elapsed> {
    let mut end = end.clone();
    tokio::select! {
        _ = end.wait_for(|end| has_come_to(followed, *end)) => Ok(None),
        batch = tokio::time::timeout(SILENCE_MAX, stream.next()) => batch,
    }
}

fn take_up(followed: &mut Followed, batch: &Value) {
    let events = batch["events"].as_array().expect("a batch has events");
    for event in events {
        let place = position(&event["xactId"]);
        followed.events.push((place, text(&event["type"])));
    }
    followed.checkpoint = position(&batch["checkpoint"]);
}

impl Stream {
    /// Asks a node for all that is wanted after this place.
    async fn begin(address: &str, wish: &Wish, after: u64) -> Option<Self> {
        // Nothing is before the first event, so nothing can be named after which it comes.
        let after = (after > 0).then(|| xact_id(after));
        let variables = json!({ "after": after, "types": wish.wanted });
        let payload = json!({ "query": FOLLOW, "variables": variables });
        match wish.transport {
            Transport::Socket => begin_socket(address, payload).await,
            Transport::Events => begin_events(address, payload).await,
        }
    }

    /// The next batch; none when it has ended.
    async fn next(&mut self) -> Option<Value> {
        match self {
            Self::Socket(socket) => next_of_socket(socket).await,
            Self::Events(response, coming) => next_of_events(response, coming).await,
        }
    }
}

async fn begin_socket(address: &str, payload: Value) -> Option<Stream> {
    let address = format!("{}/graphql", address.replacen("http", "ws", 1));
    let mut request = address.into_client_request().expect("an address");
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    let headers = request.headers_mut();
    headers.insert("Sec-WebSocket-Protocol", protocol);
    let (mut socket, _) = connect_async(request).await.ok()?;
    let init = json!({ "type": "connection_init", "payload": { "authorization": KEY } });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
    for message in [init, subscribe] {
        socket.send(Message::text(message.to_string())).await.ok()?;
    }
    Some(Stream::Socket(Box::new(socket)))
}

async fn next_of_socket(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>) -> Option<Value> {
    loop {
        let Message::Text(message) = socket.next().await?.ok()? else {
            continue;
        };
        let mut message: Value = serde_json::from_str(&message).expect("a message is JSON");
        match message["type"].as_str()? {
            "connection_ack" => {}
            "ping" => {
                let pong = json!({ "type": "pong" }).to_string();
                socket.send(Message::text(pong)).await.ok()?;
            }
            "next" if message["payload"]["errors"].is_null() => {
                return Some(message["payload"]["data"]["events"].take());
            }
            _the_end => return None,
        }
    }
}

async fn begin_events(address: &str, payload: Value) -> Option<Stream> {
    let request = reqwest::Client::new().post(format!("{address}/graphql"));
    let request = request
        .bearer_auth(KEY)
        .header("accept", "text/event-stream");
    let response = request.json(&payload).send().await.ok()?;
    let is_stream = response.status().is_success();
    is_stream.then(|| Stream::Events(response, String::new()))
}

async fn next_of_events(response: &mut reqwest::Response, coming: &mut String) -> Option<Value> {
    loop {
        while let Some((block, rest)) = coming.split_once("\n\n") {
            let (block, rest) = (block.to_owned(), rest.to_owned());
            *coming = rest;
            // A comment keeps the line open.
            if block.starts_with(':') {
                continue;
            }
            let mut came = event(&block);
            if came.kind != "next" || came.data["errors"].is_array() {
                return None;
            }
            return Some(came.data["data"]["events"].take());
        }
        let chunk = response.chunk().await.ok()??;
        coming.push_str(&String::from_utf8_lossy(&chunk));
    }
}
