//! Credentials: from what a request proves to whom it stands for.
//!
//! A key is looked up by one indexed read, in line. That it was used is noted beside the request,
//! never on its way. Never tells why a credential opens nothing.

use chrono::{DateTime, Utc};

use super::error::Outcome;
use super::{Ledger, PairSecrets};
use crate::auth::{AccessKey, ApiKeyText, Claims, Grants, Principal, Secret, is_same};
use crate::digest::Digest;
use crate::domain::commands::note_api_key_use::is_due;
use crate::domain::ids::ProjectId;
use crate::domain::values::Name;
use crate::views::ApiKeyRow;

/// Pairs whose secrets are looked for when the ledger opens.
const PAIRS_LOOKED_AT_MAX: usize = 10_000;

/// A live pair, for whoever can check what its secret key signed. Nothing is proven yet.
#[derive(Debug)]
pub struct Pair {
    /// The secret key.
    pub secret_key: Secret,
    row: ApiKeyRow,
}

impl Pair {
    /// Whom it stands for.
    pub fn principal(&self) -> Principal {
        principal(&self.row)
    }
}

impl Ledger {
    /// The time of day, by the house's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.hall.clock.now()
    }

    /// The principal of an API key that was sent; none when it opens nothing.
    pub fn authenticate(&self, key: &ApiKeyText) -> Outcome<Option<Principal>> {
        let row = self.inner.views.api_key_by_secret_hash(&key.hash())?;
        let Some(row) = row.filter(|row| self.is_live(row)) else {
            return Ok(None);
        };
        self.used(&row);
        Ok(Some(principal(&row)))
    }

    /// The pair of this access key; none when it is not live, or its secret key is lost. Whoever
    /// has checked a proof tells so by [`Ledger::pair_used`].
    pub fn pair(&self, access_key: &AccessKey) -> Outcome<Option<Pair>> {
        let row = self
            .inner
            .views
            .api_key_by_access_key(access_key.as_str())?;
        let Some(row) = row.filter(|row| self.is_live(row)) else {
            return Ok(None);
        };
        let secret_key = self.secret_key(access_key, &row)?;
        Ok(secret_key.map(|secret_key| Pair { secret_key, row }))
    }

    /// The secret key of a pair: kept here, or derived as on every node. Either is only believed
    /// when it is what was issued.
    fn secret_key(&self, access_key: &AccessKey, row: &ApiKeyRow) -> Outcome<Option<Secret>> {
        let is_issued = |secret: &Secret| is_same(secret.hash(), row.secret_hash);
        let kept = match self.inner.pairs {
            PairSecrets::Kept | PairSecrets::Unshared => self.inner.keys.secret_key(access_key)?,
            PairSecrets::Derived => Some(self.derived_secret_key(access_key)),
        };
        Ok(kept.filter(is_issued))
    }

    /// The secret key that the sealing key gives to an access key of this ledger.
    pub(super) fn derived_secret_key(&self, access_key: &AccessKey) -> Secret {
        let text = format!("secret key of {access_key} in ledger {}", self.id());
        let bytes = self.inner.keys.derive(&text);
        Secret::given(Digest::from_bytes(bytes).to_string())
    }

    /// Notes that a pair has proven something.
    pub fn pair_used(&self, pair: &Pair) {
        self.used(&pair.row);
    }

    /// Whom an operator's token stands for. Projects that it names and that are not there do not
    /// exist for its bearer either.
    pub fn bearer_of(&self, claims: Claims) -> Outcome<Principal> {
        let grants = match claims.projects {
            None => Grants::Everywhere(claims.role),
            Some(named) => {
                let mut granted = Vec::with_capacity(named.len());
                for text in &named {
                    if let Some(project) = self.project_named(text)?
                        && !granted.contains(&(project, claims.role))
                    {
                        granted.push((project, claims.role));
                    }
                }
                Grants::In(granted)
            }
        };
        Ok(Principal {
            subject: claims.subject.into(),
            email: claims.email.map(Into::into),
            api_key: None,
            grants,
            until: Some(claims.until),
        })
    }

    /// Whether a principal's credential opens still what it opened once: for connections that
    /// last. A key that was revoked or has ended, and a token that has ended, do not; nor does one
    /// for projects of which one was deleted, until it is looked at anew.
    pub fn still_opens(&self, principal: &Principal) -> Outcome<bool> {
        if principal.until.is_some_and(|until| until <= self.now()) {
            return Ok(false);
        }
        if let Grants::In(roles) = &principal.grants {
            for (project, _) in roles {
                if self.inner.views.is_deleted_project(*project)? {
                    return Ok(false);
                }
            }
        }
        match principal.api_key {
            None => Ok(true),
            Some(id) => {
                let row = self.inner.views.api_key(id)?;
                Ok(row.is_some_and(|row| self.is_live(&row)))
            }
        }
    }

    fn project_named(&self, text: &str) -> Outcome<Option<ProjectId>> {
        let views = &self.inner.views;
        if let Ok(id) = text.parse::<ProjectId>()
            && let Some(row) = views.project(id)?
        {
            return Ok(Some(row.id));
        }
        let Ok(name) = Name::new("projects", text) else {
            return Ok(None);
        };
        Ok(views.project_by_name(&name.key())?.map(|row| row.id))
    }

    fn is_live(&self, row: &ApiKeyRow) -> bool {
        row.revoked_at.is_none() && row.expires_at.is_none_or(|end| self.now() < end)
    }

    fn used(&self, row: &ApiKeyRow) {
        let now = self.now();
        if is_due(row.last_used_at, now) {
            self.inner.uses.offer(row.id, now);
        }
    }

    /// Says loudly which pairs are refused because this node does not have their secrets.
    pub fn tell_lost_pairs(&self) -> Outcome<()> {
        let remedy = match self.inner.pairs {
            PairSecrets::Kept => {
                "bring keys.db back from a backup, or revoke them and issue others"
            }
            PairSecrets::Derived => {
                "give every node the seal_key under which they were issued, or revoke them and \
                 issue others"
            }
            PairSecrets::Unshared => "give every node the seal_key under which they were issued",
        };
        let mut lost = Vec::new();
        for text in self.inner.views.live_access_keys(PAIRS_LOOKED_AT_MAX)? {
            let Some(access_key) = AccessKey::parse(&text) else {
                continue;
            };
            // A secret that is damaged is as good as lost, and no reason not to serve the others.
            if !matches!(self.pair(&access_key), Ok(Some(_))) {
                lost.push(access_key);
            }
        }
        if let Some(first) = lost.first() {
            tracing::error!(
                pairs = lost.len(),
                first = %first,
                "this node has no secret for these access keys, so they are refused: {remedy}"
            );
        }
        Ok(())
    }
}

fn principal(row: &ApiKeyRow) -> Principal {
    let grants = match row.project {
        None => Grants::Everywhere(row.role),
        Some(project) => Grants::In(vec![(project, row.role)]),
    };
    Principal {
        subject: row.name.clone(),
        email: None,
        api_key: Some(row.id),
        grants,
        until: row.expires_at,
    }
}
