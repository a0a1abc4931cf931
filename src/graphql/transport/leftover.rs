//! What is left of a body when its request is answered already: read on for a while, unkept.
//!
//! Who is refused for their headers may still be sending. Were the connection closed on them, they
//! would see that it broke, and not why. The answer never waits for this.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::EXPECT;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};

/// How much is read on: whoever sends more than a body may have finds the connection closed.
const READ_ON_BYTES_MAX: usize = 1 << 20;
/// How long it is read on.
const READ_ON_TIME_MAX: Duration = Duration::from_secs(2);

/// Answers a request, then reads on what its handler has left.
pub async fn read_on(request: Request, next: Next) -> Response {
    // Who asks first, before sending, has sent nothing.
    if request.body().is_end_stream() || request.headers().contains_key(EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let lent = Lent(Arc::new(Mutex::new(Some(body.into_data_stream()))));
    let left = lent.clone();
    let response = next
        .run(Request::from_parts(parts, Body::from_stream(lent)))
        .await;
    if !left.is_over() {
        // Ends by itself, soon; nobody needs to know how.
        tokio::spawn(tokio::time::timeout(READ_ON_TIME_MAX, drain(left)));
    }
    response
}

async fn drain(mut left: Lent) {
    let mut length: usize = 0;
    while let Some(Ok(chunk)) = left.next().await {
        length = length.saturating_add(chunk.len());
        if length > READ_ON_BYTES_MAX {
            return;
        }
    }
}

/// A body that two may read, one after the other; none once it has ended.
#[derive(Clone)]
struct Lent(Arc<Mutex<Option<BodyDataStream>>>);

impl Lent {
    fn is_over(&self) -> bool {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stream.is_none()
    }
}

impl Stream for Lent {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut lent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(stream) = lent.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = stream.poll_next_unpin(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            *lent = None;
        }
        polled
    }
}
