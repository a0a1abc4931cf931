//! What must be so when all is over, however much broke: a file for each promise.
//!
//! A check says what is wrong with the first thing that is; its own tests feed it what is broken.
//! Nothing here asks a server.

pub mod acknowledged;
pub mod followed;
pub mod order;
pub mod refusals;
pub mod same;
pub mod seen;
pub mod tasks;
