//! Long reads: what may walk far is done on a thread where it holds nobody up.
//!
//! A read begins in line, within a bound of a millisecond or two; only what goes beyond it is worth
//! the way to another thread. A caller who goes away leaves a long read behind: so they are few.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::Reads;
use crate::ledger::error::{LedgerError, Outcome};

/// Bytes of values read, hashed and parsed in line.
pub(super) const VALUE_BYTES_IN_LINE_MAX: u64 = 512 << 10;
/// Long reads at a time; others wait for one to end.
const LONG_READS_MAX: usize = 8;

/// The places of long reads.
#[derive(Clone)]
pub(in crate::ledger) struct LongReads {
    places: Arc<Semaphore>,
}

impl LongReads {
    pub fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(LONG_READS_MAX)),
        }
    }
}

impl Reads {
    /// Reads something that may take its time.
    pub(super) async fn at_length<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Self) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let places = self.ledger.inner.long_reads.places.clone();
        let place = places
            .acquire_owned()
            .await
            .map_err(|closed| LedgerError::Unavailable(closed.to_string()))?;
        let reads = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let found = read(&reads);
            // Held to the end of the work, also when nobody waits for it any more.
            drop(place);
            found
        });
        reading
            .await
            .map_err(|fault| LedgerError::Fault(format!("a long read broke off: {fault}")))?
    }
}
