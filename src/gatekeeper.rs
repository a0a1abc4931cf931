//! The gatekeeper: from a credential to a principal, the same for every transport.
//!
//! A credential is an API key after `Bearer`. Whether its principal may do a thing is asked
//! elsewhere. Never logs a credential, and never tells why one was turned away.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::auth::{ApiKeyText, Principal, bearer_token};
use crate::digest::Digest;
use crate::ledger::{Ledger, Outcome};

/// The subject of whoever comes with the bootstrap key.
const BOOTSTRAP_SUBJECT: &str = "admin";

/// Knows the principals of all credentials.
#[derive(Clone)]
pub struct Gatekeeper {
    ledger: Ledger,
    bootstrap: Option<Digest>,
    open: Option<Principal>,
}

impl Gatekeeper {
    /// A gatekeeper who knows the ledger's API keys and nothing else.
    pub const fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            bootstrap: None,
            open: None,
        }
    }

    /// Also takes this key, as an administrator's of every project.
    #[must_use]
    pub fn with_bootstrap_key(self, key: &ApiKeyText) -> Self {
        Self {
            bootstrap: Some(key.hash()),
            ..self
        }
    }

    /// Also lets in whoever comes without a credential, as this principal. For trying out on one
    /// machine only.
    #[must_use]
    pub fn open_to(self, principal: Principal) -> Self {
        Self {
            open: Some(principal),
            ..self
        }
    }

    /// The principal of a request by its `Authorization` header; none when it has no credential
    /// that opens anything.
    pub fn principal(&self, headers: &HeaderMap) -> Outcome<Option<Principal>> {
        match headers.get(AUTHORIZATION) {
            None => Ok(self.open.clone()),
            Some(value) => self.of_authorization(value.to_str().unwrap_or_default()),
        }
    }

    /// The principal of the value of an `Authorization` header, or of what stands for one.
    pub fn of_authorization(&self, value: &str) -> Outcome<Option<Principal>> {
        match bearer_token(value) {
            None => Ok(None),
            Some(token) => self.of_token(&token),
        }
    }

    /// The principal of an API key.
    pub fn of_token(&self, token: &ApiKeyText) -> Outcome<Option<Principal>> {
        let is_bootstrap = self
            .bootstrap
            .is_some_and(|hash| is_same(hash, token.hash()));
        if is_bootstrap {
            return Ok(Some(Principal::administrator(BOOTSTRAP_SUBJECT, None)));
        }
        self.ledger.authenticate(token)
    }

    /// Whether the credential that a principal came with would still open.
    pub fn still_opens(&self, principal: &Principal) -> Outcome<bool> {
        match principal.api_key {
            None => Ok(true),
            Some(key) => self.ledger.still_opens(key),
        }
    }
}

/// Whether two hashes are equal, in a time that does not tell where they differ.
fn is_same(one: Digest, other: Digest) -> bool {
    let pairs = one.as_bytes().iter().zip(other.as_bytes());
    pairs.fold(0, |difference, (one, other)| difference | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_the_same_only_when_every_byte_is() {
        let hash = Digest::of(b"key");
        assert!(is_same(hash, Digest::of(b"key")));
        for place in [0, 15, 31] {
            let mut bytes = *hash.as_bytes();
            bytes[place] ^= 1;
            assert!(!is_same(hash, Digest::from_bytes(bytes)), "{place}");
        }
    }
}
