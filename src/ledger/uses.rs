//! Uses of API keys, noted behind the requests that made them.
//!
//! A request offers a use and goes on. At the bound of the queue it is let fall: the next use of
//! that key is offered again. What cannot be written is not tried again for a while, so that a log
//! that is full or gone is not asked at every request.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::error::{LedgerError, Outcome};
use super::hall::Target;
use super::{CallKey, Caller, Ledger};
use crate::auth::Principal;
use crate::digest::Digest;
use crate::domain::commands::note_api_key_use::{self, NoteApiKeyUse};
use crate::domain::ids::ApiKeyId;

/// Uses that wait to be noted.
const WAITING_MAX: usize = 1_024;
/// Keys of which it is known when they were offered last.
const OFFERED_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// How long a key's use is not offered again, whatever became of it.
const OFFER_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// A key, and when it was used.
type Use = (ApiKeyId, DateTime<Utc>);

/// Where uses are offered.
pub(super) struct Uses {
    waiting: mpsc::Sender<Use>,
    offered: Mutex<LruCache<ApiKeyId, DateTime<Utc>>>,
}

impl Uses {
    /// The offering and the taking end.
    pub fn new() -> (Self, mpsc::Receiver<Use>) {
        let (waiting, taken) = mpsc::channel(WAITING_MAX);
        let offered = Mutex::new(LruCache::new(OFFERED_MAX));
        (Self { waiting, offered }, taken)
    }

    /// Offers a use, unless that key's was offered a moment ago. Never waits.
    pub fn offer(&self, key: ApiKeyId, now: DateTime<Utc>) {
        let mut offered = self.offered.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |last: &DateTime<Utc>| (now - *last).abs() < OFFER_INTERVAL;
        if offered.get(&key).is_some_and(is_fresh) {
            return;
        }
        if self.waiting.try_send((key, now)).is_ok() {
            offered.put(key, now);
        }
    }
}

/// Notes uses until it is told to stop.
pub(super) async fn note(ledger: Ledger, mut taken: mpsc::Receiver<Use>, stop: CancellationToken) {
    loop {
        let (key, now) = tokio::select! {
            () = stop.cancelled() => return,
            next = taken.recv() => match next {
                Some(next) => next,
                None => return,
            },
        };
        let noting = note_one(&ledger, key, now);
        let noted = tokio::select! {
            () = stop.cancelled() => return,
            noted = noting => noted,
        };
        match noted {
            // A refusal: it was noted already, or the key was revoked meanwhile.
            Ok(()) | Err(LedgerError::Refused { .. }) => {}
            Err(fault) => tracing::warn!(api_key.id = %key, %fault, "a use was not noted"),
        }
    }
}

async fn note_one(ledger: &Ledger, key: ApiKeyId, now: DateTime<Utc>) -> Outcome<()> {
    let Some(row) = ledger.inner.views.api_key(key)? else {
        return Ok(());
    };
    let command = NoteApiKeyUse { key, now };
    // One call a key and day, on every node: whoever comes second finds it done.
    let text = format!("{key} {}", now.date_naive());
    let caller = Caller {
        principal: Principal {
            api_key: Some(key),
            ..Principal::administrator(&row.name, None)
        },
        correlation: None,
        causation: None,
        key: Some(CallKey {
            input: Digest::of(text.as_bytes()),
            text: text.into(),
            mutation: "noteApiKeyUse",
        }),
    };
    let call = ledger.call(&caller, None);
    let noted = ledger.inner.hall.run(&call, Target::access(), |seen| {
        note_api_key_use::decide(seen.access()?, row.last_used_at, &command)
    });
    noted.await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn a_key_is_offered_once_a_minute_and_never_waited_for() {
        let (uses, mut taken) = Uses::new();
        let key = |number: u128| ApiKeyId(Uuid::from_u128(number));
        for seconds in [0, 1, 59, 60, 61] {
            uses.offer(key(0), at(seconds));
        }
        let first = [taken.try_recv(), taken.try_recv()];
        assert_eq!(first, [Ok((key(0), at(0))), Ok((key(0), at(60)))]);
        for number in 1..=2 * WAITING_MAX as u128 {
            uses.offer(key(number), at(0));
        }
        assert_eq!(taken.len(), WAITING_MAX);
        let last = key(2 * WAITING_MAX as u128);
        while taken.try_recv().is_ok() {}
        uses.offer(last, at(1));
        assert_eq!(
            taken.try_recv(),
            Ok((last, at(1))),
            "what fell is offered again"
        );
    }
}
