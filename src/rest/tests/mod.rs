//! What the tests of this room stand on, and what holds of all dialects.

mod alike;
pub(super) mod served;
