//! The id of a request: the caller's own, when it is fit to be repeated, else one made here.
//!
//! It is answered, it is in every line told of the request, and where it is a UUID it is the
//! correlation id of all that the request does. The outside settles it before any room is asked.

use std::fmt;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries it, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest that is taken from a caller, in characters.
const CHARS_MAX: usize = 128;

/// The id of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's id; `fresh` where there is none that may stand in a line of a log: letters,
    /// digits and `-_.:+/=@`, at most 128.
    pub fn of(headers: &HeaderMap, fresh: impl FnOnce() -> Uuid) -> Self {
        let given = headers.get(REQUEST_ID).filter(|value| is_fit(value));
        Self(given.cloned().unwrap_or_else(|| written(fresh())))
    }

    /// The correlation id that the headers of a settled request name; none for one that is no
    /// UUID.
    pub fn correlation(headers: &HeaderMap) -> Option<Uuid> {
        let text = headers.get(REQUEST_ID)?.to_str().ok()?;
        Uuid::try_parse(text).ok()
    }

    /// It as a header's value.
    pub fn into_value(self) -> HeaderValue {
        self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.to_str().unwrap_or_default())
    }
}

fn is_fit(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:+/=@".contains(byte);
    (1..=CHARS_MAX).contains(&bytes.len()) && bytes.iter().all(is_plain)
}

fn written(id: Uuid) -> HeaderValue {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let text = id.hyphenated().encode_lower(&mut text);
    match HeaderValue::from_str(text) {
        Ok(value) => value,
        Err(_) => unreachable!("a UUID is plain ASCII"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_only_when_it_can_be_repeated_everywhere() {
        let longest = "x".repeat(CHARS_MAX);
        for (given, is_taken) in [
            ("01890000-0000-7000-8000-000000000000", true),
            ("trace:a/b+c=@1_2.3", true),
            (&longest, true),
            (&format!("{longest}x"), false),
            ("", false),
            ("two words", false),
            ("quote\"", false),
            ("\u{e9}", false),
            ("<script>", false),
        ] {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_bytes(given.as_bytes()).expect("a value");
            headers.insert(REQUEST_ID, value);
            let id = RequestId::of(&headers, Uuid::nil).to_string();
            let made = Uuid::nil().to_string();
            assert_eq!(id, if is_taken { given } else { &made }, "{given:?}");
        }
    }

    #[test]
    fn only_a_uuid_is_a_correlation_id() {
        let mut headers = HeaderMap::new();
        assert_eq!(RequestId::correlation(&headers), None);
        headers.insert(REQUEST_ID, HeaderValue::from_static("mine"));
        assert_eq!(RequestId::correlation(&headers), None);
        let id = RequestId::of(&HeaderMap::new(), || Uuid::from_u128(7));
        headers.insert(REQUEST_ID, id.into_value());
        assert_eq!(RequestId::correlation(&headers), Some(Uuid::from_u128(7)));
    }
}
