//! Revokes an API key: from here on it opens nothing, and nothing brings it back.

use super::Decision;
use crate::domain::Access;
use crate::domain::event::ApiKeyRevoked;
use crate::domain::ids::ApiKeyId;
use crate::domain::refusal::Refusal;

/// Asks for the end of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokeApiKey {
    /// The key, which exists.
    pub key: ApiKeyId,
}

/// Refuses with `NOTHING_TO_UPDATE` a key that was revoked already.
pub fn decide(access: &Access, command: &RevokeApiKey) -> Result<Decision, Refusal> {
    access.must_live(command.key)?;
    let revoked = ApiKeyRevoked { key: command.key };
    Ok(Decision {
        access: vec![revoked.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{KEY, key_issued};
    use crate::domain::commands::given::given;

    const COMMAND: RevokeApiKey = RevokeApiKey { key: KEY };

    #[test]
    fn a_key_is_revoked_once() {
        given([key_issued()])
            .when(|given| decide(given.access(), &COMMAND))
            .then([ApiKeyRevoked { key: KEY }.into()])
            .when(|given| decide(given.access(), &COMMAND))
            .refuses(Refusal::ApiKeyRevoked);
    }
}
