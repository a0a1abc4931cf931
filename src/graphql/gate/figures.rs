//! The figures of a selection: how deep it is and how much of everything it has, with every
//! fragment expanded where it is spread.
//!
//! Numbers only: they add up without the selection that they are of, so that a fragment is
//! measured once. They saturate.

use super::limits::GateLimits;
use super::refused::{Excess, Refused};

/// How deep a selection is, and how much there is in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Fields within each other.
    pub depth: u64,
    /// Fields of the schema within each other.
    pub introspection_depth: u64,
    /// Selections within each other.
    pub nesting: u64,
    /// Fields right in this selection, those of fragments included.
    pub own_fields: u64,
    /// Fields in all.
    pub fields: u64,
    /// Spreads and inline fragments in all.
    pub spreads: u64,
    /// Aliases in all.
    pub aliases: u64,
    /// Directives in all.
    pub directives: u64,
}

impl Figures {
    /// Two selections side by side.
    #[must_use]
    pub fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            nesting: self.nesting.max(other.nesting),
            own_fields: self.own_fields.saturating_add(other.own_fields),
            fields: self.fields.saturating_add(other.fields),
            spreads: self.spreads.saturating_add(other.spreads),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
        }
    }

    /// A field on which this is selected.
    #[must_use]
    pub const fn of_field(self) -> Self {
        Self {
            depth: self.depth.saturating_add(1),
            own_fields: 1,
            fields: self.fields.saturating_add(1),
            ..self
        }
    }

    /// A field that asks for the schema itself, on which this is selected.
    #[must_use]
    pub fn of_introspection(self) -> Self {
        let depth = self.depth.saturating_add(1);
        Self {
            depth: 1,
            introspection_depth: self.introspection_depth.max(depth),
            ..self.of_field()
        }
    }

    /// A fragment of which this is the selection.
    #[must_use]
    pub const fn of_fragment(self) -> Self {
        Self {
            spreads: self.spreads.saturating_add(1),
            ..self
        }
    }

    /// This selection as one that lies within others.
    #[must_use]
    pub const fn of_selection(self) -> Self {
        Self {
            nesting: self.nesting.saturating_add(1),
            ..self
        }
    }

    /// With so many aliases and directives more.
    #[must_use]
    pub const fn with(self, aliases: usize, directives: usize) -> Self {
        // A text's length fits into 64 bits.
        Self {
            aliases: self.aliases.saturating_add(aliases as u64),
            directives: self.directives.saturating_add(directives as u64),
            ..self
        }
    }

    /// Refuses an operation of which one figure is over its limit.
    pub fn check(&self, limits: &GateLimits) -> Result<(), Refused> {
        let checks = [
            (Excess::Depth, self.depth, limits.depth_max),
            (
                Excess::IntrospectionDepth,
                self.introspection_depth,
                limits.introspection_depth_max,
            ),
            (Excess::Nesting, self.nesting, limits.nesting_max),
            (Excess::RootFields, self.own_fields, limits.root_fields_max),
            (Excess::Aliases, self.aliases, limits.aliases_max),
            (Excess::Directives, self.directives, limits.directives_max),
            (
                Excess::ExpandedFields,
                self.fields,
                limits.expanded_fields_max,
            ),
            (
                Excess::ExpandedSpreads,
                self.spreads,
                limits.expanded_spreads_max,
            ),
        ];
        for (excess, found, limit) in checks {
            if found > limit {
                return Err(Refused::too_much(excess, limit));
            }
        }
        Ok(())
    }
}
