//! The ledger: load, decide, append, await the views. Every transport comes through here.
//!
//! ```text
//! caller → verbs/ (door, names resolved) → hall (decide, append) → log
//!                                                                   ↓ followed by
//! caller ← reads/ ← views, content ←──────────────────────────── folds → feed, board
//! ```
//!
//! Only this room appends, and only `hall.rs` in it. It knows no transport and no adapter.

mod applying;
mod caller;
mod condition;
mod contact;
mod content_cache;
mod content_words;
mod credentials;
mod error;
mod feed;
mod first_events;
mod folds;
mod founding;
mod hall;
mod news;
mod progress;
mod reads;
mod slots;
mod staging;
mod tasks;
mod turns;
mod uses;
mod verbs;
mod watching;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use crate::content::value::Media;
pub use crate::domain::commands::Once;
pub use caller::{CallKey, Caller};
pub use condition::{Condition, LedgerFigures};
pub use contact::Silence;
pub use content_cache::OpenNodes;
pub use content_words::{ItemKind, kind_from_word, kind_word};
pub use credentials::Pair;
pub use error::{LedgerError, Outcome};
pub use feed::{Listener, News};
pub use founding::{Founding, House, PairSecrets, Parts};
pub use news::{SnapshotChangeKind, SnapshotNews};
pub use progress::{Progress, Watcher};
pub use reads::{
    Activity, ChangeFilter, ChangeKind, EventFilter, EventPage, EventRow, EventTail, Item,
    ItemChange, ItemSlice, ItemWindow, Reads, VersionSpec,
};
pub use tasks::{Importer, KeyedImport, NewImport, RepeatedImport};
pub use verbs::{
    Changed, CloneSource, Cloned, Committed, DatasetChanges, IssuedApiKey, KeyKind, KeySecret,
    NewApiKey, NewClone, NewCommit, NewDataset, NewItem, NewProject, NewRestore, NewRevision,
    NewSnapshot, ProjectChanges, RestoreTarget, RevisedItems, SeenItems, SnapshotChanges,
    SnapshotMove,
};

use crate::auth::Principal;
use crate::domain::ids::{LedgerId, Position, ProjectId};
use crate::event_log::EventLog;
use crate::key_store::KeyStore;
use crate::views::Views;
use caller::Call;
use tokio_util::sync::CancellationToken;

/// The ledger, open. Clones are handles to the same one.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    id: LedgerId,
    default_project: ProjectId,
    /// This node's name, the same after a restart: whose claims are its own.
    node: Arc<str>,
    log: Arc<dyn EventLog>,
    views: Views,
    hall: hall::Hall,
    content: Arc<content_cache::ContentCache>,
    board: Arc<progress::Board>,
    feed: feed::Feed,
    jobs: tasks::Jobs,
    watching: Arc<watching::Watching>,
    /// Cancelled when the folds have stopped.
    fallen: CancellationToken,
    commits: turns::Turns,
    /// Imports under one idempotency key take turns from their first item on.
    imports: turns::Turns,
    long_reads: reads::LongReads,
    keys: Arc<dyn KeyStore>,
    pairs: PairSecrets,
    contact: Arc<contact::Contact>,
    uses: uses::Uses,
}

impl Ledger {
    /// The ledger's id.
    pub fn id(&self) -> LedgerId {
        self.inner.id
    }

    /// The project that a call means when it names none.
    pub fn default_project(&self) -> ProjectId {
        self.inner.default_project
    }

    /// The last durable position; of a log that nodes share, the last that this one has.
    pub fn head(&self) -> Position {
        self.inner.log.head()
    }

    /// The last position that the views show.
    pub fn view_position(&self) -> Position {
        self.inner.views.position()
    }

    /// Waits until the views show whatever any node was told is in the log before this call; at
    /// once on a log of this node's own. [`LedgerError::Unavailable`] when that takes too long.
    pub async fn catch_up(&self) -> Outcome<()> {
        self.inner.contact.catch_up().await
    }

    /// The same for a credential that opens nothing here; false when that changes nothing, or when
    /// too many such came at once.
    pub async fn catch_up_for_stranger(&self) -> Outcome<bool> {
        self.inner.contact.catch_up_for_stranger().await
    }

    /// Refuses while this node has not heard from the log for so long that it cannot know whose
    /// credentials were revoked.
    pub fn must_be_heard(&self) -> Outcome<()> {
        if !self.inner.contact.is_silent() {
            return Ok(());
        }
        let message = "this node hears nothing from the log that it shares; try again";
        Err(LedgerError::Unavailable(message.to_owned()))
    }

    /// What tells when this node falls silent so.
    pub fn silence(&self) -> Silence {
        self.inner.contact.silence()
    }

    /// A fresh id for a request: the correlation id of all that it does.
    pub fn new_request_id(&self) -> uuid::Uuid {
        self.inner.hall.clock.new_id()
    }

    /// A fresh key for an item: a UUID v7, so that keys rise as items are made.
    pub fn new_item_id(&self) -> uuid::Uuid {
        self.inner.hall.clock.new_id()
    }

    /// Time since some fixed moment of this process, for measuring; never goes back.
    pub fn elapsed(&self) -> std::time::Duration {
        self.inner.hall.clock.elapsed()
    }

    /// What the views take up from here on.
    pub fn listen(&self) -> Listener {
        let watch = self.inner.watching.join(self.view_position());
        self.inner.feed.listen(watch)
    }

    /// Everything that this principal may read.
    pub fn reads(&self, principal: &Principal) -> Reads {
        Reads::new(self.clone(), principal.clone())
    }

    fn call(&self, caller: &Caller, project: Option<ProjectId>) -> Call {
        Call::new(caller, project, &self.inner.hall.clock)
    }
}
