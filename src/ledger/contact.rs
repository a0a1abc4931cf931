//! How this node keeps up with a log to which other nodes append: it asks where the log ends, and
//! waits until its views show that.
//!
//! ```text
//! catch up: ask the log ─► its end ─► wait for the views ─► all that was acknowledged shows here
//! ```
//!
//! Done for whoever must not be answered from the past, and every two seconds. Where it has not
//! come about for too long, this node cannot know which credentials were revoked meanwhile: then
//! it is silent. On a log of its own a node is always abreast of it, and nothing here costs
//! anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::error::{LedgerError, Outcome};
use crate::clock::Clock;
use crate::domain::ids::Position;
use crate::event_log::EventLog;
use crate::views::Views;

/// How long catching up may take before the caller is told to try again.
const CATCH_UP_TIME_MAX: Duration = Duration::from_secs(5);
/// How often the log is asked when nobody else has a question.
const ASK_INTERVAL: Duration = Duration::from_secs(2);
/// For how long a node answers without having caught up: a revoked key is refused everywhere
/// within ten seconds, and connections that last need the rest of them to hear of it.
const UNHEARD_MAX: Duration = Duration::from_secs(9);
/// How often it is looked whether that time is over.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
/// Unknown credentials for which the log is asked at a time; the others are refused at once.
const STRANGERS_MAX: usize = 32;

/// How this node stands to its log.
pub(super) struct Contact {
    log: Arc<dyn EventLog>,
    views: Views,
    clock: Arc<dyn Clock>,
    /// When the last question was put with whose answer this node caught up, in milliseconds on
    /// the clock of what has elapsed, and one more; 0 before the first.
    heard: AtomicU64,
    /// The log's end, as far as it was told.
    told: AtomicU64,
    silent: watch::Sender<bool>,
    strangers: Semaphore,
}

impl Contact {
    pub fn new(log: Arc<dyn EventLog>, views: Views, clock: Arc<dyn Clock>) -> Self {
        Self {
            log,
            views,
            clock,
            heard: AtomicU64::new(0),
            told: AtomicU64::new(0),
            silent: watch::Sender::new(false),
            strangers: Semaphore::new(STRANGERS_MAX),
        }
    }

    /// Whether others append to the log.
    pub fn is_shared(&self) -> bool {
        self.log.is_shared()
    }

    /// Waits until the views show whatever any node was told is in the log before this call.
    pub async fn catch_up(&self) -> Outcome<()> {
        if !self.is_shared() {
            return Ok(());
        }
        let asked_at = self.clock.elapsed();
        let reaching = async {
            let latest = self.log.latest().await?;
            self.told.fetch_max(latest.0, Ordering::Relaxed);
            Ok::<_, LedgerError>(self.views.wait_for(latest).await?)
        };
        match tokio::time::timeout(CATCH_UP_TIME_MAX, reaching).await {
            Ok(reached) => reached?,
            Err(_) => {
                let message = "this node is behind the log that it shares; try again";
                return Err(LedgerError::Unavailable(message.to_owned()));
            }
        }
        let asked_at = u64::try_from(asked_at.as_millis()).unwrap_or(u64::MAX - 1);
        self.heard.fetch_max(asked_at + 1, Ordering::AcqRel);
        Ok(())
    }

    /// Catches up for a credential that opens nothing here; false when there is nothing to catch
    /// up with, or too many came at once.
    pub async fn catch_up_for_stranger(&self) -> Outcome<bool> {
        if !self.is_shared() {
            return Ok(false);
        }
        let Ok(_place) = self.strangers.try_acquire() else {
            return Ok(false);
        };
        self.catch_up().await.map(|()| true)
    }

    /// For how long this node has not caught up with a log that others append to; none on a log
    /// of its own.
    pub fn unheard(&self) -> Option<Duration> {
        if !self.is_shared() {
            return None;
        }
        match self.heard.load(Ordering::Acquire) {
            0 => Some(Duration::MAX),
            heard => {
                let heard = Duration::from_millis(heard - 1);
                Some(self.clock.elapsed().saturating_sub(heard))
            }
        }
    }

    /// Whether that is too long to answer anyone.
    pub fn is_silent(&self) -> bool {
        self.unheard().is_some_and(|unheard| unheard > UNHEARD_MAX)
    }

    /// How many events the log is known to have that this node does not show.
    pub fn lag(&self) -> u64 {
        let told = self.told.load(Ordering::Relaxed);
        told.saturating_sub(self.views.position().0)
    }

    /// Tells when this node falls silent, and when no more.
    pub fn silence(&self) -> Silence {
        Silence(self.silent.subscribe())
    }

    /// Keeps up until it is told to stop.
    pub async fn keep(&self, stop: &CancellationToken) {
        if !self.is_shared() {
            return;
        }
        let asking = async {
            let mut is_told = false;
            loop {
                // Told once until it is mended, however long that takes.
                match self.catch_up().await {
                    Ok(()) => is_told = false,
                    Err(fault) if !is_told => {
                        tracing::warn!(%fault, "this node could not catch up with the log");
                        is_told = true;
                    }
                    Err(_) => {}
                }
                tokio::time::sleep(ASK_INTERVAL).await;
            }
        };
        let looking = async {
            loop {
                self.tell();
                tokio::time::sleep(LOOK_INTERVAL).await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = asking => {}
            () = looking => {}
        }
    }

    fn tell(&self) {
        let is_silent = self.is_silent();
        let has_changed = self
            .silent
            .send_if_modified(|silent| std::mem::replace(silent, is_silent) != is_silent);
        if has_changed && is_silent {
            tracing::error!("nothing is heard from the log: this node answers health only");
        } else if has_changed {
            tracing::info!("the log is heard from again: this node answers");
        }
    }
}

/// Waits for a node to fall silent.
#[derive(Debug, Clone)]
pub struct Silence(watch::Receiver<bool>);

impl Silence {
    /// Resolves when this node is silent; never on a log of its own.
    pub async fn fallen(&mut self) {
        if self.0.wait_for(|silent| *silent).await.is_err() {
            // The ledger is gone, and whoever waits is told so otherwise.
            std::future::pending().await
        }
    }
}

/// The last position of a log that is told to whoever asks beyond this node's own.
pub(super) async fn end_beyond(log: &dyn EventLog, position: Position) -> Outcome<Position> {
    let head = log.head();
    if position <= head {
        return Ok(head);
    }
    Ok(log.latest().await?)
}
