//! Notes that an API key was used: at most once a day and key, so that the log tells which keys
//! are in use without growing by every request.
//!
//! The time of a use is its event's, and an event does not know its own time: when the key was
//! used last is an argument.

use chrono::{DateTime, Utc};

use super::Decision;
use crate::domain::Access;
use crate::domain::event::ApiKeyUsed;
use crate::domain::ids::ApiKeyId;
use crate::domain::refusal::Refusal;

/// Tells of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteApiKeyUse {
    /// The key, which exists.
    pub key: ApiKeyId,
    /// The time of the use.
    pub now: DateTime<Utc>,
}

/// Whether a use now is worth noting: the one before, if any, was on another day in UTC.
pub fn is_due(last_used: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    last_used.is_none_or(|last| last.date_naive() < now.date_naive())
}

/// Refuses with `NOTHING_TO_UPDATE` when the key was revoked meanwhile, or its use on that day is
/// noted.
pub fn decide(
    access: &Access,
    last_used: Option<DateTime<Utc>>,
    command: &NoteApiKeyUse,
) -> Result<Decision, Refusal> {
    access.must_live(command.key)?;
    if !is_due(last_used, command.now) {
        return Err(Refusal::NothingToUpdate);
    }
    let used = ApiKeyUsed { key: command.key };
    Ok(Decision {
        access: vec![used.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{KEY, key_issued};
    use crate::domain::commands::given::given;
    use crate::domain::event::ApiKeyRevoked;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn command(now: &str) -> NoteApiKeyUse {
        let now = at(now);
        NoteApiKeyUse { key: KEY, now }
    }

    #[test]
    fn a_use_is_noted_once_a_day() {
        let table = [
            (None, "2026-01-02T00:00:00Z", true),
            (Some("2026-01-01T23:59:59Z"), "2026-01-02T00:00:00Z", true),
            (Some("2026-01-02T00:00:00Z"), "2026-01-02T23:59:59Z", false),
            // A clock that went back adds nothing.
            (Some("2026-01-03T00:00:00Z"), "2026-01-02T23:59:59Z", false),
        ];
        for (last, now, is_noted) in table {
            let last = last.map(at);
            let asked =
                given([key_issued()]).when(|given| decide(given.access(), last, &command(now)));
            if is_noted {
                asked.then([ApiKeyUsed { key: KEY }.into()]);
            } else {
                asked.refuses(Refusal::NothingToUpdate);
            }
        }
    }

    #[test]
    fn a_revoked_key_has_no_uses() {
        given([key_issued(), ApiKeyRevoked { key: KEY }.into()])
            .when(|given| decide(given.access(), None, &command("2026-01-02T00:00:00Z")))
            .refuses(Refusal::ApiKeyRevoked);
    }
}
