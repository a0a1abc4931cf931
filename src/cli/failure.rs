//! Why a command did not do what it should, and what to do next.

use std::fmt;

/// What a command ends in.
pub(super) type Done<T = ()> = Result<T, Failure>;

/// A failure, in two sentences: what, and what now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure that speaks for itself.
    pub fn new(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            hint: None,
        }
    }

    /// A failure with what to do about it.
    pub fn with_hint(message: impl fmt::Display, hint: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            hint: Some(hint.to_string()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "error: {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(formatter, "\n  what now: {hint}"),
            None => Ok(()),
        }
    }
}
