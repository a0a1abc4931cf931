//! Conditions on rows: comparisons of a member with a literal, joined by `and`, `or` and `not`.

use std::cmp::Ordering;

use chrono::DateTime;
use serde_json::{Map, Value};

use crate::domain::Refusal;

/// How deep conditions may be joined.
const DEPTH_MAX: usize = 32;

/// A condition.
#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Compare(Vec<String>, Comparison, Value),
    IsNull(Vec<String>),
}

/// How a member is compared.
#[derive(Debug, Clone, Copy)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Filter {
    /// The condition of an expression.
    pub fn of(expression: &Value) -> Result<Self, Refusal> {
        Self::at_depth(expression, 0)
    }

    fn at_depth(expression: &Value, depth: usize) -> Result<Self, Refusal> {
        let unknown = || Refusal::BadInput {
            field: "query.filter",
            message: "only comparisons of members with literals are understood, \
                joined by and, or and not"
                .to_owned(),
        };
        if depth > DEPTH_MAX {
            return Err(unknown());
        }
        let both = || -> Result<Vec<Self>, Refusal> {
            let sides = match expression["children"].as_array() {
                Some(children) => children.iter().collect(),
                None => vec![&expression["left"], &expression["right"]],
            };
            let sides = sides.into_iter();
            sides.map(|side| Self::at_depth(side, depth + 1)).collect()
        };
        let comparison = match expression["op"].as_str().ok_or_else(unknown)? {
            "and" => return Ok(Self::All(both()?)),
            "or" => return Ok(Self::Any(both()?)),
            "not" => {
                let inner = Self::at_depth(&expression["expr"], depth + 1)?;
                return Ok(Self::Not(Box::new(inner)));
            }
            op @ ("isnull" | "isnotnull") => {
                let is_null = Self::IsNull(path(&expression["expr"]).ok_or_else(unknown)?);
                return Ok(match op {
                    "isnull" => is_null,
                    _ => Self::Not(Box::new(is_null)),
                });
            }
            "eq" | "is" => Comparison::Equal,
            "ne" => Comparison::NotEqual,
            "lt" => Comparison::Less,
            "le" => Comparison::LessOrEqual,
            "gt" => Comparison::Greater,
            "ge" => Comparison::GreaterOrEqual,
            _ => return Err(unknown()),
        };
        let path = path(&expression["left"]).ok_or_else(unknown)?;
        let right = &expression["right"];
        match right["op"].as_str() {
            Some("literal") => Ok(Self::Compare(path, comparison, right["value"].clone())),
            Some(_) | None => Err(unknown()),
        }
    }

    /// Whether a row passes. A member that is not there equals null, and compares with nothing.
    pub fn passes(&self, row: &Map<String, Value>) -> bool {
        match self {
            Self::All(inner) => inner.iter().all(|one| one.passes(row)),
            Self::Any(inner) => inner.iter().any(|one| one.passes(row)),
            Self::Not(inner) => !inner.passes(row),
            Self::IsNull(path) => member(row, path).is_none_or(Value::is_null),
            Self::Compare(path, comparison, literal) => {
                let value = member(row, path).unwrap_or(&Value::Null);
                let order = compare(value, literal);
                match comparison {
                    Comparison::Equal => value == literal || order == Some(Ordering::Equal),
                    Comparison::NotEqual => value != literal && order != Some(Ordering::Equal),
                    Comparison::Less => order.is_some_and(Ordering::is_lt),
                    Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
                    Comparison::Greater => order.is_some_and(Ordering::is_gt),
                    Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
                }
            }
        }
    }
}

/// The path of a member that an expression names.
pub(super) fn path(expression: &Value) -> Option<Vec<String>> {
    if expression["op"] != "ident" {
        return None;
    }
    let parts = expression["name"].as_array()?.iter();
    let parts: Option<Vec<String>> = parts.map(|part| part.as_str().map(str::to_owned)).collect();
    parts.filter(|parts| !parts.is_empty())
}

/// The member at a path.
pub(super) fn member<'row>(row: &'row Map<String, Value>, path: &[String]) -> Option<&'row Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(row.get(first)?, |value, name| value.get(name))
}

/// Numbers by size, times by time, other texts by their letters.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        (Value::String(left), Value::String(right)) => {
            let time = |text: &str| DateTime::parse_from_rfc3339(text).ok();
            Some(match (time(left), time(right)) {
                (Some(left), Some(right)) => left.cmp(&right),
                (..) => left.cmp(right),
            })
        }
        (..) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(expression: &Value, expected: bool) {
        let row = json!({"created": "2026-01-31T09:30:00.000Z", "input": {"n": 2}, "tags": null,
            "id": "b"});
        let filter = Filter::of(expression).expect("a filter");
        let row = row.as_object().expect("a row");
        assert_eq!(filter.passes(row), expected, "{expression}");
    }

    fn compared(op: &str, name: Value, value: Value) -> Value {
        json!({"op": op, "left": {"op": "ident", "name": name},
            "right": {"op": "literal", "value": value}})
    }

    #[test]
    fn members_are_compared_as_what_they_are() {
        check(
            &compared("ge", json!(["created"]), json!("1970-01-01T00:00:00Z")),
            true,
        );
        check(
            &compared("eq", json!(["created"]), json!("2026-01-31T10:30:00+01:00")),
            true,
        );
        check(
            &compared("lt", json!(["created"]), json!("2026-01-31T09:30:00Z")),
            false,
        );
        check(&compared("gt", json!(["input", "n"]), json!(1.5)), true);
        check(&compared("eq", json!(["input", "n"]), json!(2)), true);
        check(&compared("ne", json!(["id"]), json!("b")), false);
        check(&compared("le", json!(["id"]), json!("a")), false);
        check(&compared("eq", json!(["nothing"]), json!(null)), true);
        check(&compared("gt", json!(["tags"]), json!(1)), false);
    }

    #[test]
    fn conditions_are_joined() {
        let yes = compared("eq", json!(["id"]), json!("b"));
        let no = compared("eq", json!(["id"]), json!("c"));
        check(&json!({"op": "and", "left": yes, "right": no}), false);
        check(&json!({"op": "or", "left": yes, "right": no}), true);
        check(
            &json!({"op": "and", "children": [yes, {"op": "not", "expr": no}]}),
            true,
        );
        let tags = json!({"op": "ident", "name": ["tags"]});
        check(&json!({"op": "isnull", "expr": tags}), true);
        check(&json!({"op": "isnotnull", "expr": tags}), false);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let mut deep = compared("eq", json!(["id"]), json!("b"));
        for _ in 0..=DEPTH_MAX {
            deep = json!({"op": "not", "expr": deep});
        }
        let field = json!({"op": "ident", "name": ["id"]});
        for expression in [
            deep,
            json!({}),
            json!("id = 'b'"),
            json!({"op": "includes", "left": field, "right": field}),
            json!({"op": "eq", "left": field, "right": field}),
            json!({"op": "eq", "left": {"op": "literal", "value": 1}, "right": field}),
        ] {
            assert!(Filter::of(&expression).is_err(), "{expression}");
        }
    }
}
