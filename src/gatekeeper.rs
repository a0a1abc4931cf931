//! The gatekeeper: from a credential to a principal, the same for every transport.
//!
//! ```text
//! Authorization: Bearer ─┬─ bootstrap key ───────────────────► admin of everything
//!                        ├─ JWT ─┬─ of the operator's secret ► its claims
//!                        │       └─ kid is an access key ────► that pair's
//!                        └─ API key ─────────────────────────► that key's
//! Authorization: SDK-HMAC-SHA256 ── a pair's signature ──────► that pair's
//! ```
//!
//! Whether its principal may do a thing is asked elsewhere. Never logs a credential, and never
//! tells why one was turned away. On a node that hears nothing from the log that it shares nobody
//! is known: a credential may have been revoked meanwhile.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::auth::{
    AccessKey, ApiKeyText, Principal, Secret, Signature, SignedRequest, TokenMaker, bearer_token,
    client_until, is_same, operator_claims, token_maker,
};
use crate::digest::Digest;
use crate::ledger::{Ledger, Outcome};

/// The subject of whoever comes with the bootstrap key.
const BOOTSTRAP_SUBJECT: &str = "admin";
/// Where some clients send an API key.
const API_KEY_HEADER: &str = "x-api-key";
/// Where some clients send a token.
const AUTH_TOKEN_HEADER: &str = "x-auth-token";

/// Through which headers a credential may come. `Authorization` counts before any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doors {
    /// `Authorization: Bearer` alone.
    Bearer,
    /// Also `X-Api-Key`.
    BearerOrApiKey,
    /// Also `X-Auth-Token`.
    BearerOrAuthToken,
}

/// Knows the principals of all credentials.
#[derive(Clone)]
pub struct Gatekeeper {
    ledger: Ledger,
    bootstrap: Option<Digest>,
    jwt_secret: Option<Secret>,
    open: Option<Principal>,
}

impl Gatekeeper {
    /// A gatekeeper who knows the ledger's API keys and nothing else.
    pub const fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            bootstrap: None,
            jwt_secret: None,
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

    /// Also takes tokens that were signed with this secret.
    #[must_use]
    pub fn with_jwt_secret(self, secret: Secret) -> Self {
        Self {
            jwt_secret: Some(secret),
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

    /// Whom a look finds; where it finds nobody, once more when this node has caught up: the key
    /// may have been issued on another one just now.
    pub async fn sought(
        &self,
        look: impl Fn(&Self) -> Outcome<Option<Principal>> + Send,
    ) -> Outcome<Option<Principal>> {
        let found = look(self)?;
        if found.is_some() || !self.ledger.catch_up_for_stranger().await? {
            return Ok(found);
        }
        look(self)
    }

    /// The principal of a request by its `Authorization` header; none when it has no credential
    /// that opens anything.
    pub fn principal(&self, headers: &HeaderMap) -> Outcome<Option<Principal>> {
        self.principal_through(Doors::Bearer, headers)
    }

    /// The principal of a request by the headers that its dialect knows.
    pub fn principal_through(
        &self,
        doors: Doors,
        headers: &HeaderMap,
    ) -> Outcome<Option<Principal>> {
        self.ledger.must_be_heard()?;
        if let Some(value) = headers.get(AUTHORIZATION) {
            // Of two, nobody could tell which one a proxy has looked at.
            if headers.get_all(AUTHORIZATION).iter().nth(1).is_some() {
                return Ok(None);
            }
            return self.of_authorization(value.to_str().unwrap_or_default());
        }
        let value = match doors {
            Doors::Bearer => None,
            Doors::BearerOrApiKey => headers.get(API_KEY_HEADER),
            Doors::BearerOrAuthToken => headers.get(AUTH_TOKEN_HEADER),
        };
        match value {
            None => Ok(self.open.clone()),
            Some(value) => {
                let token = value.to_str().unwrap_or_default().trim();
                self.of_token(&ApiKeyText::given(token))
            }
        }
    }

    /// The principal of the value of an `Authorization` header, or of what stands for one.
    pub fn of_authorization(&self, value: &str) -> Outcome<Option<Principal>> {
        self.ledger.must_be_heard()?;
        match bearer_token(value) {
            None => Ok(None),
            Some(token) => self.of_token(&token),
        }
    }

    /// The principal of an API key or a token.
    pub fn of_token(&self, token: &ApiKeyText) -> Outcome<Option<Principal>> {
        let is_bootstrap = self
            .bootstrap
            .is_some_and(|hash| is_same(hash, token.hash()));
        if is_bootstrap {
            return Ok(Some(Principal::administrator(BOOTSTRAP_SUBJECT, None)));
        }
        match token_maker(token.reveal()) {
            Some(TokenMaker::Operator) => self.of_operators_token(token.reveal()),
            Some(TokenMaker::Client(access_key)) => {
                self.of_clients_token(token.reveal(), &access_key)
            }
            None => self.ledger.authenticate(token),
        }
    }

    /// The principal of a request that its sender signed with a pair, or that carries a credential
    /// in one of these headers. The request must be given as it came, with all of its body.
    pub fn of_signed_request(
        &self,
        doors: Doors,
        request: &SignedRequest<'_>,
    ) -> Outcome<Option<Principal>> {
        let Some(signature) = Signature::of(request.headers) else {
            return self.principal_through(doors, request.headers);
        };
        self.ledger.must_be_heard()?;
        let Some(pair) = self.ledger.pair(signature.access_key())? else {
            return Ok(None);
        };
        if !signature.proves(request, &pair.secret_key, self.ledger.now()) {
            return Ok(None);
        }
        self.ledger.pair_used(&pair);
        Ok(Some(pair.principal()))
    }

    /// Whether a principal's credential opens still: for connections that last.
    pub fn still_opens(&self, principal: &Principal) -> Outcome<bool> {
        self.ledger.still_opens(principal)
    }

    fn of_operators_token(&self, token: &str) -> Outcome<Option<Principal>> {
        let now = self.ledger.now();
        let secret = self.jwt_secret.as_ref();
        let claims = secret.and_then(|secret| operator_claims(token, secret, now));
        claims
            .map(|claims| self.ledger.bearer_of(claims))
            .transpose()
    }

    fn of_clients_token(&self, token: &str, access_key: &AccessKey) -> Outcome<Option<Principal>> {
        let Some(pair) = self.ledger.pair(access_key)? else {
            return Ok(None);
        };
        let now = self.ledger.now();
        let Some(until) = client_until(token, access_key, &pair.secret_key, now) else {
            return Ok(None);
        };
        self.ledger.pair_used(&pair);
        let principal = pair.principal();
        let until = principal.until.map_or(until, |end| end.min(until));
        Ok(Some(Principal {
            until: Some(until),
            ..principal
        }))
    }
}

#[cfg(test)]
mod tests;
