//! Bearer credentials: the form of an API key, and how one is taken from a header.
//!
//! A key is compared by its hash, so that the time a comparison takes tells nothing about it.

use std::fmt;

use crate::clock::Clock;
use crate::digest::Digest;

/// How every API key begins.
const PREFIX: &str = "sl_";

/// An API key's secret text. Shown once; never printed by `Debug`, compared only by its hash.
#[derive(Clone)]
pub struct ApiKeyText(String);

impl ApiKeyText {
    /// A fresh key: `sl_` and 64 hex digits.
    pub fn fresh(clock: &dyn Clock) -> Self {
        Self::of_bytes(clock.secret())
    }

    /// The key that these bytes, which nobody can guess, come to.
    pub fn of_bytes(bytes: [u8; 32]) -> Self {
        Self(format!("{PREFIX}{}", Digest::from_bytes(bytes)))
    }

    /// A key that someone gave: whatever text they chose.
    pub fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What is stored of it.
    pub fn hash(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// The secret, for the one who must see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKeyText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiKeyText(…)")
    }
}

/// The token of an `Authorization: Bearer …` value; the scheme in any case.
pub fn bearer_token(authorization: &str) -> Option<ApiKeyText> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    let is_bearer = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty();
    is_bearer.then(|| ApiKeyText::given(token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn a_fresh_key_is_never_the_same_and_never_printed() {
        let clock = SystemClock::start();
        let key = ApiKeyText::fresh(&clock);
        assert_ne!(key.hash(), ApiKeyText::fresh(&clock).hash());
        assert!(key.reveal().starts_with("sl_") && key.reveal().len() == 67);
        assert!(!format!("{key:?}").contains(key.reveal()));
    }

    #[test]
    fn only_a_bearer_header_holds_a_token() {
        let token = |text| bearer_token(text).map(|key| key.reveal().to_owned());
        assert_eq!(token("Bearer sl_1").as_deref(), Some("sl_1"));
        assert_eq!(token(" bearer   sl_1 ").as_deref(), Some("sl_1"));
        for text in ["", "Bearer", "Bearer ", "Basic sl_1", "sl_1"] {
            assert_eq!(token(text), None, "{text:?}");
        }
    }
}
