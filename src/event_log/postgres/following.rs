//! Following: a task reads ahead, page by page, and hands out by a short queue.
//!
//! It reads by position alone, so neither a lost connection nor a notification that never comes
//! can skip or repeat an event. A gap, or a log that is no longer the one that was read, ends it
//! loudly.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::address::Address;
use super::fault::{Trouble, within};
use super::row::{self, columns, integer};
use super::session::Session;
use crate::domain::ids::{EventId, Position};
use crate::event_log::port::{Follower, NextEvents, ReadFault, Recorded};

/// The most events of one page.
const PAGE_EVENTS_MAX: i64 = 1_000;
/// A page ends with the event whose data makes it as large as this.
const PAGE_BYTES_MAX: i64 = 4 << 20;
/// The size that pages are brought down to on a link that is too slow for larger ones.
const PAGE_BYTES_MIN: i64 = 64 << 10;
/// Pages that wait to be taken; one more is being read, and one more being taken.
const PAGES_WAITING_MAX: usize = 1;
/// How long reading a page may take.
const PAGE_LIMIT: Duration = Duration::from_secs(10);
/// How long a follower waits for news before it looks by itself.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The pause after the first failure; each further one is twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(20);
/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(2);

const PAGE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM (
        SELECT *, sum(octet_length(data)) OVER (ORDER BY position) - octet_length(data) AS before
        FROM (SELECT * FROM snapledger_events WHERE position >= $1 ORDER BY position LIMIT $2) page
    ) counted WHERE before < $3 ORDER BY position"
);
const ID_AT: &str = "SELECT id FROM snapledger_events WHERE position = $1";

/// Events, or why there will be none any more.
type Page = Result<Vec<Recorded>, ReadFault>;

/// A reader that goes on with the log.
pub(super) struct PageFollower {
    pages: mpsc::Receiver<Page>,
    /// Events of a page that were not asked for yet.
    rest: VecDeque<Recorded>,
    fault: Option<ReadFault>,
    open: watch::Receiver<()>,
    reader: AbortHandle,
}

impl PageFollower {
    /// A follower whose first event is the one at `from`; it ends when `open` closes.
    pub(super) fn start(
        runtime: &Handle,
        address: Arc<Address>,
        from: Position,
        open: watch::Receiver<()>,
    ) -> Self {
        let (sender, pages) = mpsc::channel(PAGES_WAITING_MAX);
        let next = from.max(Position::START.next());
        let reader = Reader {
            address,
            next,
            last: None,
            page_bytes: PAGE_BYTES_MAX,
        };
        let reader = runtime
            .spawn(reader.run(sender, open.clone()))
            .abort_handle();
        let rest = VecDeque::new();
        Self {
            pages,
            rest,
            fault: None,
            open,
            reader,
        }
    }

    /// Cancel-safe: events leave the channel and `rest` only without waiting.
    async fn take(&mut self, limit: usize) -> Result<Option<Vec<Recorded>>, ReadFault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        if self.rest.is_empty() {
            match self.pages.recv().await {
                Some(Ok(page)) => self.rest = page.into(),
                Some(Err(fault)) => return Err(self.fault.insert(fault).clone()),
                None if self.open.has_changed().is_err() => return Ok(None),
                None => {
                    let fault = ReadFault::Storage("the log's follower has crashed".to_owned());
                    return Err(self.fault.insert(fault).clone());
                }
            }
        }
        let count = limit.max(1).min(self.rest.len());
        Ok(Some(self.rest.drain(..count).collect()))
    }
}

impl Follower for PageFollower {
    fn next<'a>(&'a mut self, limit: usize) -> NextEvents<'a> {
        Box::pin(self.take(limit))
    }
}

impl Drop for PageFollower {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Why a session is followed no further.
enum Ended {
    /// Another session may go on.
    Trouble(Trouble),
    /// Nothing may.
    Fault(ReadFault),
    /// Nobody takes the pages.
    Unwanted,
}

impl<T: Into<Trouble>> From<T> for Ended {
    fn from(trouble: T) -> Self {
        Self::Trouble(trouble.into())
    }
}

/// The task's state.
struct Reader {
    address: Arc<Address>,
    /// The position that is read next.
    next: Position,
    /// The id of the event before it, when this reader has read that.
    last: Option<EventId>,
    /// How large a page may be: half as large after each trouble, twice after each page.
    page_bytes: i64,
}

impl Reader {
    async fn run(mut self, pages: mpsc::Sender<Page>, mut open: watch::Receiver<()>) {
        tokio::select! {
            () = self.follow(&pages) => {}
            // Nothing is ever sent: this is the end of the log's handle.
            _ = open.changed() => {}
        }
    }

