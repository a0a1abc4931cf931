//! Work that takes long enough to try something meanwhile, on any machine and in any build.
//!
//! How much that is, is measured: nothing here knows how fast the server is.

use std::time::Duration;

use tokio::time::Instant;

use super::{Server, line, lines};

/// How long a long restore takes at least.
const LONG_MIN: Duration = Duration::from_millis(500);
/// Items to begin with.
const ITEMS_MIN: u64 = 20_000;
/// Items at the most; the server is fast enough for any story to be told with fewer.
const ITEMS_MAX: u64 = 2_000_000;

/// A dataset that holds one item, and snapshots of it: the restore to `many` is a long one.
pub struct Long {
    /// The dataset.
    pub dataset: String,
    /// Its snapshot with many items, the lines of edition 1.
    pub many: String,
    /// Its snapshot with one, which is its head.
    pub few: String,
    /// How many are many.
    pub items: u64,
}

impl Server {
    /// A dataset with a long restore.
    pub async fn long(&self, name: &str) -> Long {
        let dataset = self.dataset(name).await;
        let mut items = ITEMS_MIN;
        loop {
            self.import(&dataset, "?mode=replace", lines(items, 1))
                .await;
            let many = self.snapshot(&dataset, &format!("{items} items")).await;
            self.import(&dataset, "?mode=replace", line(0, 2)).await;
            let few = self.snapshot(&dataset, &format!("not {items}")).await;
            let took = timed(self.restore(&dataset, &many)).await;
            self.restore(&dataset, &few).await;
            if took >= LONG_MIN {
                return Long {
                    dataset,
                    many,
                    few,
                    items,
                };
            }
            items *= 2;
            assert!(items <= ITEMS_MAX, "a restore took {took:?} only");
        }
    }
}

/// How long something takes.
pub async fn timed<T>(done: impl Future<Output = T>) -> Duration {
    let begun = Instant::now();
    done.await;
    begun.elapsed()
}
