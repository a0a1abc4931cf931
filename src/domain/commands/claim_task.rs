//! Claims a task for a node until a time, or renews the claim.
//!
//! Saves work and decides nothing: that a task ends once is decided where it ends.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Decision;
use crate::domain::Task;
use crate::domain::event::TaskClaimed;
use crate::domain::refusal::Refusal;

/// Asks that a task be this node's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimTask {
    /// The node.
    pub node: Arc<str>,
    /// When another may take it over.
    pub lease_until: DateTime<Utc>,
    /// The time of asking.
    pub now: DateTime<Utc>,
}

/// Refuses with `TASK_ENDED`, or while another node's lease holds: until the moment it names.
pub fn decide(task: &Task, command: &ClaimTask) -> Result<Decision, Refusal> {
    task.must_go_on()?;
    if let Some(lease) = &task.lease
        && lease.node != command.node
        && command.now < lease.until
    {
        return Err(Refusal::LeaseHeld { until: lease.until });
    }
    let claimed = TaskClaimed {
        task: task.id,
        node: command.node.clone(),
        lease_until: command.lease_until,
    };
    Ok(Decision {
        task: vec![claimed.into()],
        ..Decision::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::commands::facts::{TASK, restore_queued};
    use crate::domain::commands::given::{Given, given};
    use crate::domain::event::{Event, TaskCancelled};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("a time")
    }

    /// Asks, at a time in seconds, for ten seconds.
    fn claim(node: &str, now: i64) -> impl FnOnce(&Given) -> Result<Decision, Refusal> {
        let command = ClaimTask {
            node: Arc::from(node),
            lease_until: at(now + 10),
            now: at(now),
        };
        move |it| decide(it.task(), &command)
    }

    fn claimed(node: &str, now: i64) -> Event {
        TaskClaimed {
            task: TASK,
            node: Arc::from(node),
            lease_until: at(now + 10),
        }
        .into()
    }

    #[test]
    fn a_lease_keeps_others_away_until_it_runs_out() {
        let claimed_once = || {
            given([restore_queued()])
                .when(claim("one", 0))
                .then([claimed("one", 0)])
        };
        let until = at(10);
        claimed_once()
            .when(claim("two", 9))
            .refuses(Refusal::LeaseHeld { until });
        claimed_once()
            .when(claim("two", 10))
            .then([claimed("two", 10)]);
    }

    #[test]
    fn its_holder_renews_it() {
        given([restore_queued(), claimed("one", 0)])
            .when(claim("one", 5))
            .then([claimed("one", 5)])
            .when(claim("two", 12))
            .refuses(Refusal::LeaseHeld { until: at(15) });
    }

    #[test]
    fn a_task_that_ended_is_nobody_s() {
        given([restore_queued(), TaskCancelled { task: TASK }.into()])
            .when(claim("one", 0))
            .refuses(Refusal::TaskEnded);
    }
}
