//! One document that was read and judged, with what was learnt of its operations since.
//!
//! What is learnt is bounded by the document itself: each thing once for each operation it has.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::registry::Registry;

use super::uses::Uses;
use crate::graphql::gate::{Judged, Reading, Shape, chosen};

/// What one token of a document takes when parsed and judged, roughly, in bytes.
const TOKEN_BYTES: usize = 256;

/// A document that was read and judged.
#[derive(Debug)]
pub struct Document {
    /// Its text.
    pub text: Box<str>,
    /// As the parser read it.
    pub parsed: ExecutableDocument,
    /// What it asks for.
    pub judged: Judged,
    /// About how many bytes all this takes.
    pub bytes: usize,
    uses: ByOperation<Uses>,
    shapes: ByOperation<Shape>,
}

impl Document {
    /// A document of this text.
    pub fn new(text: &str, reading: Reading) -> Self {
        let tokens = usize::try_from(reading.counted.tokens).unwrap_or(usize::MAX);
        // The text stands here twice, as a text and as a key, and once in its parts.
        let texts = text.len().saturating_mul(3);
        Self {
            text: text.into(),
            parsed: reading.document,
            judged: reading.judged,
            bytes: texts.saturating_add(tokens.saturating_mul(TOKEN_BYTES)),
            uses: ByOperation::default(),
            shapes: ByOperation::default(),
        }
    }

    /// What an operation uses variables for; none when the document does not have it. Only for a
    /// document that this schema found valid.
    pub fn uses(&self, operation_name: Option<&str>, registry: &Registry) -> Option<Arc<Uses>> {
        self.uses.learn(operation_name, || {
            let operation = chosen(&self.parsed, operation_name)?;
            Some(Uses::of(&self.parsed, operation, registry))
        })
    }

    /// The shape of an operation's answers; none when the document does not have it.
    pub fn shape(&self, operation_name: Option<&str>) -> Option<Arc<Shape>> {
        self.shapes
            .learn(operation_name, || Shape::of(&self.parsed, operation_name))
    }
}

/// Something that is learnt of each operation when first asked for.
#[derive(Debug)]
struct ByOperation<T>(Mutex<Vec<Learnt<T>>>);

/// What was learnt of the operation of this name.
#[derive(Debug)]
struct Learnt<T> {
    name: Option<Box<str>>,
    told: Arc<T>,
}

impl<T> Default for ByOperation<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> ByOperation<T> {
    /// What is known of the operation of this name, or what `learn` tells; nothing where it tells
    /// nothing, as it does of names that the document does not have.
    fn learn(&self, name: Option<&str>, learn: impl FnOnce() -> Option<T>) -> Option<Arc<T>> {
        let mut known = locked(&self.0);
        if let Some(found) = known.iter().find(|known| known.name.as_deref() == name) {
            return Some(found.told.clone());
        }
        let told = Arc::new(learn()?);
        known.push(Learnt {
            name: name.map(Into::into),
            told: told.clone(),
        });
        Some(told)
    }
}

/// What a mutex guards. Whoever held it and fell left it whole: nothing here falls half-way.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
