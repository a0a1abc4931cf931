//! The place of a row in an order: what a cursor holds, and its text form.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::views::fault::ViewFault;

/// The place of a row in an order. Its text form is compact and safe to be kept by clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// What is sorted by.
    pub value: SortValue,
    /// Tells rows with the same value apart.
    pub tie: Uuid,
}

/// A value that rows are sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortValue {
    /// A number, a time or a place in the log.
    Int(i64),
    /// A name without its case.
    Text(Arc<str>),
}

/// A text that is not a [`SortKey`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a place in a listing")]
pub struct NotASortKey;

impl fmt::Display for SortKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tie = self.tie.simple();
        match &self.value {
            SortValue::Int(value) => write!(formatter, "i{tie}{value}"),
            SortValue::Text(value) => write!(formatter, "t{tie}{value}"),
        }
    }
}

impl FromStr for SortKey {
    type Err = NotASortKey;

    fn from_str(text: &str) -> Result<Self, NotASortKey> {
        let (kind, rest) = text.split_at_checked(1).ok_or(NotASortKey)?;
        let (tie, value) = rest.split_at_checked(32).ok_or(NotASortKey)?;
        let tie = Uuid::try_parse(tie).map_err(|_| NotASortKey)?;
        let value = match kind {
            "i" => SortValue::Int(value.parse().map_err(|_| NotASortKey)?),
            "t" => SortValue::Text(value.into()),
            _ => return Err(NotASortKey),
        };
        Ok(Self { value, tie })
    }
}

/// The place of a row in a listing by creation; `sql` finds its place in the log by its id.
pub(in crate::views) fn creation_key(
    connection: &Connection,
    sql: &str,
    id: Uuid,
) -> Result<Option<SortKey>, ViewFault> {
    let mut statement = connection.prepare_cached(sql)?;
    let position = statement.query_row([id.as_bytes()], |row| row.get(0));
    let value = position.optional()?.map(SortValue::Int);
    Ok(value.map(|value| SortKey { value, tie: id }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_its_text() {
        let tie = Uuid::from_u128(7);
        for value in [
            SortValue::Int(0),
            SortValue::Int(i64::MIN),
            SortValue::Text("".into()),
            SortValue::Text("pingüinos i7".into()),
        ] {
            let key = SortKey { value, tie };
            assert_eq!(key.to_string().parse(), Ok(key));
        }
    }

    #[test]
    fn other_texts_are_no_places() {
        let tie = Uuid::from_u128(7).simple();
        for text in [
            String::new(),
            "i".to_owned(),
            format!("i{tie}"),
            format!("i{tie}7x"),
            format!("x{tie}7"),
            format!("ü{tie}7"),
            format!("t{}", "ü".repeat(20)),
        ] {
            assert_eq!(text.parse::<SortKey>(), Err(NotASortKey), "{text}");
        }
    }
}
