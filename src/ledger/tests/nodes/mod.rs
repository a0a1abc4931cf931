//! Stories of several nodes on one log: whoever asks any of them is answered as by one ledger.

mod agreeing;
mod line;
mod projects;
mod reading;
mod silence;
mod tasks;
