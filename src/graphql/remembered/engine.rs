//! The engine behind the gate: nothing runs but what was admitted.
//!
//! There are two engines over one schema. The full one validates; what it finds valid is
//! remembered. The brief one runs what was found valid before. The brief one has no extension: the
//! library asks every extension about every field of an answer, so that one which remembers would
//! cost more on a page of 50 rows than the validation that it spares (`benches/gate.rs`).

use std::sync::Arc;

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::parser;
use async_graphql::{
    ObjectType, Request, Response, Schema, SchemaBuilder, ServerError, SubscriptionType,
    ValidationMode, ValidationResult,
};
use futures_util::stream::BoxStream;

use super::{Admitted, Candidate, Remembered, cost_told};
use crate::graphql::gate::{Gate, GateLimits, Refused};

/// The engine of a schema, behind its gate. Clones are handles to the same one.
pub struct GatedEngine<Query, Mutation, Subscription> {
    full: Schema<Query, Mutation, Subscription>,
    brief: Schema<Query, Mutation, Subscription>,
    remembered: Arc<Remembered>,
}

impl<Query, Mutation, Subscription> Clone for GatedEngine<Query, Mutation, Subscription> {
    fn clone(&self) -> Self {
        Self {
            full: self.full.clone(),
            brief: self.brief.clone(),
            remembered: self.remembered.clone(),
        }
    }
}

impl<Query, Mutation, Subscription> GatedEngine<Query, Mutation, Subscription>
where
    Query: ObjectType + 'static,
    Mutation: ObjectType + 'static,
    Subscription: SubscriptionType + 'static,
{
    /// An engine of what this builds; it is built for each engine, and must be the same each time.
    /// Fails when the schema's own text cannot be read again.
    pub fn new(
        build: impl Fn() -> SchemaBuilder<Query, Mutation, Subscription>,
        limits: GateLimits,
    ) -> Result<Self, parser::Error> {
        let nesting_max = usize::try_from(limits.nesting_max).unwrap_or(usize::MAX);
        // The gate has judged the nesting; the library's own bound must not be the narrower one.
        let build = || build().limit_recursive_depth(nesting_max);
        let sdl = build().finish().sdl();
        let remembered = Arc::new(Remembered::new(Gate::new(&sdl, limits)?));
        Ok(Self {
            full: build().extension(Witness(remembered.clone())).finish(),
            brief: build().validation_mode(ValidationMode::Fast).finish(),
            remembered,
        })
    }

    /// Lets a request in, or refuses it.
    pub fn admit(&self, request: Request) -> Result<Admitted, Refused> {
        self.remembered.admit(request)
    }

    /// The documents that are remembered.
    pub fn remembered(&self) -> &Remembered {
        &self.remembered
    }

    /// Runs a query or a mutation. The answer's `extensions.cost` tells `requested`, `actual` and
    /// `limit`.
    pub async fn execute(&self, admitted: Admitted) -> Response {
        let Candidate(document) = admitted.candidate.clone();
        let (requested, name) = (admitted.requested, admitted.request.operation_name.clone());
        let (engine, request) = self.prepared(admitted);
        let response = engine.execute(request).await;
        let shape = document.shape(name.as_deref());
        let actual = shape.map(|shape| shape.cost(&response.data));
        let limit = self.remembered.limits().cost_max;
        let told = cost_told(requested, actual.unwrap_or_default(), limit);
        response.extension("cost", told)
    }

    /// Runs an operation of any kind: a subscription gives many answers.
    pub fn stream(&self, admitted: Admitted) -> BoxStream<'static, Response> {
        let (engine, request) = self.prepared(admitted);
        engine.execute_stream(request)
    }

    fn prepared(&self, admitted: Admitted) -> (&Schema<Query, Mutation, Subscription>, Request) {
        let Admitted {
            mut request,
            candidate,
            is_validated,
            ..
        } = admitted;
        request.set_parsed_query(candidate.0.parsed.clone());
        if is_validated {
            return (&self.brief, request);
        }
        (&self.full, request.data(candidate))
    }
}

/// Sees what the full engine finds valid.
struct Witness(Arc<Remembered>);

impl ExtensionFactory for Witness {
    fn create(&self) -> Arc<dyn Extension> {
        self.0.clone()
    }
}

#[async_trait]
impl Extension for Remembered {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let found = next.run(ctx).await?;
        if let Ok(candidate) = ctx.data::<Candidate>() {
            self.keep(candidate, ctx.schema_env);
        }
        Ok(found)
    }
}
