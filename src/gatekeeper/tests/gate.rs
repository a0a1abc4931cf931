//! The gate that the tests stand at: a house in a folder of its own, and keys to be issued.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue};
use chrono::{DateTime, Utc};
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::Value;

use crate::assemble::{Assembled, DataFolder, Purpose, assemble};
use crate::clock::SystemClock;
use crate::config::{Access, Secrets};
use crate::domain::values::Role;
use crate::gatekeeper::*;
use crate::ledger::{Caller, House, KeyKind, KeySecret, NewApiKey};

const BOOTSTRAP: &str = "sl_boot";
pub(super) const JWT_SECRET: &str = "the operator's secret, of thirty-two bytes";

pub(super) struct Gate {
    pub(super) house: House,
    pub(super) gatekeeper: Gatekeeper,
    _folder: DataFolder,
    _place: tempfile::TempDir,
}

impl Gate {
    pub(super) async fn stand(access: Access) -> Self {
        let place = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::take(place.path()).expect("free");
        let secrets = Secrets {
            jwt_secret: Some(Secret::given(JWT_SECRET)),
            seal_key: None,
        };
        let clock = Arc::new(SystemClock::start());
        let purpose = Purpose::Serve(&access, &secrets);
        let assembled = assemble(&folder, purpose, clock, &mut |_, _| {}).await;
        let Assembled {
            house, gatekeeper, ..
        } = assembled.expect("a house");
        Self {
            house,
            gatekeeper,
            _folder: folder,
            _place: place,
        }
    }

    pub(super) async fn with_keys() -> Self {
        Self::stand(Access::Keys(Some(ApiKeyText::given(BOOTSTRAP)))).await
    }

    async fn issue(&self, kind: KeyKind, expires_at: Option<DateTime<Utc>>) -> KeySecret {
        let caller = Caller {
            principal: Principal::administrator("ada", None),
            correlation: None,
            causation: None,
            key: None,
        };
        let new = NewApiKey {
            name: "a client".to_owned(),
            kind,
            role: Role::Editor,
            project: Some(self.house.ledger.default_project()),
            expires_at,
        };
        let issued = self.house.ledger.issue_api_key(&caller, new).await;
        issued.expect("issued").secret.expect("told")
    }

    pub(super) async fn bearer(&self) -> String {
        match self.issue(KeyKind::Bearer, None).await {
            KeySecret::Bearer(key) => key.reveal().to_owned(),
            KeySecret::Pair { .. } => panic!("a bearer key was asked for"),
        }
    }

    pub(super) async fn pair(&self, expires_at: Option<DateTime<Utc>>) -> (AccessKey, Secret) {
        match self.issue(KeyKind::Pair, expires_at).await {
            KeySecret::Pair {
                access_key,
                secret_key,
            } => (access_key, secret_key),
            KeySecret::Bearer(_) => panic!("a pair was asked for"),
        }
    }

    /// Who comes with this `Authorization: Bearer`.
    pub(super) fn who(&self, token: &str) -> Option<Principal> {
        let found = self.gatekeeper.of_authorization(&format!("Bearer {token}"));
        found.expect("looked up")
    }

    pub(super) fn seconds(&self) -> i64 {
        self.house.ledger.now().timestamp()
    }
}

pub(super) fn token(header: &Header, claims: &Value, secret: &str) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).expect("a token")
}

pub(super) fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let value = HeaderValue::from_str(value).expect("a value");
        headers.append(HeaderName::from_static(name), value);
    }
    headers
}
