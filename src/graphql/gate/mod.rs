//! The gate: what a document must pass before the engine sees it.
//!
//! The engine expands fragments without memory, so that one kilobyte of text can cost it seconds
//! and gigabytes. Here all is linear in the text: tokens are counted, the text is parsed once, the
//! document judged with each fragment taken once, and with the variables its cost is told. The
//! gate does not validate, does not run anything, and knows of the schema only its index.
//!
//! ```text
//! text ─ tokens ─ parser ─ fragments ─ judge ──────────────┬─ cost ─ engine
//!        limits.rs          in order    figures and plan   variables
//! ```

mod cost;
mod figures;
mod fragments;
mod index;
mod introspection;
mod judge;
mod limits;
mod plan;
mod refused;
mod rows;
mod shape;
mod tokens;
mod variables;

#[cfg(test)]
mod tests;

use async_graphql::Variables;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition};
use async_graphql::parser::{self, parse_query};

use index::Index;

pub use cost::Cost;
pub use judge::Judged;
pub use limits::GateLimits;
pub use refused::{Excess, Reason, Refused};
pub use shape::Shape;
pub use tokens::Counted;

/// A document that was read, with what its text tells.
#[derive(Debug)]
pub struct Reading {
    /// The document.
    pub document: ExecutableDocument,
    /// What it asks for.
    pub judged: Judged,
    /// What its text consists of.
    pub counted: Counted,
}

/// The gate before one schema.
#[derive(Debug)]
pub struct Gate {
    index: Index,
    limits: GateLimits,
}

impl Gate {
    /// A gate before the schema of this text. Fails when the text is no schema.
    pub fn new(sdl: &str, limits: GateLimits) -> Result<Self, parser::Error> {
        let index = Index::new(sdl, &limits)?;
        Ok(Self { index, limits })
    }

    /// The limits that hold.
    pub const fn limits(&self) -> &GateLimits {
        &self.limits
    }

    /// Reads a document and judges what its text alone tells.
    pub fn read(&self, text: &str) -> Result<Reading, Refused> {
        let counted = tokens::count(text, &self.limits)?;
        let document = parse_query(text).map_err(|error| match error {
            parser::Error::RecursionLimitExceeded => {
                Refused::too_much(Excess::Nesting, self.limits.nesting_max)
            }
            error => Refused::malformed(&error),
        })?;
        let judged = judge::judge(&document, &self.index, &self.limits)?;
        Ok(Reading {
            document,
            judged,
            counted,
        })
    }

    /// Judges what depends on the variables of one request; tells what it may cost.
    pub fn admit(
        &self,
        judged: &Judged,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Cost, Refused> {
        variables::check_depth(variables, self.limits.variables_depth_max)?;
        let cost = judged.cost(operation_name, variables);
        if cost > self.limits.cost_max {
            return Err(Refused::too_dear(cost, self.limits.cost_max));
        }
        Ok(cost)
    }
}

/// The operation that runs; none when the document does not have it, or has several and none is
/// named.
pub fn chosen<'d>(
    document: &'d ExecutableDocument,
    operation_name: Option<&str>,
) -> Option<&'d OperationDefinition> {
    let operation = match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), None) => operation,
        (DocumentOperations::Single(_), Some(_)) => return None,
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name)?,
        (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next()?,
        (DocumentOperations::Multiple(_), None) => return None,
    };
    Some(&operation.node)
}
