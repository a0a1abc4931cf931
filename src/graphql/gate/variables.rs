//! The variables of a request: how deep they nest.
//!
//! Whether they are of the right types is the engine's to say, and how much they make a request
//! cost is said where its cost is told.

use async_graphql::{Value, Variables};

use super::refused::{Excess, Refused};

/// Refuses variables whose lists and objects nest deeper than this.
pub fn check_depth(variables: &Variables, depth_max: u64) -> Result<(), Refused> {
    // The variables themselves are no level. Values that are left, each with its depth.
    let mut left: Vec<(&Value, u64)> = variables.values().map(|value| (value, 0)).collect();
    while let Some((value, above)) = left.pop() {
        let depth = above + 1;
        match value {
            Value::List(entries) => left.extend(entries.iter().map(|entry| (entry, depth))),
            Value::Object(members) => left.extend(members.values().map(|entry| (entry, depth))),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => continue,
        }
        if depth > depth_max {
            return Err(Refused::too_much(Excess::VariablesDepth, depth_max));
        }
    }
    Ok(())
}
