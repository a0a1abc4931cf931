//! The clock and the source of ids: the only place where the system is asked for either.
//!
//! Everything else takes a [`Clock`] as an argument, so that a test can hold time still. Names
//! nothing else of the house.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

/// Time of day, time passed, and fresh ids.
pub trait Clock: Send + Sync + 'static {
    /// The time of day in UTC, in whole microseconds.
    fn now(&self) -> DateTime<Utc>;

    /// Time since some fixed moment of this process; never goes back.
    fn elapsed(&self) -> Duration;

    /// A fresh UUID v7.
    fn new_id(&self) -> Uuid;

    /// A fresh UUID v4: its first digits tell two apart, where those of a v7 tell the time.
    fn random_id(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.secret()[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// 32 bytes that nobody can guess, for keys.
    fn secret(&self) -> [u8; 32];
}

/// The system's clock.
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose `elapsed` counts from now.
    #[allow(clippy::disallowed_methods, reason = "this is the file that may ask")]
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the file that may ask")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    #[allow(clippy::disallowed_methods, reason = "this is the file that may ask")]
    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[allow(clippy::disallowed_methods, reason = "this is the file that may ask")]
    fn random_id(&self) -> Uuid {
        Uuid::new_v4()
    }

    #[allow(clippy::disallowed_methods, reason = "this is the file that may ask")]
    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
        bytes[16..].copy_from_slice(Uuid::new_v4().as_bytes());
        bytes
    }
}

/// A clock for tests: every question moves it on by one microsecond, and its ids count up.
pub struct SteppedClock {
    started: DateTime<Utc>,
    steps: AtomicU64,
}

impl SteppedClock {
    /// A clock that begins at this time.
    pub const fn starting_at(started: DateTime<Utc>) -> Self {
        Self {
            started,
            steps: AtomicU64::new(0),
        }
    }

    fn step(&self) -> u64 {
        self.steps.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> DateTime<Utc> {
        self.started + Duration::from_micros(self.step())
    }

    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.step())
    }

    fn new_id(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&self.step().to_be_bytes());
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[8..16].copy_from_slice(&self.step().to_be_bytes());
        bytes[24..].copy_from_slice(&self.step().to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stepped_clock_never_repeats_itself() {
        let clock = SteppedClock::starting_at(DateTime::UNIX_EPOCH);
        assert!(clock.now() < clock.now());
        assert_ne!(clock.new_id(), clock.new_id());
        assert_ne!(clock.secret(), clock.secret());
    }

    #[test]
    fn the_system_clock_tells_whole_microseconds() {
        let clock = SystemClock::start();
        assert_eq!(clock.now().timestamp_subsec_nanos() % 1_000, 0);
        assert!(clock.elapsed() <= clock.elapsed());
    }
}
