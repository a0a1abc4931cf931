//! Nodes on one log in memory, each at the end of a line that a story may hold up or cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use crate::clock::{Clock, SystemClock};
use crate::domain::ids::Position;
use crate::event_log::{
    Append, AppendFault, Appending, AskedHead, CopiedLog, EventLog, Follower, LogCopy, MemoryLog,
    NextEvents, ReadFault, SharedLog,
};
use crate::ledger::tests::house::{Role, Stage};
use crate::ledger::{Ledger, PairSecrets};

/// How long a story waits for what must come; one that needs it has failed.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// Long enough for a call to have decided on what its node has.
pub(super) const A_MOMENT: Duration = Duration::from_millis(60);

/// The system's clock, moved on as a story likes.
pub(super) struct MovedClock {
    clock: SystemClock,
    ahead_ms: AtomicU64,
}

impl MovedClock {
    pub fn move_on(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).expect("a short time");
        self.ahead_ms.fetch_add(by, Ordering::Relaxed);
    }

    fn ahead(&self) -> Duration {
        Duration::from_millis(self.ahead_ms.load(Ordering::Relaxed))
    }
}

impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::from_std(self.ahead()).expect("a short time")
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed() + self.ahead()
    }

    fn new_id(&self) -> Uuid {
        self.clock.new_id()
    }

    fn secret(&self) -> [u8; 32] {
        self.clock.secret()
    }
}

/// What a line carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carries {
    /// Everything.
    All,
    /// Everything but the events that the node follows.
    NoEvents,
    /// As little as that, and appends only when it carries everything again.
    Late,
    /// Nothing.
    Nothing,
}

/// The line of one node to the log.
struct Line {
    log: Arc<MemoryLog>,
    carries: watch::Receiver<Carries>,
    late: mpsc::Sender<LateAppend>,
}

/// An append on its way, and who waits for its end.
type LateAppend = (Append, oneshot::Sender<Appending>);

/// Appends that are late at a time.
const LATE_MAX: usize = 16;

/// Tries late appends, in their order, once the line carries everything again.
async fn carry_late(
    log: Arc<MemoryLog>,
    mut carries: watch::Receiver<Carries>,
    mut late: mpsc::Receiver<LateAppend>,
) {
    while let Some((append, end)) = late.recv().await {
        // When the story is over, nobody waits any more.
        let _ = carries.wait_for(|carries| *carries == Carries::All).await;
        let _ = end.send(EventLog::append(&*log, append));
    }
}

impl SharedLog for Line {
    fn append(&self, append: Append) -> Appending {
        let carries = *self.carries.borrow();
        match carries {
            Carries::All | Carries::NoEvents => EventLog::append(&*self.log, append),
            Carries::Nothing => {
                let fault = AppendFault::Unreachable("the line is cut".to_owned());
                Box::pin(std::future::ready(Err(fault)))
            }
            Carries::Late => {
                let (end, ended) = oneshot::channel();
                let sent = self.late.try_send((append, end));
                sent.expect("few are late");
                Box::pin(async move { ended.await.expect("it is tried").await })
            }
        }
    }

    fn follow(&self, from: Position) -> Box<dyn Follower> {
        Box::new(LineFollower {
            follower: EventLog::follow(&*self.log, from),
            carries: self.carries.clone(),
        })
    }

    fn head(&self) -> AskedHead {
        let head = match *self.carries.borrow() {
            Carries::Nothing => Err(ReadFault::Storage("the line is cut".to_owned())),
            Carries::All | Carries::NoEvents | Carries::Late => Ok(EventLog::head(&*self.log)),
        };
        Box::pin(std::future::ready(head))
    }
}

struct LineFollower {
    follower: Box<dyn Follower>,
    carries: watch::Receiver<Carries>,
}

impl Follower for LineFollower {
    fn next<'a>(&'a mut self, limit: usize) -> NextEvents<'a> {
        Box::pin(async move {
            loop {
                // When the story is over, whatever is left may come.
                let _ = self
                    .carries
                    .wait_for(|carries| *carries == Carries::All)
                    .await;
                tokio::select! {
                    biased;
                    Ok(()) = self.carries.changed() => {}
                    events = self.follower.next(limit) => return events,
                }
            }
        })
    }
}

/// A node, and its line.
pub(super) struct Node {
    pub stage: Stage,
    pub clock: Arc<MovedClock>,
    line: watch::Sender<Carries>,
    _folder: tempfile::TempDir,
}

impl Node {
    pub async fn on(log: &Arc<MemoryLog>, node: &'static str) -> Self {
        Self::as_told(log, node, |_| {}).await
    }

    /// A node whose role is other than usual.
    pub async fn as_told(
        log: &Arc<MemoryLog>,
        node: &'static str,
        tell: impl FnOnce(&mut Role),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (line, carries) = watch::channel(Carries::All);
        let (late, sent_late) = mpsc::channel(LATE_MAX);
        tokio::spawn(carry_late(log.clone(), carries.clone(), sent_late));
        let shared = Line {
            log: log.clone(),
            carries,
            late,
        };
        let copy = LogCopy::open(&folder.path().join("copy.db")).expect("a copy");
        let mut untold = |_, _| {};
        let opening = CopiedLog::open(copy, Arc::new(shared), &mut untold).await;
        let clock = Arc::new(MovedClock {
            clock: SystemClock::start(),
            ahead_ms: AtomicU64::new(0),
        });
        let mut role = Role {
            clock: clock.clone(),
            node,
            pairs: PairSecrets::Derived,
            works: true,
        };
        tell(&mut role);
        Self {
            stage: Stage::on(Arc::new(opening.expect("the log")), role).await,
            clock,
            line,
            _folder: folder,
        }
    }

    pub fn ledger(&self) -> &Ledger {
        self.stage.ledger()
    }

    /// From here on the line carries this.
    pub fn line(&self, carries: Carries) {
        self.line.send_replace(carries);
    }

    /// Waits until this node shows all that is in the log.
    pub async fn abreast(&self) {
        self.ledger().catch_up().await.expect("caught up");
    }
}

/// An empty log that nodes can share.
pub(super) fn log() -> Arc<MemoryLog> {
    Arc::new(MemoryLog::new(Arc::new(SystemClock::start())))
}

/// Two nodes on one log.
pub(super) async fn two() -> [Node; 2] {
    let log = log();
    [Node::on(&log, "one").await, Node::on(&log, "other").await]
}

/// Waits for what must come.
pub(super) async fn in_time<T>(coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, coming)
        .await
        .expect("in time")
}
