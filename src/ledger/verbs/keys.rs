//! API keys: issued and revoked.
//!
//! Of a secret only the hash goes into the log. Who retries with an idempotency key is told the
//! same secret again, though it is stored nowhere: it is derived from that key with the sealing
//! key. So no secret has to be remembered, and nothing is lost between two writes.

use chrono::{DateTime, Utc};

use super::Changed;
use crate::auth::{AccessKey, Action, ApiKeyText, Secret, is_same, may_give};
use crate::digest::Digest;
use crate::domain::Refusal;
use crate::domain::commands::issue_api_key::{self, IssueApiKey};
use crate::domain::commands::revoke_api_key::{self, RevokeApiKey};
use crate::domain::ids::{ApiKeyId, ProjectId};
use crate::domain::values::{Name, Role};
use crate::ledger::caller::Call;
use crate::ledger::error::{LedgerError, Outcome};
use crate::ledger::hall::{Seen, Target};
use crate::ledger::{Caller, Ledger, PairSecrets};

/// What of a key is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The secret itself.
    Bearer,
    /// An access key, and what the secret key signs.
    Pair,
}

/// An API key to be issued.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// What people call it.
    pub name: String,
    /// What of it is sent.
    pub kind: KeyKind,
    /// What it may do.
    pub role: Role,
    /// The project it is for; none: every project.
    pub project: Option<ProjectId>,
    /// When it ends; none: when it is revoked.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What opens something, for the one who asked for it. Told here and nowhere else.
#[derive(Debug, Clone)]
pub enum KeySecret {
    /// A key that is sent as it is.
    Bearer(ApiKeyText),
    /// A pair.
    Pair {
        /// What is sent.
        access_key: AccessKey,
        /// What signs.
        secret_key: Secret,
    },
}

/// An API key that was issued.
#[derive(Debug, Clone)]
pub struct IssuedApiKey {
    /// The key, and its event.
    pub changed: Changed<ApiKeyId>,
    /// Its secret. None for a retry after the sealing key was changed: it cannot be told again.
    pub secret: Option<KeySecret>,
}

impl KeySecret {
    /// The pair that these bytes, which nobody can guess, come to.
    fn pair_of_bytes(bytes: [u8; 32]) -> Self {
        let secret_key = Digest::from_bytes(bytes).to_string();
        Self::Pair {
            access_key: access_key_of(&secret_key),
            secret_key: Secret::given(secret_key),
        }
    }

    fn hash(&self) -> Digest {
        match self {
            Self::Bearer(key) => key.hash(),
            Self::Pair { secret_key, .. } => secret_key.hash(),
        }
    }
}

/// Public, so it is made from the secret in the one direction that has no way back.
fn access_key_of(secret: &str) -> AccessKey {
    let public = Digest::of(format!("access key of {secret}").as_bytes());
    AccessKey::of_bytes(public.as_bytes())
}

impl Ledger {
    /// Issues an API key. Its secret is told this once, and to a retry with its idempotency key.
    pub async fn issue_api_key(&self, caller: &Caller, new: NewApiKey) -> Outcome<IssuedApiKey> {
        self.enter_keys(caller, new.project, new.role).await?;
        let name = Name::new("name", &new.name)?;
        let call = self.call(caller, new.project);
        let key = ApiKeyId(call.new_id());
        let secret = self.new_secret(new.kind, &call)?;
        let access_key = match &secret {
            KeySecret::Bearer(_) => None,
            KeySecret::Pair { access_key, .. } => Some(access_key.text()),
        };
        if self.inner.hall.answered(&call).await?.is_none() {
            self.keep(&secret).await?;
        }
        let command = IssueApiKey {
            key,
            name,
            secret_hash: secret.hash(),
            access_key,
            role: new.role,
            project: new.project,
            expires_at: new.expires_at,
            now: self.now(),
        };
        let decide = |_: &Seen<'_>| issue_api_key::decide(&command);
        let changed = self.change(&call, key, Target::access(), decide).await?;
        let row = self.inner.views.api_key(key)?;
        let is_this = row.is_some_and(|row| is_same(row.secret_hash, command.secret_hash));
        Ok(IssuedApiKey {
            changed,
            secret: is_this.then_some(secret),
        })
    }

    /// Revokes an API key: when it answers, the key opens nothing on this node any more.
    pub async fn revoke_api_key(
        &self,
        caller: &Caller,
        key: ApiKeyId,
    ) -> Outcome<Changed<ApiKeyId>> {
        let row = self.enter_key(caller, key).await?;
        let call = self.call(caller, row.project);
        let command = RevokeApiKey { key };
        let decide = |seen: &Seen<'_>| revoke_api_key::decide(seen.access()?, &command);
        self.change(&call, key, Target::access(), decide).await
    }

    /// Whether the caller may give this role there.
    async fn enter_keys(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        role: Role,
    ) -> Outcome<()> {
        let principal = &caller.principal;
        let own = match project {
            None => principal.role_everywhere(),
            Some(project) => {
                let project = self
                    .enter_project(caller, Action::ManageKeys, Some(project))
                    .await?;
                principal.role_in(project)
            }
        };
        let may = own
            .is_some_and(|own| crate::auth::allows(own, Action::ManageKeys) && may_give(own, role));
        may.then_some(()).ok_or(LedgerError::Forbidden)
    }

    /// A secret of this kind. Of a pair that every node must know, only the access key is new: its
    /// secret key follows from that and the sealing key.
    fn new_secret(&self, kind: KeyKind, call: &Call) -> Outcome<KeySecret> {
        let bytes = self.secret_bytes(call);
        Ok(match (kind, self.inner.pairs) {
            (KeyKind::Bearer, _) => KeySecret::Bearer(ApiKeyText::of_bytes(bytes)),
            (KeyKind::Pair, PairSecrets::Kept) => KeySecret::pair_of_bytes(bytes),
            (KeyKind::Pair, PairSecrets::Derived) => {
                let access_key = access_key_of(&Digest::from_bytes(bytes).to_string());
                KeySecret::Pair {
                    secret_key: self.derived_secret_key(&access_key),
                    access_key,
                }
            }
            (KeyKind::Pair, PairSecrets::Unshared) => {
                let message = "pairs need one sealing key on all nodes of the log: start each of \
                               them with the same SNAPLEDGER_SEAL_KEY, or issue a bearer key";
                return Err(Refusal::BadInput {
                    field: "kind",
                    message: message.to_owned(),
                }
                .into());
            }
        })
    }

    fn secret_bytes(&self, call: &Call) -> [u8; 32] {
        match &call.context.idempotency {
            None => self.inner.hall.clock.secret(),
            Some(mark) => {
                let text = format!("API key of ledger {} {}", self.id(), mark.key);
                self.inner.keys.derive(&text)
            }
        }
    }

    /// The secret of a pair is kept before the pair exists: so there is never one without. One that
    /// is kept and never issued opens nothing. What every node can derive is not kept.
    async fn keep(&self, secret: &KeySecret) -> Outcome<()> {
        let KeySecret::Pair {
            access_key,
            secret_key,
        } = secret
        else {
            return Ok(());
        };
        if self.inner.pairs != PairSecrets::Kept {
            return Ok(());
        }
        let (keys, access_key) = (self.inner.keys.clone(), access_key.clone());
        let secret_key = secret_key.clone();
        let keeping = tokio::task::spawn_blocking(move || keys.keep(&access_key, &secret_key));
        let broken = |fault| LedgerError::Fault(format!("a secret was not kept: {fault}"));
        Ok(keeping.await.map_err(broken)??)
    }
}
