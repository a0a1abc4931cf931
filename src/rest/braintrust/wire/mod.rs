//! The shapes of this API, as they stand on the wire. What a shape means, `translate.rs` says.
//!
//! Members that a shape does not name are passed over.

mod objects;
mod rows;

pub(super) use objects::*;
pub(super) use rows::*;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// What went wrong, for people.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorText(String);

/// A list of objects.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Objects<T: ToSchema> {
    /// The objects, newest first.
    pub objects: Vec<T>,
}

/// Tells a member that was left out (none) from one that is null.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