    /// Follows on one session after the other.
    async fn follow(&mut self, pages: &mpsc::Sender<Page>) {
        let mut pause = PAUSE_MIN;
        loop {
            let began_at = self.next;
            let trouble = match self.follow_on_a_session(pages).await {
                Ended::Trouble(trouble) => trouble,
                Ended::Fault(fault) => {
                    tracing::error!(%fault, "the log cannot be followed any further");
                    // Whoever would be told may have gone.
                    let _ = pages.send(Err(fault)).await;
                    return;
                }
                Ended::Unwanted => return,
            };
            if self.next > began_at {
                pause = PAUSE_MIN;
            }
            self.page_bytes = (self.page_bytes / 2).max(PAGE_BYTES_MIN);
            tracing::warn!(
                message = trouble.message,
                "the log is followed on a new connection"
            );
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    async fn follow_on_a_session(&mut self, pages: &mpsc::Sender<Page>) -> Ended {
        let end = async {
            let session = Session::open(&self.address).await?;
            // It listens before it reads: what comes after the page it reads is told.
            let prepared = async {
                session.listen().await?;
                session.client.prepare(PAGE).await
            };
            let page = within(PAGE_LIMIT, prepared).await?;
            self.check_same_log(&session).await?;
            loop {
                let events = self.read_page(&session, &page).await?;
                if events.is_empty() {
                    // Either way it looks again.
                    let _ = timeout(POLL_INTERVAL, session.news()).await;
                    continue;
                }
                let last = events.last().map(|event| (event.position.next(), event.id));
                pages.send(Ok(events)).await.map_err(|_| Ended::Unwanted)?;
                self.page_bytes = (self.page_bytes * 2).min(PAGE_BYTES_MAX);
                if let Some((next, id)) = last {
                    (self.next, self.last) = (next, Some(id));
                }
            }
        };
        let ended: Result<std::convert::Infallible, Ended> = end.await;
        match ended {
            Ok(never) => match never {},
            Err(ended) => ended,
        }
    }

    /// After a connection was lost, another server may answer: one that was restored, or that had
    /// not heard of everything. What was read must be there still.
    async fn check_same_log(&self, session: &Session) -> Result<(), Ended> {
        let Some(last) = self.last else {
            return Ok(());
        };
        let position = self.next.0 - 1;
        let at: [&(dyn ToSql + Sync); 1] = [&integer(position)];
        let there = session.client.query_opt(ID_AT, &at);
        let there = match within(PAGE_LIMIT, there).await? {
            Some(row) => Some(row.try_get::<_, Uuid>(0)?),
            None => None,
        };
        if there == Some(last.0) {
            return Ok(());
        }
        Err(Ended::Fault(ReadFault::Storage(format!(
            "event {position} was {last} when it was read, and is {there:?} now: the database was \
             restored, or a standby took over that had lost events"
        ))))
    }

    async fn read_page(&self, session: &Session, page: &Statement) -> Result<Vec<Recorded>, Ended> {
        let bounds: [&(dyn ToSql + Sync); 3] =
            [&integer(self.next.0), &PAGE_EVENTS_MAX, &self.page_bytes];
        let reading = session.client.query(page, &bounds);
        let rows = within(PAGE_LIMIT, reading).await?;
        let mut events = Vec::with_capacity(rows.len());
        let mut expected = self.next;
        for row in &rows {
            let event = row::event(row).map_err(|message| {
                let position = expected;
                Ended::Fault(ReadFault::Unknown { position, message })
            })?;
            if event.position != expected {
                let found = event.position;
                let message = format!("the log has a gap: after {expected:?} comes {found:?}");
                return Err(Ended::Fault(ReadFault::Storage(message)));
            }
            expected = expected.next();
            events.push(event);
        }
        Ok(events)
    }
}
