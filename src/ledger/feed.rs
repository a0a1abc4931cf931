//! The feed: what the views have just taken up, told to whoever listens on this node.
//!
//! Bounded: a listener that falls behind is told so, and reads the views again. For a history
//! without gap, follow the log instead.

use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::watching::Watch;
use crate::domain::Event;
use crate::views::Fact;

/// Batches that a listener may be behind before it misses some.
const BATCHES_MAX: usize = 1_024;

/// The feed.
#[derive(Clone)]
pub(super) struct Feed {
    sender: broadcast::Sender<Arc<Vec<Fact>>>,
}

/// A place at the feed.
pub struct Listener {
    receiver: broadcast::Receiver<Arc<Vec<Fact>>>,
    watch: Watch,
}

/// What a listener hears.
#[derive(Debug, Clone)]
pub enum News {
    /// These facts show in the views now.
    Facts(Arc<Vec<Fact>>),
    /// Some were missed: read the views again.
    Missed,
}

impl Feed {
    pub fn new() -> Self {
        Self {
            sender: broadcast::channel(BATCHES_MAX).0,
        }
    }

    pub fn listen(&self, watch: Watch) -> Listener {
        Listener {
            receiver: self.sender.subscribe(),
            watch,
        }
    }

    pub fn tell(&self, mut facts: Vec<Fact>) {
        for fact in &mut facts {
            if let Event::ItemsStaged(staged) = &mut fact.event {
                // Bodies are no news, and here many would lie for long.
                staged.body = Arc::default();
                fact.recorded.data = Arc::default();
            }
        }
        // Nobody listening is no failure.
        let _ = self.sender.send(Arc::new(facts));
    }
}

impl Listener {
    /// The next news; none when the ledger has closed.
    pub async fn next(&mut self) -> Option<News> {
        match self.receiver.recv().await {
            Ok(facts) => {
                if let Some(last) = facts.last() {
                    self.watch.saw(last.recorded.position);
                }
                Some(News::Facts(facts))
            }
            Err(RecvError::Lagged(_)) => Some(News::Missed),
            Err(RecvError::Closed) => None,
        }
    }
}
