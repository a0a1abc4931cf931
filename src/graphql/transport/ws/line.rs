//! A line: messages in and out on an upgraded connection, and the manners of ending it.
//!
//! Knows WebSocket, and nothing of what the messages say. How long the other side may take nothing
//! is bounded below, where it is for every connection: what is written here then fails.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, Utf8Bytes};
use tokio_util::sync::CancellationToken;

use super::close::Close;
use crate::graphql::limits::Limits;

/// The buffers of a line: small, for there are many lines and most are idle.
const BUFFER_BYTES: usize = 4 << 10;
/// How long the other side has to answer a close frame, and to take what was being written when
/// the server ended.
const FAREWELL_TIME_MAX: Duration = Duration::from_secs(2);
/// How far a message that is too large is read on, for the sake of its sender.
const READ_ON_BYTES_MAX: usize = 64 << 20;

/// A line that is open.
pub struct Line {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    frame_bytes_max: usize,
    leaving: CancellationToken,
}

/// What came.
#[derive(Debug)]
pub enum Heard {
    /// A message.
    Text(Utf8Bytes),
    /// A message that is no text.
    Bytes,
    /// A sign of life.
    Sign,
}

/// How a line ends.
#[derive(Debug)]
pub enum Ended {
    /// There is nobody to say anything to.
    Gone,
    /// The other side has said goodbye.
    ByThem,
    /// This side says goodbye.
    ByUs(Close),
    /// This side says goodbye, and what still comes cannot be read as frames.
    Broken(Close),
}

impl Line {
    /// A line on a connection that was upgraded; what is being written when `leaving` is cancelled
    /// is soon given up.
    pub async fn open(upgraded: Upgraded, limits: &Limits, leaving: CancellationToken) -> Self {
        let bytes = TokioIo::new(upgraded);
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(BUFFER_BYTES)
            .max_message_size(Some(limits.frame_bytes_max))
            .max_frame_size(Some(limits.frame_bytes_max));
        Self {
            stream: WebSocketStream::from_raw_socket(bytes, Role::Server, Some(config)).await,
            frame_bytes_max: limits.frame_bytes_max,
            leaving,
        }
    }

    /// What comes next. Cancel-safe.
    pub async fn next(&mut self) -> Result<Heard, Ended> {
        match self.stream.next().await {
            None => Err(Ended::Gone),
            Some(Err(error)) => Err(self.unreadable(&error)),
            Some(Ok(Message::Text(text))) => Ok(Heard::Text(text)),
            Some(Ok(Message::Binary(_))) => Ok(Heard::Bytes),
            Some(Ok(Message::Close(_))) => Err(Ended::ByThem),
            // The library answers pings by itself, and hands out no single frames.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(Heard::Sign),
        }
    }

    /// Writes a message, which may wait here for the next flush. Not cancel-safe.
    pub async fn feed(&mut self, text: String) -> Result<(), Ended> {
        let writing = self.stream.feed(Message::text(text));
        unless(&self.leaving, writing).await
    }

    /// Sends what waits. Not cancel-safe.
    pub async fn flush(&mut self) -> Result<(), Ended> {
        unless(&self.leaving, self.stream.flush()).await
    }

    /// Sends a message. Not cancel-safe.
    pub async fn say(&mut self, text: String) -> Result<(), Ended> {
        self.feed(text).await?;
        self.flush().await
    }

    /// Asks for a sign of life. Not cancel-safe.
    pub async fn ping(&mut self) -> Result<(), Ended> {
        let writing = self.stream.send(Message::Ping(Bytes::new()));
        unless(&self.leaving, writing).await
    }

    /// Says goodbye as it should be said, and sees to it that the other side can hear it.
    pub async fn farewell(mut self, ended: Ended) {
        let (close, is_broken) = match ended {
            Ended::Gone => return,
            Ended::ByThem => {
                // The answer to their goodbye waits to be sent.
                let _ = timeout(FAREWELL_TIME_MAX, self.stream.flush()).await;
                return;
            }
            Ended::ByUs(close) => (close, false),
            Ended::Broken(close) => (close, true),
        };
        tracing::debug!(
            code = close.code,
            reason = close.reason,
            "a socket is closed"
        );
        let frame = CloseFrame {
            code: close.code.into(),
            reason: close.reason.into(),
        };
        let sent = timeout(FAREWELL_TIME_MAX, self.stream.close(Some(frame))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
        // A connection that is dropped while bytes come is reset, and the goodbye lost with it.
        // Whether it was answered makes no difference.
        let _ = timeout(FAREWELL_TIME_MAX, async {
            if is_broken {
                self.read_on().await;
            } else {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        })
        .await;
    }

    /// Reads what comes as bytes, up to a bound or the end.
    async fn read_on(&mut self) {
        let wire = self.stream.get_mut();
        if wire.shutdown().await.is_err() {
            return;
        }
        let mut bytes = vec![0; BUFFER_BYTES];
        let mut left = READ_ON_BYTES_MAX;
        while left > 0
            && let Ok(read) = wire.read(&mut bytes).await
            && read > 0
        {
            left = left.saturating_sub(read);
        }
    }

    fn unreadable(&self, error: &Error) -> Ended {
        match error {
            Error::Capacity(_) => Ended::Broken(Close::too_large(self.frame_bytes_max)),
            Error::Utf8(_) => Ended::Broken(Close::not_utf8()),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Ended::Gone,
            Error::Protocol(_) => Ended::Broken(Close::no_websocket()),
            _gone => Ended::Gone,
        }
    }
}

/// Waits for writing, and once the server ends for not much longer.
async fn unless(
    leaving: &CancellationToken,
    writing: impl Future<Output = Result<(), Error>>,
) -> Result<(), Ended> {
    let given_up = async {
        leaving.cancelled().await;
        sleep(FAREWELL_TIME_MAX).await;
    };
    tokio::select! {
        biased;
        written = writing => written.map_err(|_| Ended::Gone),
        () = given_up => Err(Ended::Gone),
    }
}
