//! What every stored shape is made of: the bridge between a domain value and its stored form, and
//! the forms of single values: text, digest, time.
//!
//! A stored form is checked when it is parsed, so loading it cannot fail. Never derive one from a
//! domain type: the domain may change, what is stored may not.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::digest::Digest;
use crate::domain::ids::{
    ApiKeyId, DatasetId, LedgerId, OperationId, Position, ProjectId, Revision, SnapshotId, TaskId,
};
use crate::domain::values::Name;

/// A domain value that has the stored form `Form`.
pub(super) trait Stored<Form> {
    /// Its stored form.
    fn store(&self) -> Form;

    /// The value of a stored form.
    fn load(form: Form) -> Self;
}

/// Declares stored shapes as a table: field of the domain struct, its stored form, its stored name.
/// Every field is always written, `null` when there is none; an unknown one is an error.
macro_rules! shapes {
    ($($shape:ident of $domain:ident {
        $($field:ident: $form:ty = $name:literal,)*
    })+) => {$(
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::event_log::record) struct $shape {
            $(#[serde(rename = $name)] $field: $form,)*
        }

        impl $crate::event_log::record::shape::Stored<$shape> for $domain {
            fn store(&self) -> $shape {
                $shape { $($field: Stored::store(&self.$field),)* }
            }

            fn load(form: $shape) -> Self {
                Self { $($field: Stored::load(form.$field),)* }
            }
        }
    )+};
}
pub(super) use shapes;

impl<Form, Value: Stored<Form>> Stored<Option<Form>> for Option<Value> {
    fn store(&self) -> Option<Form> {
        self.as_ref().map(Value::store)
    }

    fn load(form: Option<Form>) -> Self {
        form.map(Value::load)
    }
}

impl<Form, Value: Stored<Form>> Stored<Vec<Form>> for Vec<Value> {
    fn store(&self) -> Vec<Form> {
        self.iter().map(Value::store).collect()
    }

    fn load(form: Vec<Form>) -> Self {
        form.into_iter().map(Value::load).collect()
    }
}

macro_rules! stored_as_they_are {
    ($($plain:ty)+) => {$(
        impl Stored<$plain> for $plain {
            fn store(&self) -> $plain {
                *self
            }

            fn load(form: $plain) -> Self {
                form
            }
        }
    )+};
}
stored_as_they_are! { bool u32 u64 Uuid }

macro_rules! stored_as_what_they_wrap {
    ($($wrapper:ident($inner:ty))+) => {$(
        impl Stored<$inner> for $wrapper {
            fn store(&self) -> $inner {
                self.0
            }

            fn load(form: $inner) -> Self {
                Self(form)
            }
        }
    )+};
}
stored_as_what_they_wrap! {
    LedgerId(Uuid) ProjectId(Uuid) DatasetId(Uuid) SnapshotId(Uuid) OperationId(Uuid) TaskId(Uuid)
    ApiKeyId(Uuid) Revision(u64) Position(u64)
}

/// Any text, as it is.
pub(super) struct Text(Arc<str>);

impl Stored<Text> for Arc<str> {
    fn store(&self) -> Text {
        Text(self.clone())
    }

    fn load(form: Text) -> Self {
        form.0
    }
}

impl Stored<Text> for Name {
    fn store(&self) -> Text {
        Text(self.as_str().into())
    }

    fn load(form: Text) -> Self {
        Self::recorded(&form.0)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextOf("a text", |text| Some(Self(text.into()))))
    }
}

/// A digest as 64 lower-case hex digits.
pub(super) struct Hex(Digest);

impl Stored<Hex> for Digest {
    fn store(&self) -> Hex {
        Hex(*self)
    }

    fn load(form: Hex) -> Self {
        form.0
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const DIGITS: [char; 16] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
        ];
        let mut text = String::with_capacity(64);
        for byte in self.0.as_bytes() {
            text.push(DIGITS[usize::from(byte >> 4)]);
            text.push(DIGITS[usize::from(byte & 15)]);
        }
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextOf("64 hex digits", |text| text.parse().ok().map(Self)))
    }
}

/// A time as RFC 3339 in UTC with six digits of the second; finer parts are cut off.
pub(super) struct Time(DateTime<Utc>);

impl Stored<Time> for DateTime<Utc> {
    fn store(&self) -> Time {
        Time(*self)
    }

    fn load(form: Time) -> Self {
        form.0
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextOf("an RFC 3339 time", |text| {
            let time = DateTime::parse_from_rfc3339(text).ok()?;
            Some(Self(time.to_utc().trunc_subsecs(6)))
        }))
    }
}

/// Reads a value from its text, or says what the text should have been.
pub(super) struct TextOf<Form>(pub &'static str, pub fn(&str) -> Option<Form>);

impl<Form> Visitor<'_> for TextOf<Form> {
    type Value = Form;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Form, E> {
        (self.1)(text).ok_or_else(|| E::custom(format_args!("{text:?} is not {}", self.0)))
    }
}
