//! The form of access keys: the public half of a pair, whose other half signs.
//!
//! An access key opens nothing by itself and may be shown. Its form tells it from every other
//! `kid` that a token may name.

use std::fmt;
use std::sync::Arc;

use crate::digest::Digest;

/// How every access key begins.
const PREFIX: &str = "SLAK";
/// The characters after the prefix: as many as keep two apart.
const REST_CHARS: usize = 16;

/// An access key: `SLAK` and 16 hex digits in upper case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey(Arc<str>);

impl AccessKey {
    /// The access key that these bytes come to; they must be as good as random.
    pub fn of_bytes(bytes: &[u8; 32]) -> Self {
        let digits = Digest::from_bytes(*bytes).to_string();
        let rest: String = digits.chars().take(REST_CHARS).collect();
        Self(format!("{PREFIX}{}", rest.to_ascii_uppercase()).into())
    }

    /// Reads one; none when the text has another form.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte);
        let is_one = rest.len() == REST_CHARS && rest.bytes().all(is_digit);
        is_one.then(|| Self(text.into()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its text, to be kept.
    pub fn text(&self) -> Arc<str> {
        self.0.clone()
    }
}

impl fmt::Display for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_is_read_as_it_was_made_and_nothing_else_is_one() {
        let key = AccessKey::of_bytes(&[0xAB; 32]);
        assert_eq!(key.as_str(), "SLAKABABABABABABABAB");
        assert_eq!(AccessKey::parse(key.as_str()), Some(key));
        for text in [
            "",
            "SLAK",
            "SLAKabababababababab",
            "SLAKABABABABABABABABA",
            "my-idp-key-1",
        ] {
            assert_eq!(AccessKey::parse(text), None, "{text}");
        }
    }
}
