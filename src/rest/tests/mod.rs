//! What the tests of this room stand on.

pub(super) mod served;
