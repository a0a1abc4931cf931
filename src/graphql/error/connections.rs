//! Problems of connections that stay open: too many of them, too slow a reader, the server's end.
//!
//! Each passes by itself or by the client's doing, so that trying again makes sense.

use super::{Code, Problem};
use crate::domain::ids::Position;

impl Problem {
    /// The reader of a subscription that promises every event took nothing for too long; what it
    /// will have taken is up to this position, if to any.
    pub fn lagged(told: Option<Position>) -> Self {
        let hint = "Read what is told as it comes; subscribe again, \
            and give resumeAfter as `after` to events.";
        let message = "what was told was not read in time, so that the subscription ended";
        let mut problem = Self::new(Code::Lagged, message, hint).retryable();
        problem.0.resume_after = told.map(Position::xact);
        problem
    }

    /// One connection runs as many operations as it may.
    pub fn too_many_operations(running_max: usize) -> Self {
        let hint = "Complete some of them first, or open another socket.";
        let message = format!("a socket runs at most {running_max} operations at a time");
        Self::new(Code::TooManyOperations, message, hint).retryable()
    }

    /// As many connections are open as may be.
    pub fn too_many_connections() -> Self {
        let hint = "Wait a moment and connect again; carry several subscriptions on one socket.";
        let message = "as many sockets and event streams are open as this server keeps";
        Self::new(Code::Unavailable, message, hint).retryable()
    }

    /// The server ends.
    pub fn leaving() -> Self {
        let hint = "Wait a moment, connect again and repeat the request.";
        Self::new(Code::Unavailable, "the server is about to stop", hint).retryable()
    }
}
