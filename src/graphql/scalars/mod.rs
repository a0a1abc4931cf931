//! The scalars: how ids, times, digests, large numbers and JSON are written.
//!
//! What a client writes is taken as it is and checked where it is used, so that a refusal can name
//! the field. What the server writes is always well-formed.

use std::str::FromStr;

use async_graphql::{ID, InputValueResult, Name, Scalar, ScalarType, Value};
use chrono::{DateTime, SecondsFormat, Utc};

use super::error::Problem;
use crate::digest::Digest;
use crate::domain::ids::{Malformed, Position, XactId};

/// The largest whole number that every JSON reader keeps exactly: 2^53.
const BIG_INT_MAX: i64 = 1 << 53;

/// Reads an id; `field` is what a refusal points at.
pub fn read_id<Id>(field: &'static str, id: &ID) -> Result<Id, Problem>
where
    Id: FromStr<Err = Malformed>,
{
    id.parse().map_err(|malformed| (field, malformed).into())
}

/// As [`read_id`], of an id that may be absent.
pub fn read_optional_id<Id>(field: &'static str, id: Option<&ID>) -> Result<Option<Id>, Problem>
where
    Id: FromStr<Err = Malformed>,
{
    id.map(|id| read_id(field, id)).transpose()
}

/// An xact id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Xact {
    /// One of the right form.
    Known(XactId),
    /// Something else that a client wrote.
    Malformed,
}

impl Xact {
    /// The xact id; `field` is what a refusal points at.
    pub fn checked(self, field: &'static str) -> Result<XactId, Problem> {
        match self {
            Self::Known(xact) => Ok(xact),
            Self::Malformed => {
                let message = format!("{field}: an xact id is 19 decimal digits, as text");
                Err(Problem::bad_input(field, message))
            }
        }
    }
}

impl From<Position> for Xact {
    fn from(position: Position) -> Self {
        Self::Known(position.xact())
    }
}

/// A place in the ledger's history: 19 decimal digits, ordered alike as text and as number. Every
/// change has one; any of them up to the head names a version of every dataset.
#[Scalar(name = "XactId", specified_by_url = "urn:snapledger:scalar:xact-id")]
impl ScalarType for Xact {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        Ok(text.parse().map_or(Self::Malformed, Self::Known))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Known(xact) => Value::String(xact.to_string()),
            Self::Malformed => Value::Null,
        }
    }
}

/// A time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// One of the right form.
    Known(DateTime<Utc>),
    /// Something else that a client wrote.
    Malformed,
}

impl Moment {
    /// The time; `field` is what a refusal points at.
    pub fn checked(self, field: &'static str) -> Result<DateTime<Utc>, Problem> {
        match self {
            Self::Known(time) => Ok(time),
            Self::Malformed => {
                let message = format!("{field}: a time is written as 2026-01-31T12:00:00Z");
                Err(Problem::bad_input(field, message))
            }
        }
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(time: DateTime<Utc>) -> Self {
        Self::Known(time)
    }
}

/// A time as RFC 3339 writes it. The server writes UTC with microseconds and `Z`; it reads any
/// offset.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
)]
impl ScalarType for Moment {
    fn parse(value: Value) -> InputValueResult<Self> {
        let time = match &value {
            Value::String(text) => DateTime::parse_from_rfc3339(text).ok(),
            _ => None,
        };
        Ok(time.map_or(Self::Malformed, |time| Self::Known(time.to_utc())))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Known(time) => Value::String(time.to_rfc3339_opts(SecondsFormat::Micros, true)),
            Self::Malformed => Value::Null,
        }
    }
}

/// A content root, or the digest of an item's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentDigest(pub Digest);

/// A BLAKE3 digest: 64 lower-case hex digits. Equal digests mean equal content.
#[Scalar(
    name = "Digest",
    specified_by_url = "https://datatracker.ietf.org/doc/draft-aumasson-blake3/"
)]
impl ScalarType for ContentDigest {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.parse()?)),
            _ => Err("a digest is 64 hex digits, as text".into()),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A whole number of up to 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BigInt {
    /// A number in range.
    Known(i64),
    /// Something else that a client wrote.
    Malformed,
}

impl BigInt {
    /// A count of the server's own.
    pub fn of(count: u64) -> Self {
        Self::Known(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// The number, which must not be negative; `field` is what a refusal points at.
    pub fn checked(self, field: &'static str) -> Result<u64, Problem> {
        let number = match self {
            Self::Known(number) => u64::try_from(number).ok(),
            Self::Malformed => None,
        };
        number.ok_or_else(|| {
            let message = format!("{field}: a whole number from 0 to {BIG_INT_MAX} is needed");
            Problem::bad_input(field, message)
        })
    }
}

/// A whole number of up to 2^53 either way, written as a JSON number; read also as decimal text.
#[Scalar(
    name = "BigInt",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6"
)]
impl ScalarType for BigInt {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let in_range = number.filter(|number| number.unsigned_abs() <= BIG_INT_MAX as u64);
        Ok(in_range.map_or(Self::Malformed, Self::Known))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Known(number) => Value::Number((*number).into()),
            Self::Malformed => Value::Null,
        }
    }
}

/// Any JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub serde_json::Value);

/// Any JSON value, as it is.
#[Scalar(
    name = "JSON",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259"
)]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        shown(&self.0)
    }
}

/// JSON as the engine has it.
fn shown(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Boolean(*truth),
        serde_json::Value::Number(number) => Value::Number(number.clone()),
        serde_json::Value::String(text) => Value::String(text.clone()),
        serde_json::Value::Array(elements) => Value::List(elements.iter().map(shown).collect()),
        serde_json::Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, value)| (Name::new(name), shown(value)))
                    .collect(),
            )
        }
    }
}

#[cfg(test)]
mod tests;
