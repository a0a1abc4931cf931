//! How many rows a field gives, as its arguments say.
//!
//! What the text says is known at once; what a variable says, when there is one. A number that no
//! resolver takes counts for the most that any would give.

use std::convert::Infallible;

use async_graphql::parser::types::Field;
use async_graphql::{Name, Value};

use super::index::{FieldEntry, Sizing};

/// How many rows an argument asks for.
#[derive(Debug, Clone)]
enum Asked {
    Rows(u64),
    Variable { name: Name, rows_max: u64 },
}

/// How many rows a field gives.
#[derive(Debug, Clone)]
pub struct Rows {
    asked: Vec<Asked>,
    rows_default: u64,
}

impl Rows {
    /// How many rows this field gives with these arguments.
    pub fn of(entry: &FieldEntry, field: &Field) -> Self {
        match &entry.sizing {
            Sizing::Once => Self::exactly(1),
            Sizing::About(rows) => Self::exactly(*rows),
            Sizing::Page {
                arguments,
                rows_default,
            } => Self {
                asked: arguments
                    .iter()
                    .filter_map(|(name, rows_max)| asked(field, name, *rows_max))
                    .collect(),
                rows_default: *rows_default,
            },
            Sizing::Entries { argument, rows_max } => Self {
                asked: asked(field, argument, *rows_max).into_iter().collect(),
                rows_default: 0,
            },
        }
    }

    /// So many, whatever is asked.
    pub const fn exactly(rows: u64) -> Self {
        Self {
            asked: Vec::new(),
            rows_default: rows,
        }
    }

    /// How many, when no variable tells.
    pub fn known(&self) -> Option<u64> {
        let depends = |asked: &Asked| matches!(asked, Asked::Variable { .. });
        (!self.asked.iter().any(depends)).then(|| self.given(&|_| None))
    }

    /// How many rows, with these variables: the largest number that is given.
    pub fn given<'v>(&self, variables: &impl Fn(&Name) -> Option<&'v Value>) -> u64 {
        let asked = self.asked.iter().filter_map(|asked| match asked {
            Asked::Rows(rows) => Some(*rows),
            Asked::Variable { name, rows_max } => rows(variables(name)?, *rows_max),
        });
        asked.max().unwrap_or(self.rows_default)
    }
}

/// What an argument asks for; none when it is absent or null.
fn asked(field: &Field, argument: &Name, rows_max: u64) -> Option<Asked> {
    let written = field.get_argument(argument)?.node.clone();
    let mut variable = None;
    let value = written.into_const_with(|name| {
        variable = Some(name);
        Ok::<_, Infallible>(Value::Null)
    });
    let Ok(value) = value;
    match (rows(&value, rows_max), variable) {
        (Some(rows), _) => Some(Asked::Rows(rows)),
        // A list with variables in it is no null: the variable is all there is.
        (None, Some(name)) => Some(Asked::Variable { name, rows_max }),
        (None, None) => None,
    }
}

/// How many rows a value asks for; none when it is null.
fn rows(value: &Value, rows_max: u64) -> Option<u64> {
    match value {
        Value::Null => None,
        Value::Number(number) => Some(number.as_u64().unwrap_or(0).min(rows_max)),
        Value::List(entries) => Some((entries.len() as u64).min(rows_max)),
        // One entry stands for a list of it; for a number nothing else is valid.
        Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_)
        | Value::Object(_) => Some(1),
    }
}
