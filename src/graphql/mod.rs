//! The graph's gate.

pub mod gate;
pub mod remembered;
