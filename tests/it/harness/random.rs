//! Chance for stories: the same for the same seed, which is printed and can be given.

use snapledger::clock::{Clock, SystemClock};

/// The variable that repeats a run: the seed that it printed.
const SEED: &str = "SNAPLEDGER_TEST_SEED";

/// The splitmix64 sequence of a seed.
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each run, unless a seed is given; a test shows what it printed
    /// when it fails.
    pub fn fresh() -> Self {
        let seed = match std::env::var(SEED) {
            Ok(text) => text.parse().expect("the seed is a number"),
            Err(_) => SystemClock::start().now().timestamp_micros().unsigned_abs(),
        };
        println!("{SEED}={seed}");
        Self(seed)
    }

    /// A sequence of its own that follows from this one: what is done by several at a time is
    /// chosen for each alone.
    pub fn another(&mut self) -> Self {
        Self(self.next())
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
