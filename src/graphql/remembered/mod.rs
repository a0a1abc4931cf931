//! Remembered documents: what was read, judged and found valid once is not read again.
//!
//! Bounded in number and in bytes, the least recently used forgotten first. What depends on the
//! variables is judged for every request: what they make it cost, and whether they fit. A document
//! that was refused, or that is not valid, is never remembered.

mod document;
mod engine;
mod subscribed;
mod uses;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use async_graphql::parser::types::OperationType;
use async_graphql::{Name, Request, SchemaEnv, Value};
use lru::LruCache;

use super::gate::{Cost, Gate, GateLimits, Refused};
use document::{Document, locked};

pub use engine::{GatedEngine, Valid};

/// A request that may go to the engine.
#[derive(Debug)]
pub struct Admitted {
    request: Request,
    candidate: Candidate,
    is_validated: bool,
    /// What kind of operation it runs; none when the document does not have the one that is named,
    /// or has several and none is named. The engine says so.
    pub kind: Option<OperationType>,
    /// What it may cost at most.
    pub requested: Cost,
}

impl Admitted {
    /// Whether an operation of the document asks for the schema itself.
    pub fn asks_for_the_schema(&self) -> bool {
        self.candidate.0.judged.asks_for_the_schema()
    }
}

/// A document that is remembered once the engine has found it valid.
#[derive(Debug, Clone)]
struct Candidate(Arc<Document>);

/// The gate, with the documents that it remembers.
#[derive(Debug)]
pub struct Remembered {
    gate: Gate,
    kept: Mutex<Kept>,
    /// The schema as the engine knows it, once it has validated something.
    schema: OnceLock<Registered>,
}

/// Valid documents by their texts.
#[derive(Debug)]
struct Kept {
    documents: LruCache<Box<str>, Arc<Document>>,
    bytes: usize,
}

/// The engine's schema, which cannot show itself.
struct Registered(SchemaEnv);

impl fmt::Debug for Registered {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Registered")
    }
}

impl Remembered {
    /// Remembers documents of what this gate lets in.
    pub fn new(gate: Gate) -> Self {
        let kept = Kept {
            documents: LruCache::unbounded(),
            bytes: 0,
        };
        Self {
            gate,
            kept: Mutex::new(kept),
            schema: OnceLock::new(),
        }
    }

    /// The limits that hold.
    pub const fn limits(&self) -> &GateLimits {
        self.gate.limits()
    }

    /// Lets a request in, or refuses it.
    pub fn admit(&self, request: Request) -> Result<Admitted, Refused> {
        let text = request.query.as_str();
        let name = request.operation_name.as_deref();
        let known = locked(&self.kept).documents.get(text).cloned();
        let was_valid = known.is_some();
        let document = match known {
            Some(document) => document,
            None => Arc::new(Document::new(text, self.gate.read(text)?)),
        };
        let judged = &document.judged;
        let requested = self.gate.admit(judged, name, &request.variables)?;
        Ok(Admitted {
            kind: judged.kind(name),
            requested,
            is_validated: was_valid && self.fits(&document, &request),
            candidate: Candidate(document),
            request,
        })
    }

    /// How many documents are remembered, and about how many bytes they take.
    pub fn size(&self) -> (usize, usize) {
        let kept = locked(&self.kept);
        (kept.documents.len(), kept.bytes)
    }

    /// Whether the variables are surely good for a document that was found valid.
    fn fits(&self, document: &Document, request: &Request) -> bool {
        let Some(Registered(schema)) = self.schema.get() else {
            return false;
        };
        let uses = document.uses(request.operation_name.as_deref(), &schema.registry);
        uses.is_some_and(|uses| uses.fit(&request.variables, &schema.registry))
    }

    /// Remembers a document that the engine found valid.
    fn keep(&self, Candidate(document): &Candidate, schema: &SchemaEnv) {
        let limits = self.limits();
        if document.text.len() > limits.remembered_text_bytes_max {
            return;
        }
        self.schema.get_or_init(|| Registered(schema.clone()));
        let mut kept = locked(&self.kept);
        let before = kept
            .documents
            .put(document.text.clone(), document.clone())
            .map_or(0, |before| before.bytes);
        kept.bytes = kept.bytes + document.bytes - before;
        while kept.documents.len() > limits.remembered_documents_max
            || kept.bytes > limits.remembered_bytes_max
        {
            let Some((_, forgotten)) = kept.documents.pop_lru() else {
                return;
            };
            kept.bytes -= forgotten.bytes;
        }
    }
}

/// What `extensions.cost` tells of a request: `requested`, `actual` and `limit`.
fn cost_told(requested: Cost, actual: Cost, limit: Cost) -> Value {
    let told = [
        ("requested", requested),
        ("actual", actual),
        ("limit", limit),
    ];
    let told = told.map(|(name, cost)| (Name::new(name), cost.to_value()));
    Value::Object(told.into_iter().collect())
}
