//! Access as decisions see it: which API keys open something still.
//!
//! Pure, and small: what a key may do and when it ends stands in its row, not here. A key that was
//! revoked is forgotten, so the state is as large as the number of keys that are live.

use std::collections::HashSet;

use super::event::Event;
use super::ids::{ApiKeyId, Revision};
use super::refusal::Refusal;

/// The state of the access stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The last event of the stream.
    pub revision: Revision,
    live: HashSet<ApiKeyId>,
}

impl Access {
    /// Access at a revision, with the keys that are not revoked.
    pub fn at(revision: Revision, live: impl IntoIterator<Item = ApiKeyId>) -> Self {
        Self {
            revision,
            live: live.into_iter().collect(),
        }
    }

    /// Refuses when the key, which exists, was revoked.
    pub fn must_live(&self, key: ApiKeyId) -> Result<(), Refusal> {
        match self.live.contains(&key) {
            true => Ok(()),
            false => Err(Refusal::ApiKeyRevoked),
        }
    }

    /// The state after the first event of the stream; none when that issues no key.
    pub fn begin(event: &Event) -> Option<Self> {
        let Event::ApiKeyIssued(issued) = event else {
            return None;
        };
        Some(Self::at(Revision::FIRST, [issued.key]))
    }

    /// The state after this event of the stream, which must be the next one.
    pub fn evolve(&mut self, event: &Event) {
        self.revision = self.revision.next();
        if let Event::ApiKeyIssued(issued) = event {
            self.live.insert(issued.key);
        }
        if let Event::ApiKeyRevoked(revoked) = event {
            self.live.remove(&revoked.key);
        }
    }
}
