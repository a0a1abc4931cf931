//! A cost: 1 an object, 0.1 a leaf, exact to a tenth.
//!
//! Sums and products saturate, so that no document can cost less by asking for too much.

use std::fmt;

use async_graphql::Value;

/// What a leaf costs, in tenths of an object.
const LEAF: u64 = 1;
/// What an object costs, in tenths of an object.
const OBJECT: u64 = 10;

/// A cost, exact to a tenth of an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    tenths: u64,
}

impl Cost {
    /// What so many objects cost.
    pub const fn of_objects(objects: u64) -> Self {
        Self {
            tenths: objects.saturating_mul(OBJECT),
        }
    }

    /// What so many leaves cost.
    pub const fn of_leaves(leaves: u64) -> Self {
        Self {
            tenths: leaves.saturating_mul(LEAF),
        }
    }

    /// This cost in tenths of an object.
    pub const fn tenths(self) -> u64 {
        self.tenths
    }

    /// In whole objects, rounded up.
    pub const fn whole(self) -> u64 {
        self.tenths.div_ceil(OBJECT)
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            tenths: self.tenths.saturating_add(other.tenths),
        }
    }

    /// So many times this.
    #[must_use]
    pub const fn times(self, rows: u64) -> Self {
        Self {
            tenths: self.tenths.saturating_mul(rows),
        }
    }

    /// As a number of an answer, in objects.
    pub fn to_value(self) -> Value {
        if self.tenths.is_multiple_of(OBJECT) {
            return Value::from(self.tenths / OBJECT);
        }
        Value::from(self.objects())
    }

    /// In objects, with tenths.
    pub fn objects(self) -> f64 {
        // A cost near 2^53 is far beyond any limit; nobody reads its tenths.
        #[expect(clippy::cast_precision_loss, reason = "see above")]
        let objects = self.tenths as f64 / OBJECT as f64;
        objects
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}.{}", self.tenths / OBJECT, self.tenths % OBJECT)
    }
}
