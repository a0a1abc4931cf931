//! What the server tells of its work: one line an event, on stderr.
//!
//! Answers go to stdout or to callers, never here. No secret is ever a field.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::TryInitError;

use crate::config::{Telling, TellingForm};

/// Why nothing could be told.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryFault {
    /// The filter is not understood.
    #[error("the trace filter {filter:?} is not understood: {why}; try \"info\"")]
    Filter {
        /// The filter.
        filter: String,
        /// Why.
        why: String,
    },
    /// Something else tells already.
    #[error("what the server tells is set up already: {0}")]
    Taken(#[from] TryInitError),
}

/// Begins to tell. Once in a process.
pub fn begin(telling: &Telling) -> Result<(), TelemetryFault> {
    use tracing_subscriber::util::SubscriberInitExt;

    let filter = EnvFilter::try_new(&telling.filter).map_err(|fault| TelemetryFault::Filter {
        filter: telling.filter.clone(),
        why: fault.to_string(),
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    match telling.form {
        TellingForm::Text => lines.finish().try_init()?,
        TellingForm::Json => lines.json().flatten_event(true).finish().try_init()?,
    }
    Ok(())
}
