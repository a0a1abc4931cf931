//! Writes are in the order in which they happened: what was acknowledged before another was asked
//! for has the lower place in the log.
//!
//! The log is one order of all writes, which `model` has found to be a lawful one. With this it is
//! the order of a linearizable ledger; that reads and refusals fit it say `seen` and `refusals`.

use crate::faults::history::Call;
use crate::faults::window::Windows;

/// The call took no place before what was over when it was asked for.
pub fn check(call: &Call, windows: &Windows) -> Result<(), String> {
    let over = windows.acknowledged_before(call.began());
    match windows.first_of(call).filter(|own| *own <= over) {
        Some(own) => Err(format!(
            "{over} was acknowledged before this was asked for, which is at {own}: {call:?}"
        )),
        None => Ok(()),
    }
}
