//! The quota: how much work each caller may ask for, as a bucket of cost that fills with time.
//!
//! Off until it is configured. Bounded: of more callers than it remembers, the one longest unheard
//! of is forgotten and begins anew with a full bucket. Never waits; who is over is told when to
//! come again.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lru::LruCache;

use crate::auth::Principal;
use crate::clock::Clock;
use crate::domain::ids::ApiKeyId;

/// The callers that are remembered: some 100 bytes each.
const CALLERS_MAX: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");
/// What is told at most to wait, in seconds.
const WAIT_SECONDS_MAX: f64 = 3_600.0;

/// How much a caller may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotaLimits {
    /// Cost that a caller gets back in a second; 0 where there is no limit.
    pub cost_per_second: u64,
    /// Cost that a caller may ask for at once after a pause; 0 means one second's.
    pub burst: u64,
}

/// Asked for more than there is; the same can be paid after this many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// At least 1.
    pub seconds: u64,
}

/// The quota of every caller. Clones are handles to the same one.
#[derive(Clone, Default)]
pub struct Quota {
    kept: Option<Arc<Kept>>,
}

struct Kept {
    per_second: f64,
    burst: f64,
    clock: Arc<dyn Clock>,
    buckets: Mutex<LruCache<Payer, Bucket>>,
}

/// Who pays: the key where there is one, so that one subject's keys do not starve each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Payer {
    Key(ApiKeyId),
    Subject(Arc<str>),
}

/// What a caller may still ask for, as of a moment. Below zero after a request that cost more than
/// a full bucket.
struct Bucket {
    left: f64,
    at: Duration,
}

impl Quota {
    /// A quota with these limits; one that lets everything through where they are off.
    pub fn new(limits: QuotaLimits, clock: Arc<dyn Clock>) -> Self {
        if limits.cost_per_second == 0 {
            return Self::default();
        }
        let burst = match limits.burst {
            0 => limits.cost_per_second,
            burst => burst,
        };
        let kept = Kept {
            per_second: limits.cost_per_second as f64,
            burst: burst as f64,
            clock,
            buckets: Mutex::new(LruCache::new(CALLERS_MAX)),
        };
        Self {
            kept: Some(Arc::new(kept)),
        }
    }

    /// Takes the cost of a request from its caller's bucket, or tells when it can be paid.
    ///
    /// What costs more than a full bucket holds is paid by a full one and leaves a debt: so
    /// nothing is refused for ever, and on average nobody gets more than the limit.
    pub fn charge(&self, principal: &Principal, cost: f64) -> Result<(), Wait> {
        let Some(kept) = &self.kept else {
            return Ok(());
        };
        let now = kept.clock.elapsed();
        let mut buckets = kept.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full = || Bucket {
            left: kept.burst,
            at: now,
        };
        let bucket = buckets.get_or_insert_mut(Payer::of(principal), full);
        let passed = now.saturating_sub(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * kept.per_second).min(kept.burst);
        bucket.at = now;
        let needed = cost.min(kept.burst);
        if bucket.left >= needed {
            bucket.left -= cost;
            return Ok(());
        }
        let seconds = (needed - bucket.left) / kept.per_second;
        let seconds = seconds.ceil().clamp(1.0, WAIT_SECONDS_MAX) as u64;
        Err(Wait { seconds })
    }
}

impl Payer {
    fn of(principal: &Principal) -> Self {
        match principal.api_key {
            Some(key) => Self::Key(key),
            None => Self::Subject(principal.subject.clone()),
        }
    }
}

impl fmt::Debug for Quota {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_kept = self.kept.is_some();
        formatter
            .debug_struct("Quota")
            .field("is_kept", &is_kept)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    use super::*;

    /// Stands still until it is told to go on.
    #[derive(Default)]
    struct Stood(AtomicU64);

    impl Clock for Stood {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }

        fn elapsed(&self) -> Duration {
            Duration::from_millis(self.0.load(Ordering::Relaxed))
        }

        fn new_id(&self) -> Uuid {
            Uuid::nil()
        }

        fn secret(&self) -> [u8; 32] {
            [0; 32]
        }
    }

    fn kept(cost_per_second: u64, burst: u64) -> (Quota, Arc<Stood>) {
        let clock = Arc::new(Stood::default());
        let limits = QuotaLimits {
            cost_per_second,
            burst,
        };
        (Quota::new(limits, clock.clone()), clock)
    }

    fn subject(name: &str) -> Principal {
        Principal::administrator(name, None)
    }

    #[test]
    fn one_over_the_burst_is_told_when_to_come_again_and_then_let_in() {
        let (quota, clock) = kept(10, 25);
        let ada = subject("ada");
        // Milliseconds that pass before, the cost, and what is told.
        for (passed, cost, expected) in [
            (0, 25.0, Ok(())),
            (0, 1.0, Err(Wait { seconds: 1 })),
            (99, 1.0, Err(Wait { seconds: 1 })),
            (1, 1.0, Ok(())),
            (0, 25.0, Err(Wait { seconds: 3 })),
            (2_499, 25.0, Err(Wait { seconds: 1 })),
            (1, 25.0, Ok(())),
            // An hour fills no more than a bucket.
            (3_600_000, 25.0, Ok(())),
            (0, 0.1, Err(Wait { seconds: 1 })),
        ] {
            clock.0.fetch_add(passed, Ordering::Relaxed);
            assert_eq!(
                quota.charge(&ada, cost),
                expected,
                "{cost} after {passed} ms"
            );
        }
    }

    #[test]
    fn what_costs_more_than_a_bucket_is_paid_later() {
        let (quota, clock) = kept(10, 0);
        let ada = subject("ada");
        assert_eq!(quota.charge(&ada, 100.0), Ok(()));
        assert_eq!(quota.charge(&ada, 1.0), Err(Wait { seconds: 10 }));
        clock.0.fetch_add(9_100, Ordering::Relaxed);
        assert_eq!(quota.charge(&ada, 1.0), Ok(()));
    }

    #[test]
    fn nobody_pays_for_another_and_keys_of_one_subject_pay_each_for_itself() {
        let (quota, _clock) = kept(1, 1);
        let key = |number| Principal::administrator("ada", Some(ApiKeyId(Uuid::from_u128(number))));
        for caller in [subject("ada"), subject("bob"), key(1), key(2)] {
            assert_eq!(quota.charge(&caller, 1.0), Ok(()));
            assert!(quota.charge(&caller, 1.0).is_err());
        }
    }

    #[test]
    fn the_callers_that_are_remembered_are_bounded() {
        let (quota, _clock) = kept(1, 1);
        assert_eq!(quota.charge(&subject("first"), 1.0), Ok(()));
        for number in 0..CALLERS_MAX.get() {
            assert_eq!(quota.charge(&subject(&number.to_string()), 1.0), Ok(()));
        }
        let kept = quota.kept.as_ref().expect("it is on");
        assert_eq!(kept.buckets.lock().expect("free").len(), CALLERS_MAX.get());
        assert_eq!(quota.charge(&subject("first"), 1.0), Ok(()), "forgotten");
    }

    #[test]
    fn without_a_limit_everything_is_let_through() {
        let quota = kept(0, 5).0;
        for _ in 0..100 {
            assert_eq!(quota.charge(&subject("ada"), f64::MAX), Ok(()));
        }
    }
}
