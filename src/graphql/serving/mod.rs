//! Serving: one request from its text to its answers, the same for every transport.
//!
//! ```text
//! prepare: gate ─ validation ─ variables ─► Prepared ─ begin: charge ─ wait ─► Begun
//!          refused here: nothing has run                                       answer, or answers
//! ```
//!
//! A transport decides between the two steps whether it carries this kind of operation. What broke
//! inside is logged here, once, and told to nobody.

mod begun;
mod measured;
mod refusals;
mod telling;

#[cfg(test)]
mod tests;

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::parser;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request, ScalarType, Value};
use uuid::Uuid;

use super::error::{Code, Problem};
use super::figures::Figures;
use super::limits::Limits;
use super::remembered::{GatedEngine, Valid};
use super::scalars::Xact;
use super::visit::Visit;
use super::{Engine, builder};
use crate::auth::Principal;
use crate::domain::ids::XactId;
use crate::ledger::Ledger;

pub use begun::{Begun, Prepared};
use measured::Measured;
pub use refusals::{Refusals, Why};
pub use telling::{LEFT_OUT, server_error};

/// The member of a request's extensions that says which event the answer must know of.
const MIN_XACT_ID: &str = "minXactId";
/// The longest text that is read where other requests wait: a longer one takes milliseconds.
const TEXT_IN_LINE_BYTES_MAX: usize = 64 << 10;

/// Takes the cost of a request from what its principal may spend; fails with the seconds to wait.
pub type Charge = dyn Fn(&Principal, f64) -> Result<(), u64> + Send + Sync;

/// The graph over one ledger. Clones are handles to the same one.
#[derive(Clone)]
pub struct Schema {
    inner: Arc<Inner>,
    charge: Option<Arc<Charge>>,
}

struct Inner {
    engine: Engine,
    ledger: Ledger,
    limits: Limits,
    figures: Arc<Figures>,
}

/// The graph over a ledger. Fails when the text of the graph cannot be read again, which is a fault
/// of the program.
pub fn build(ledger: Ledger, limits: Limits) -> Result<Schema, parser::Error> {
    let build = || {
        if limits.introspection {
            return builder();
        }
        builder().disable_introspection().disable_suggestions()
    };
    let inner = Inner {
        engine: GatedEngine::new(build, limits.gate)?,
        ledger,
        limits,
        figures: Arc::default(),
    };
    Ok(Schema {
        inner: Arc::new(inner),
        charge: None,
    })
}

impl Schema {
    /// The same, with the cost of each request taken from what its principal may spend.
    #[must_use]
    pub fn charging(self, charge: Arc<Charge>) -> Self {
        Self {
            charge: Some(charge),
            ..self
        }
    }

    /// The limits that hold.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// What is measured of the operations.
    pub fn figures(&self) -> Arc<Figures> {
        self.inner.figures.clone()
    }

    /// The ledger that is served.
    pub fn ledger(&self) -> &Ledger {
        &self.inner.ledger
    }

    /// Reads, judges and validates a request. Nothing has run and nothing is charged when it is
    /// refused, or when what was prepared is dropped.
    pub async fn prepare(
        &self,
        principal: &Principal,
        request: Request,
    ) -> Result<Prepared, Refusals> {
        principal.note();
        let prepared = self.prepared_somewhere(principal, request).await;
        if let Err(refusals) = &prepared {
            self.measured(None).answered(refusals.errors());
        }
        prepared
    }

    async fn prepared_somewhere(
        &self,
        principal: &Principal,
        request: Request,
    ) -> Result<Prepared, Refusals> {
        if request.query.len() <= TEXT_IN_LINE_BYTES_MAX {
            return self.prepared(principal, request);
        }
        let (schema, principal) = (self.clone(), principal.clone());
        let read = tokio::task::spawn_blocking(move || schema.prepared(&principal, request));
        match read.await {
            Ok(prepared) => prepared,
            Err(fault) => Err(self.refused(Problem::fault(fault.to_string()))),
        }
    }

