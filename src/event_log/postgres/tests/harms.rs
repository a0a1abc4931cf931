//! What strangers and accidents do to a database that takes appends, at random from a seed.
//!
//! Each is something that happens: nothing here writes what stays.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::sleep;
use tokio_postgres::NoTls;

/// Xorshift: small, and the same on every machine.
pub(super) struct Random(pub(super) u64);

impl Random {
    /// A number below this.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What strangers and accidents do to a database that takes appends.
const HARMS: &[&str] = &[
    // A back end of ours is killed, whatever it does.
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'snapledger' ORDER BY random() LIMIT 1",
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'snapledger' AND state = 'active' ORDER BY random() LIMIT 1",
    // Somebody holds the lock for a while, and sits idle in a transaction.
    "BEGIN; SELECT pg_advisory_xact_lock(x'534C4F47'::bigint); SELECT pg_sleep(0.3); ROLLBACK",
    "BEGIN; SELECT count(*) FROM snapledger_events",
    // Rows that come to nothing, at the very position that is next.
    "BEGIN; INSERT INTO snapledger_events SELECT position + 1, 'x', 0, gen_random_uuid(), name,
        schema_version, recorded_at, actor, correlation, causation, idempotency_key,
        idempotency_input, data FROM snapledger_events ORDER BY position DESC LIMIT 1;
     SELECT pg_sleep(0.2); ROLLBACK",
];

/// Does harm until it is over; how often it did.
pub(super) async fn harm(url: String, mut random: Random, over: Arc<AtomicBool>) -> u64 {
    let mut count = 0;
    while !over.load(Ordering::Relaxed) {
        sleep(Duration::from_millis(50 + random.below(250))).await;
        let Ok((client, connection)) = tokio_postgres::connect(&url, NoTls).await else {
            continue;
        };
        tokio::spawn(connection);
        let harm = HARMS[random.below(HARMS.len() as u64) as usize];
        // Much of it is cut off by other harm.
        if client.batch_execute(harm).await.is_ok() {
            count += 1;
        }
        // Whoever sits idle in a transaction sits there for a while.
        tokio::spawn(async move {
            sleep(Duration::from_secs(1)).await;
            drop(client);
        });
    }
    count
}
