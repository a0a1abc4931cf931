//! The body of a request: all of its bytes, or why there are none.
//!
//! No more is kept than may come, and nobody waits for it longer than it may take.

use axum::body::{Body, BodyDataStream};
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt;

use super::reply::Malformed;
use crate::graphql::Limits;
use crate::graphql::error::{Code, Problem};

/// How far a body that is too large is read on, for the sake of a sender who reads the answer only
/// after having sent all.
const READ_ON_BYTES_MAX: usize = 64 << 20;

/// Reads a body.
pub async fn whole(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Vec<u8>, Malformed> {
    let bytes_max = limits.body_bytes_max;
    let declared = headers.get(CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    // A sender who asks first has sent nothing yet, and need not.
    let is_too_large = declared.is_some_and(|length| length > bytes_max as u64);
    if is_too_large && headers.contains_key(EXPECT) {
        return Err(too_large(bytes_max));
    }
    let mut taken = Taken::default();
    let reading = taken.read(body.into_data_stream(), bytes_max);
    let read = tokio::time::timeout(limits.body_time_max, reading).await;
    if taken.length > bytes_max {
        return Err(too_large(bytes_max));
    }
    match read {
        Ok(Ok(())) => Ok(taken.kept),
        Ok(Err(_)) => Err(broken_off()),
        Err(_) => Err(too_slow(limits)),
    }
}

/// What came of a body.
#[derive(Default)]
struct Taken {
    kept: Vec<u8>,
    length: usize,
}

impl Taken {
    /// Reads to the end, or as far as is bearable; keeps nothing of a body that is too large.
    async fn read(
        &mut self,
        mut chunks: BodyDataStream,
        bytes_max: usize,
    ) -> Result<(), axum::Error> {
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk?;
            self.length = self.length.saturating_add(chunk.len());
            if self.length <= bytes_max {
                self.kept.extend_from_slice(&chunk);
                continue;
            }
            self.kept = Vec::new();
            if self.length > READ_ON_BYTES_MAX.max(bytes_max) {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn too_large(bytes_max: usize) -> Malformed {
    let hint = "Send less at a time; bulk items go to /v1/datasets/{id}/items.";
    let message = format!("the body has more than {bytes_max} bytes");
    let problem = Problem::new(Code::TooLarge, message, hint);
    Malformed::new(StatusCode::PAYLOAD_TOO_LARGE, problem)
}

fn too_slow(limits: &Limits) -> Malformed {
    let seconds = limits.body_time_max.as_secs_f32();
    let hint = "Send the whole body again, without pauses.";
    let message = format!("the body did not arrive within {seconds} s");
    let problem = Problem::new(Code::BadInput, message, hint);
    Malformed::new(StatusCode::REQUEST_TIMEOUT, problem)
}

fn broken_off() -> Malformed {
    let hint = "Send the whole body again, with its right length.";
    let problem = Problem::new(Code::BadInput, "the body broke off", hint);
    Malformed::new(StatusCode::BAD_REQUEST, problem)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::Duration;

    use axum::body::Bytes;
    use futures_util::stream;

    use super::*;

    const LIMITS: fn() -> Limits = || Limits {
        body_bytes_max: 10,
        body_time_max: Duration::from_millis(20),
        ..Limits::default()
    };

    /// A body that comes in chunks of these lengths.
    fn chunks(lengths: &[usize]) -> Body {
        let chunks = lengths
            .iter()
            .map(|length| Bytes::from(vec![b'x'; *length]));
        let chunks: Vec<Result<Bytes, Infallible>> = chunks.map(Ok).collect();
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn a_body_is_taken_up_to_its_limit_however_it_comes() {
        for (lengths, expected) in [
            (&[][..], Ok(0)),
            (&[10], Ok(10)),
            (&[4, 6], Ok(10)),
            (&[11], Err(StatusCode::PAYLOAD_TOO_LARGE)),
            (&[10, 1], Err(StatusCode::PAYLOAD_TOO_LARGE)),
            (&[11, 5, 5], Err(StatusCode::PAYLOAD_TOO_LARGE)),
        ] {
            let found = whole(&HeaderMap::new(), chunks(lengths), &LIMITS()).await;
            let found = found
                .map(|bytes| bytes.len())
                .map_err(|refused| refused.status);
            assert_eq!(found, expected, "{lengths:?}");
        }
    }

    #[tokio::test]
    async fn who_asks_before_sending_too_much_is_refused_at_once() {
        let headers = [(CONTENT_LENGTH, "11"), (EXPECT, "100-continue")];
        let headers = headers.map(|(name, value)| (name, value.parse().expect("a value")));
        let headers = HeaderMap::from_iter(headers);
        let never = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let refused = whole(&headers, never, &LIMITS())
            .await
            .expect_err("too large");
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_slow_body() {
        let pending = stream::pending::<Result<Bytes, Infallible>>();
        let slow = stream::iter([Ok(Bytes::from_static(b"{"))]).chain(pending);
        let refused = whole(&HeaderMap::new(), Body::from_stream(slow), &LIMITS()).await;
        assert_eq!(
            refused.expect_err("too slow").status,
            StatusCode::REQUEST_TIMEOUT
        );
        let pending = stream::pending::<Result<Bytes, Infallible>>();
        let large = stream::iter([Ok(Bytes::from_static(&[b'x'; 11]))]).chain(pending);
        let refused = whole(&HeaderMap::new(), Body::from_stream(large), &LIMITS()).await;
        assert_eq!(
            refused.expect_err("too large").status,
            StatusCode::PAYLOAD_TOO_LARGE
        );
    }
}
