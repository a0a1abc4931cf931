//! One document that was read and judged, with what was learnt of it since.
//!
//! What is learnt is bounded by the document itself, or by a number here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;

use crate::graphql::gate::{Judged, Reading, Shape, chosen};

/// What one token of a document takes when parsed and judged, roughly, in bytes.
const TOKEN_BYTES: usize = 256;
/// How many ways of asking are remembered of one document; others are validated each time.
const ASKINGS_MAX: usize = 16;
/// How many variables an operation may have and be remembered: as many as a mask has bits.
const VARIABLES_MAX: usize = 64;

/// A way of asking: which operation, and which of its variables are given.
///
/// The engine does not look at an argument of which a variable is not given, so that what it finds
/// valid in one way of asking is not valid in another. Of the same way, only values differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    operation_name: Option<Box<str>>,
    given: u64,
}

impl Asking {
    /// How this request asks; none when it asks for no operation, or one of too many variables.
    pub fn of(
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Option<Self> {
        let definitions = &chosen(document, operation_name)?.variable_definitions;
        if definitions.len() > VARIABLES_MAX {
            return None;
        }
        let given = definitions
            .iter()
            .zip(0..)
            .fold(0, |given, (definition, place)| {
                let is_given = variables.contains_key(&definition.node.name.node);
                given | (u64::from(is_given) << place)
            });
        Some(Self {
            operation_name: operation_name.map(Into::into),
            given,
        })
    }
}

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
    /// The ways of asking that the engine found valid.
    valid: Mutex<Vec<Asking>>,
    /// The shape of the answers of each operation, once one was asked for.
    shapes: Mutex<Vec<(Option<Box<str>>, Arc<Shape>)>>,
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
            valid: Mutex::default(),
            shapes: Mutex::default(),
        }
    }

    /// Whether the engine found it valid when asked like this.
    pub fn is_valid(&self, asking: &Asking) -> bool {
        locked(&self.valid).contains(asking)
    }

    /// The engine found it valid when asked like this.
    pub fn found_valid(&self, asking: &Asking) {
        let mut valid = locked(&self.valid);
        if valid.len() < ASKINGS_MAX && !valid.contains(asking) {
            valid.push(asking.clone());
        }
    }

    /// The shape of an operation's answers, made when first asked for; none when the document does
    /// not have the operation.
    pub fn shape(&self, operation_name: Option<&str>) -> Option<Arc<Shape>> {
        let mut shapes = locked(&self.shapes);
        let known = shapes
            .iter()
            .find(|(name, _)| name.as_deref() == operation_name);
        if let Some((_, shape)) = known {
            return Some(shape.clone());
        }
        let shape = Arc::new(Shape::of(&self.parsed, operation_name)?);
        shapes.push((operation_name.map(Into::into), shape.clone()));
        Some(shape)
    }
}

/// What a mutex guards. Whoever held it and fell left it whole: nothing here falls half-way.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
