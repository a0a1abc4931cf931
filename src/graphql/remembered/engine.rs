//! The engine behind the gate: nothing runs but what was admitted and is valid.
//!
//! There are two engines over one schema. The validator runs nothing; what it finds valid is
//! remembered. The runner validates nothing. It has no extension: the library asks every extension
//! about every field of an answer, so that one which remembers would cost more on a page of 50 rows
//! than the validation that it spares (`benches/gate.rs`).

use std::any::Any;
use std::sync::Arc;

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation,
};
use async_graphql::parser;
use async_graphql::parser::types::{ExecutableDocument, OperationType, VariableDefinition};
use async_graphql::{
    ObjectType, Request, Response, Schema, SchemaBuilder, ServerError, SubscriptionType,
    ValidationMode, ValidationResult, Value,
};
use futures_util::FutureExt;
use futures_util::stream::BoxStream;

use super::document::Document;
use super::{Admitted, Candidate, Remembered, cost_told, subscribed};
use crate::graphql::gate::{Cost, Gate, GateLimits, Refused, chosen};

/// What is told should the library ever wait while it validates.
const UNDECIDED: &str = "the document could not be validated";

/// The engine of a schema, behind its gate. Clones are handles to the same one.
pub struct GatedEngine<Query, Mutation, Subscription> {
    validator: Schema<Query, Mutation, Subscription>,
    runner: Schema<Query, Mutation, Subscription>,
    remembered: Arc<Remembered>,
}

impl<Query, Mutation, Subscription> Clone for GatedEngine<Query, Mutation, Subscription> {
    fn clone(&self) -> Self {
        Self {
            validator: self.validator.clone(),
            runner: self.runner.clone(),
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
            validator: build().extension(Witness(remembered.clone())).finish(),
            runner: build().validation_mode(ValidationMode::Fast).finish(),
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

    /// Validates what was let in, unless it was found valid before. Runs nothing, waits for
    /// nothing; what it tells are errors of the request.
    pub fn validate(&self, admitted: Admitted) -> Result<Valid, Vec<ServerError>> {
        let Admitted {
            request,
            candidate,
            is_validated,
            kind,
            requested,
        } = admitted;
        let Candidate(document) = &candidate;
        if !is_validated {
            let mut asked = Request::new("").variables(request.variables.clone());
            asked.operation_name.clone_from(&request.operation_name);
            asked.set_parsed_query(document.parsed.clone());
            let validated = self.validator.execute(asked.data(candidate.clone()));
            let response = validated.now_or_never();
            // Nothing that the validator does can wait.
            let response = response.ok_or_else(|| vec![ServerError::new(UNDECIDED, None)])?;
            response.into_result()?;
        }
        let mut flat = None;
        if kind == Some(OperationType::Subscription) {
            let name = request.operation_name.as_deref();
            flat = subscribed::single_root(&document.parsed, name).map_err(|error| vec![error])?;
        }
        Ok(Valid {
            document: candidate.0,
            request,
            flat,
            requested,
        })
    }

    /// Runs a query or a mutation. The answer's `extensions.cost` tells `requested`, `actual` and
    /// `limit`.
    pub async fn run(&self, valid: Valid) -> Response {
        let (document, requested) = (valid.document.clone(), valid.requested);
        let name = valid.request.operation_name.clone();
        let response = self.runner.execute(valid.prepared()).await;
        let shape = document.shape(name.as_deref());
        let actual = shape.map(|shape| shape.cost(&response.data));
        let limit = self.remembered.limits().cost_max;
        let told = cost_told(requested, actual.unwrap_or_default(), limit);
        response.extension("cost", told)
    }

    /// Runs an operation of any kind: a subscription gives many answers.
    pub fn stream(&self, valid: Valid) -> BoxStream<'static, Response> {
        self.runner.execute_stream(valid.prepared())
    }

    /// Validates and runs a query or a mutation; errors of the request are the answer's.
    pub async fn execute(&self, admitted: Admitted) -> Response {
        match self.validate(admitted) {
            Ok(valid) => self.run(valid).await,
            Err(errors) => Response::from_errors(errors),
        }
    }
}

/// A request whose document is valid, with variables that fit.
#[derive(Debug)]
pub struct Valid {
    document: Arc<Document>,
    request: Request,
    /// The document as it runs, where that is not the one that was read.
    flat: Option<ExecutableDocument>,
    /// What it may cost at most.
    pub requested: Cost,
}

impl Valid {
    /// The name by which the request asks for its operation.
    pub fn operation_name(&self) -> Option<&str> {
        self.request.operation_name.as_deref()
    }

    /// The request, with something for its resolvers.
    #[must_use]
    pub fn with_data(mut self, data: impl Any + Send + Sync) -> Self {
        self.request.data.insert(data);
        self
    }

    /// The variables that must have a value and were given none.
    pub fn missing_variables(&self) -> impl Iterator<Item = &VariableDefinition> {
        let name = self.request.operation_name.as_deref();
        let operation = chosen(&self.document.parsed, name);
        let variables = operation
            .into_iter()
            .flat_map(|found| &found.variable_definitions);
        variables.map(|variable| &variable.node).filter(|variable| {
            match self.request.variables.get(&variable.name.node) {
                None => variable.default_value.is_none() && !variable.var_type.node.nullable,
                Some(value) => *value == Value::Null && !variable.var_type.node.nullable,
            }
        })
    }

    fn prepared(self) -> Request {
        let mut request = self.request;
        let document = self.flat.unwrap_or_else(|| self.document.parsed.clone());
        request.set_parsed_query(document);
        request
    }
}

/// Sees what the validator finds valid, and lets it run nothing.
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

    async fn execute(
        &self,
        _: &ExtensionContext<'_>,
        _: Option<&str>,
        _: NextExecute<'_>,
    ) -> Response {
        Response::default()
    }
}