    /// Prepares a request and begins it: for transports that carry operations of every kind.
    pub async fn begin(&self, principal: &Principal, request: Request) -> Result<Begun, Refusals> {
        self.prepare(principal, request).await?.begin().await
    }

    fn prepared(&self, principal: &Principal, request: Request) -> Result<Prepared, Refusals> {
        let Inner { engine, limits, .. } = &*self.inner;
        let min_xact_id = min_xact_id(&request).map_err(|problem| self.refused(problem))?;
        // Where names are not to be told, only those that the document has itself are.
        let id = correlation(&request);
        let said = (!limits.introspection).then(|| Arc::from(request.query.as_str()));
        let admitted = engine.admit(request);
        let admitted = admitted.map_err(|refused| Refusals::of_gate(&refused))?;
        if admitted.asks_for_the_schema() && !limits.introspection {
            return Err(self.refused(introspection_is_off()));
        }
        let Some(kind) = admitted.kind else {
            return Err(self.refused(no_such_operation()));
        };
        let valid = engine.validate(admitted);
        let valid = valid.map_err(|errors| {
            Refusals::of_document(errors, said.as_deref(), limits.errors_listed_max)
        })?;
        if let Some(problem) = missing_variable(&valid) {
            return Err(self.refused(problem));
        }
        Ok(Prepared {
            visit: Visit::new(&self.inner.ledger, principal, id, *limits),
            schema: self.clone(),
            principal: principal.clone(),
            kind,
            valid,
            min_xact_id,
            said,
            measured: self.measured(Some(kind)),
        })
    }

    /// Counts an operation of this kind, from here to its end.
    fn measured(&self, kind: Option<OperationType>) -> Measured {
        let Inner {
            figures, ledger, ..
        } = &*self.inner;
        Measured::begin(figures.clone(), ledger.clone(), kind)
    }

    /// A refusal of this schema's, for what a transport does not carry.
    pub fn refused(&self, problem: Problem) -> Refusals {
        Refusals::of(problem, self.inner.ledger.new_request_id())
    }
}

/// A request, which its transport knows under this id already.
pub fn known_as(request: Request, id: Option<Uuid>) -> Request {
    match id {
        Some(id) => request.data(KnownAs(id)),
        None => request,
    }
}

/// The id under which a transport knows a request.
struct KnownAs(Uuid);

fn correlation(request: &Request) -> Option<Uuid> {
    let known = request.data.get(&TypeId::of::<KnownAs>())?;
    known.downcast_ref::<KnownAs>().map(|known| known.0)
}

/// What the request says its answer must know of.
fn min_xact_id(request: &Request) -> Result<Option<XactId>, Problem> {
    match request.extensions.get(MIN_XACT_ID) {
        None | Some(Value::Null) => Ok(None),
        Some(wanted) => {
            let wanted = Xact::parse(wanted.clone()).unwrap_or(Xact::Malformed);
            wanted.checked("extensions.minXactId").map(Some)
        }
    }
}

fn introspection_is_off() -> Problem {
    let hint = "Leave __schema and __type out; the server's operator can switch them on.";
    let message = "this server does not tell its schema";
    Problem::new(Code::GraphqlValidationFailed, message, hint)
}

fn no_such_operation() -> Problem {
    let hint = "Give operationName the name of one of the document's operations.";
    let message = "the document does not have the operation that is named, \
        or has several of which none is named";
    Problem::new(Code::GraphqlValidationFailed, message, hint)
}

fn missing_variable(valid: &Valid) -> Option<Problem> {
    let missing = valid.missing_variables().next()?;
    let (name, of) = (&missing.name.node, &missing.var_type.node);
    let message = format!("the variable ${name} must have a value of type {of}");
    let hint = "Give each variable whose type ends in ! a value that is not null.";
    Some(Problem::new(Code::BadInput, message, hint))
}
