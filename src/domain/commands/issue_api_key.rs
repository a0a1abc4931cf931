//! Issues an API key: a credential with one role, in one project or in all.
//!
//! Whether its issuer may is asked at the door. The secret itself never comes here, only its hash.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Decision;
use crate::digest::Digest;
use crate::domain::event::ApiKeyIssued;
use crate::domain::ids::{ApiKeyId, ProjectId};
use crate::domain::refusal::Refusal;
use crate::domain::values::{Name, Role};

/// Asks for an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueApiKey {
    /// Its id.
    pub key: ApiKeyId,
    /// What people call it; several may have one name.
    pub name: Name,
    /// BLAKE3 of its secret.
    pub secret_hash: Digest,
    /// For a pair, whose secret only signs: its access key; none: the secret itself is sent.
    pub access_key: Option<Arc<str>>,
    /// What it may do.
    pub role: Role,
    /// The project it is for; none: every project.
    pub project: Option<ProjectId>,
    /// When it ends; none: when it is revoked.
    pub expires_at: Option<DateTime<Utc>>,
    /// The time of asking.
    pub now: DateTime<Utc>,
}

/// Refuses with `BAD_INPUT` a key that has ended before it begins.
pub fn decide(command: &IssueApiKey) -> Result<Decision, Refusal> {
    if command.expires_at.is_some_and(|end| end <= command.now) {
        let message = "an API key cannot end in the past".to_owned();
        return Err(Refusal::BadInput {
            field: "expiresAt",
            message,
        });
    }
    let issued = ApiKeyIssued {
        key: command.key,
        name: Arc::from(command.name.as_str()),
        secret_hash: command.secret_hash,
        access_key: command.access_key.clone(),
        role: command.role,
        project: command.project,
        expires_at: command.expires_at,
    };
    Ok(Decision {
        access: vec![issued.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::commands::facts::{KEY, PROJECT, name};
    use crate::domain::commands::given::given;

    fn command(lasts: Option<TimeDelta>) -> IssueApiKey {
        let now = DateTime::UNIX_EPOCH;
        IssueApiKey {
            key: KEY,
            name: name("nightly import"),
            secret_hash: Digest::of(b"secret"),
            access_key: Some("SLAK0123456789ABCDEF".into()),
            role: Role::Editor,
            project: Some(PROJECT),
            expires_at: lasts.map(|lasts| now + lasts),
            now,
        }
    }

    #[test]
    fn a_key_is_issued_with_all_that_was_asked_for() {
        for lasts in [None, Some(TimeDelta::microseconds(1))] {
            let command = command(lasts);
            given([]).when(|_| decide(&command)).then([ApiKeyIssued {
                key: KEY,
                name: "nightly import".into(),
                secret_hash: command.secret_hash,
                access_key: command.access_key.clone(),
                role: Role::Editor,
                project: Some(PROJECT),
                expires_at: command.expires_at,
            }
            .into()]);
        }
    }

    #[test]
    fn a_key_that_has_ended_already_is_refused() {
        for lasts in [TimeDelta::zero(), TimeDelta::days(-1)] {
            given([])
                .when(|_| decide(&command(Some(lasts))))
                .refuses_field("expiresAt");
        }
    }
}
