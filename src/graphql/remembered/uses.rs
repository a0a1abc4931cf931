//! What a document uses variables for, and whether values are good for it.
//!
//! Of all that the engine validates, only arguments with variables in them depend on a request. A
//! document that was valid once is valid again where these fit. A fit is claimed only where the
//! engine would find nothing; in doubt the answer is no, and the engine says what is wrong.

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::registry::{MetaInputValue, MetaType, MetaTypeName, Registry};
use async_graphql::{Name, Positioned, Value, Variables};

/// Gives the value that stands for a variable.
type Put<'p> = dyn FnMut(Name) -> Result<Value, ()> + 'p;
/// Puts variables into a value of the text; none where one of them is not given.
type Filled = Box<dyn Fn(&Variables) -> Option<Value> + Send + Sync>;

/// An argument with variables in it.
struct Use {
    type_name: String,
    written: Written,
}

/// How an argument names variables.
enum Written {
    /// It is one.
    Whole(Name),
    /// Some are within it.
    Within(Filled),
}

/// All that one operation of a document uses variables for.
pub struct Uses(Vec<Use>);

impl std::fmt::Debug for Uses {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{} uses of variables", self.0.len())
    }
}

impl Uses {
    /// What an operation of a valid document uses variables for. All fragments count as its own,
    /// as they do for the engine.
    pub fn of(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        registry: &Registry,
    ) -> Self {
        let mut uses = Finding {
            registry,
            found: Vec::new(),
        };
        for Positioned { node, .. } in document.fragments.values() {
            let on = &*node.type_condition.node.on.node;
            uses.directives(&node.directives);
            uses.selection(&node.selection_set.node, registry.types.get(on));
        }
        let root = match operation.ty {
            OperationType::Query => Some(registry.query_type.as_str()),
            OperationType::Mutation => registry.mutation_type.as_deref(),
            OperationType::Subscription => registry.subscription_type.as_deref(),
        };
        let root = root.and_then(|root| registry.types.get(root));
        uses.directives(&operation.directives);
        uses.selection(&operation.selection_set.node, root);
        Self(uses.found)
    }

    /// Whether these variables are surely good for every use.
    pub fn fit(&self, variables: &Variables, registry: &Registry) -> bool {
        self.0.iter().all(|used| match &used.written {
            // The engine does not look at an argument of which a variable is not given.
            Written::Whole(name) => variables
                .get(name)
                .is_none_or(|value| fits(value, &used.type_name, registry)),
            Written::Within(filled) => {
                filled(variables).is_none_or(|value| fits(&value, &used.type_name, registry))
            }
        })
    }
}

struct Finding<'r> {
    registry: &'r Registry,
    found: Vec<Use>,
}

impl<'r> Finding<'r> {
    fn selection(&mut self, selections: &SelectionSet, on: Option<&'r MetaType>) {
        for Positioned { node, .. } in &selections.items {
            self.directives(node.directives());
            match node {
                Selection::Field(field) => self.field(&field.node, on),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = match condition {
                        Some(on) => self.registry.types.get(on.node.on.node.as_str()),
                        None => on,
                    };
                    self.selection(&fragment.node.selection_set.node, on);
                }
                // Each fragment is looked at by itself.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, field: &Field, on: Option<&'r MetaType>) {
        let known = on.and_then(|on| on.field_by_name(&field.name.node));
        let Some(known) = known else {
            // Only `__typename` and what asks for the schema; the engine looks at neither.
            return;
        };
        for (name, value) in &field.arguments {
            if let Some(argument) = known.args.get(name.node.as_str()) {
                let value = value.node.clone();
                self.add(&argument.ty, move |put| value.clone().into_const_with(put));
            }
        }
        let below = self.registry.concrete_type_by_name(&known.ty);
        self.selection(&field.selection_set.node, below);
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for Positioned { node, .. } in directives {
            let Some(known) = self.registry.directives.get(node.name.node.as_str()) else {
                continue;
            };
            for (name, value) in &node.arguments {
                if let Some(argument) = known.args.get(name.node.as_str()) {
                    let value = value.node.clone();
                    self.add(&argument.ty, move |put| value.clone().into_const_with(put));
                }
            }
        }
    }

    /// Adds an argument, if there are variables in it; `fill` puts values in their places.
    fn add(
        &mut self,
        type_name: &str,
        fill: impl Fn(&mut Put<'_>) -> Result<Value, ()> + Send + Sync + 'static,
    ) {
        let mut named = None;
        let filled = fill(&mut |name| {
            named = Some(name);
            Ok(Value::Null)
        });
        let written = match (named, filled) {
            (None, _) => return,
            // A list or an object with a variable in it is no null.
            (Some(name), Ok(Value::Null)) => Written::Whole(name),
            (Some(_), _) => Written::Within(Box::new(move |variables| {
                fill(&mut |name| variables.get(&name).cloned().ok_or(())).ok()
            })),
        };
        self.found.push(Use {
            type_name: type_name.to_owned(),
            written,
        });
    }
}

/// Whether a value is surely of a type, as the schema writes it.
fn fits(value: &Value, type_name: &str, registry: &Registry) -> bool {
    match MetaTypeName::create(type_name) {
        MetaTypeName::NonNull(inner) => *value != Value::Null && fits(value, inner, registry),
        MetaTypeName::List(inner) => match value {
            Value::Null => true,
            Value::List(entries) => entries.iter().all(|entry| fits(entry, inner, registry)),
            _ => fits(value, inner, registry),
        },
        MetaTypeName::Named(_) if *value == Value::Null => true,
        MetaTypeName::Named(name) => fits_named(value, name, registry),
    }
}

/// Whether a value that is not null is of this type.
fn fits_named(value: &Value, type_name: &str, registry: &Registry) -> bool {
    match (registry.types.get(type_name), value) {
        (Some(MetaType::Scalar { is_valid, .. }), _) => {
            is_valid.as_ref().is_none_or(|is_valid| is_valid(value))
        }
        (Some(MetaType::Enum { enum_values, .. }), Value::Enum(name)) => {
            enum_values.contains_key(name.as_str())
        }
        (Some(MetaType::Enum { enum_values, .. }), Value::String(name)) => {
            enum_values.contains_key(name)
        }
        (
            Some(MetaType::InputObject {
                input_fields,
                oneof,
                ..
            }),
            Value::Object(members),
        ) => {
            let is_one = members.len() == 1 && members.values().all(|value| *value != Value::Null);
            let known = |name: &Name| input_fields.contains_key(name.as_str());
            (!oneof || is_one)
                && members.keys().all(known)
                && input_fields
                    .values()
                    .all(|field| fits_member(members.get(field.name.as_str()), field, registry))
        }
        (Some(_) | None, _) => false,
    }
}

fn fits_member(value: Option<&Value>, field: &MetaInputValue, registry: &Registry) -> bool {
    match value {
        Some(value) => fits(value, &field.ty, registry),
        None => {
            let is_needed = MetaTypeName::create(&field.ty).is_non_null();
            !is_needed || field.default_value.is_some()
        }
    }
}
