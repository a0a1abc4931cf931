//! Whether a copy is one of this log: its first and its last event must stand there as they do
//! here.
//!
//! What stands between was copied in order from the same log, so it need not be compared.

use std::time::Duration;

use super::CopyFault;
use crate::domain::ids::Position;
use crate::event_log::port::{ReadFault, Recorded};
use crate::event_log::shared::SharedLog;
use crate::event_log::sqlite::LogCopy;

/// How long the log may take to tell one event, or where it ends.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// Drops the copy when it is not of this log; answers where the log ends.
pub(super) async fn check(
    copy: &mut LogCopy,
    shared: &dyn SharedLog,
) -> Result<Position, CopyFault> {
    let head = answered(shared.head()).await?;
    if let Some(difference) = difference(copy, shared, head).await? {
        tracing::warn!(
            copied = copy.head().0,
            head = head.0,
            "the copy of the log is dropped and made anew: {difference}"
        );
        copy.begin_anew()?;
    }
    Ok(head)
}

/// How the copy differs from the log; none when it does not.
async fn difference(
    copy: &LogCopy,
    shared: &dyn SharedLog,
    head: Position,
) -> Result<Option<&'static str>, CopyFault> {
    let last = copy.head();
    if last == Position::START {
        return Ok(None);
    }
    if last > head {
        return Ok(Some("it has events that the log does not have"));
    }
    let first = Position::START.next();
    if copy.event_at(first)? != Some(event_at(shared, first).await?) {
        return Ok(Some("it is of another ledger"));
    }
    if copy.event_at(last)? != Some(event_at(shared, last).await?) {
        return Ok(Some("its last event is another one in the log"));
    }
    Ok(None)
}

/// The event at a position that the log has.
async fn event_at(shared: &dyn SharedLog, position: Position) -> Result<Recorded, ReadFault> {
    let mut follower = shared.follow(position);
    let events = answered(follower.next(1)).await?;
    let event = events.and_then(|events| events.into_iter().next());
    event.ok_or_else(|| ReadFault::Unreachable("it was closed".to_owned()))
}

async fn answered<T>(answer: impl Future<Output = Result<T, ReadFault>>) -> Result<T, ReadFault> {
    let answer = tokio::time::timeout(ANSWER_TIME_MAX, answer).await;
    answer.unwrap_or_else(|_| Err(ReadFault::Unreachable("it does not answer".to_owned())))
}
