//! What goes wrong with PostgreSQL: told in words, and whether it may pass by itself.
//!
//! Never tells a password: only what the server and the system say, and who was asked.

use std::error::Error;
use std::fmt::Write;
use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::error::SqlState;

/// Why a log in PostgreSQL cannot be opened. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostgresFault {
    /// The address is not one.
    #[error(
        "the address of the log cannot be used: {0}; it should look like \
         postgres://user:password@host:5432/database"
    )]
    Address(String),
    /// No server answers as it should.
    #[error("the log at {address} cannot be opened: {message}")]
    Unreachable {
        /// Hosts and database.
        address: String,
        /// What the server or the system says.
        message: String,
    },
    /// The tables were made by a newer program.
    #[error(
        "the log at {address} has format {found}, and this program knows {known}: use a newer one"
    )]
    Newer {
        /// Hosts and database.
        address: String,
        /// The format found.
        found: i32,
        /// The newest format this program knows.
        known: i32,
    },
    /// The role may not do what every node must.
    #[error(
        "the role of the log at {address} may not {missing} on its tables: grant it SELECT and \
         INSERT on snapledger_events, and SELECT on snapledger_schema"
    )]
    Forbidden {
        /// Hosts and database.
        address: String,
        /// The right that is missing.
        missing: &'static str,
    },
}

/// Why a call did not end well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// What the server or the system says.
    pub(super) message: String,
    /// Whether the same call may do better on another connection, a moment later.
    pub(super) passes: bool,
}

impl Trouble {
    /// Something that may do better later.
    pub(super) fn passing(message: impl Into<String>) -> Self {
        let message = message.into();
        let passes = true;
        Self { message, passes }
    }

    /// Something that stays as it is until a person mends it.
    pub(super) fn lasting(message: impl Into<String>) -> Self {
        let message = message.into();
        let passes = false;
        Self { message, passes }
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(refusal) = error.as_db_error() {
            let (message, code) = (refusal.message(), refusal.code());
            let message = format!("{message} (SQLSTATE {})", code.code());
            let passes = may_pass(code);
            return Self { message, passes };
        }
        Self::passing(causes(&error))
    }
}

/// An error with all that caused it.
pub(super) fn causes(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    // Each cause is owned by the one before, so the chain ends.
    while let Some(next) = cause {
        // Writing to a text cannot fail.
        let _ = write!(told, ": {next}");
        cause = next.source();
    }
    told
}

/// Whether what the server refuses with this code may be well a moment later: conflicts between
/// transactions, time limits, a server that starts, stops or stands by, and what it runs out of.
/// A known id or position (unique violation) comes of rows that others add without the lock.
fn may_pass(code: &SqlState) -> bool {
    let classes = ["08", "25", "40", "53", "55", "57", "58"];
    *code == SqlState::UNIQUE_VIOLATION
        || classes.iter().any(|class| code.code().starts_with(class))
}

/// Ends a call that takes longer than this: a link may be open at one end only.
pub(super) async fn within<T, E: Into<Trouble>>(
    limit: Duration,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, Trouble> {
    match timeout(limit, call).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Trouble::passing(format!("no answer within {limit:?}"))),
    }
}
