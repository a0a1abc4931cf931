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
