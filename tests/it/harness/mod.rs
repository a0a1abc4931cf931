//! What every story needs: a server on a folder of its own, and the ways in which people use it.
//!
//! Everything that waits is bounded by [`DEADLINE`]. Nothing here decides what is right.

mod api;
mod bulk;
mod client;
mod command;
mod events;
mod home;
mod items;
mod line;
mod link;
mod long;
mod nodes;
mod python;
mod queries;
mod random;
mod socket;
mod verbs;

use std::time::Duration;

pub use bulk::{Reply, reply};
pub use client::run_client;
pub use command::{binary, run};
pub use events::{EventSource, event};
pub use home::{Home, KEY, Server};
pub use items::{item, item_key, line, lines};
pub use line::{Heard, Line};
pub use link::{Link, Passage};
pub use long::{Long, timed};
pub use nodes::Node;
pub use python::{run_python, run_python_in};
pub use queries::ENDS;
pub use random::Random;
pub use socket::Socket;
pub use verbs::{position, text, xact_id};

/// A UUID that names nothing.
pub const NOBODY: &str = "01890000-0000-7000-8000-000000000000";
/// How long anything may take before the story fails.
pub const DEADLINE: Duration = Duration::from_secs(90);
/// The time between two looks at something that is waited for.
pub const PAUSE: Duration = Duration::from_millis(20);

/// The time of day, in seconds since 1970: what a token is good for is told in these.
#[allow(clippy::disallowed_methods, reason = "a story happens now")]
pub fn seconds_now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// Waits for something that must come within [`DEADLINE`].
pub async fn within<T>(what: &str, coming: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, coming).await {
        Ok(come) => come,
        Err(_) => panic!("{what} took longer than {DEADLINE:?}"),
    }
}
