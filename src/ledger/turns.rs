//! Turns: of the calls that come with one idempotency key, one at a time is looked at.
//!
//! The next one begins when the views show what the one before did, and is answered from there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

type Key = Arc<str>;
type Waiting = Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>;

/// Who is at which key.
#[derive(Default)]
pub(super) struct Turns {
    waiting: Arc<Waiting>,
}

/// A turn; over when dropped.
pub(super) struct Turn {
    key: Key,
    waiting: Arc<Waiting>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until nobody else is at this key.
    pub async fn take(&self, key: Key) -> Turn {
        let gate = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.entry(key.clone()).or_default().clone()
        };
        let guard = gate.lock_owned().await;
        Turn {
            key,
            waiting: self.waiting.clone(),
            guard: Some(guard),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        self.guard = None;
        // One handle is the map's own: nobody else waits.
        if waiting
            .get(&self.key)
            .is_some_and(|gate| Arc::strong_count(gate) == 1)
        {
            waiting.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_key_is_one_at_a_time_and_leaves_nothing_behind() {
        let turns = Arc::new(Turns::default());
        let inside = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (turns, inside) = (turns.clone(), inside.clone());
            callers.spawn(async move {
                let _turn = turns.take("key".into()).await;
                assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                tokio::task::yield_now().await;
                inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            });
        }
        while let Some(ended) = callers.join_next().await {
            ended.expect("no caller met another");
        }
        assert!(turns.waiting.lock().expect("not poisoned").is_empty());
    }
}
