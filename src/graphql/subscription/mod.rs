//! Subscriptions: what is told as it happens, one family a file.
//!
//! Each begins with the state at once and goes on with every change. All are pulled: what nobody
//! takes waits in the log or in a bounded feed, and never in memory that grows. Those that tell the
//! newest state (`datasetChanged`, `taskProgress`, `restoreProgress`) leave out what a slow reader
//! had no time for; those that promise every event (`events`, `snapshotChanged`) move a checkpoint
//! on, and a reader who takes nothing for too long is told `LAGGED` by the transport.

mod checkpoint;
mod datasets;
mod events;
mod snapshots;
mod tasks;

use async_graphql::MergedSubscription;
use futures_util::stream::BoxStream;

use super::error::Problem;
use checkpoint::{checkpoint, resumed};

pub use checkpoint::{Checkpoint, ResumeAfter};

/// Everything that can be watched.
#[derive(Default, MergedSubscription)]
pub struct Subscription(
    tasks::TaskSubscriptions,
    datasets::DatasetSubscriptions,
    snapshots::SnapshotSubscriptions,
    events::EventSubscriptions,
);

/// What a subscription sends.
type Told<T> = BoxStream<'static, Result<T, Problem>>;
