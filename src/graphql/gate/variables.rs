//! The variables of a request: how deep they are, and whether they fit the types that the document
//! declares for them.
//!
//! A fit spares the engine its validation of a document that it has validated before. So it is
//! claimed only where the engine would find nothing; in doubt the answer is no, and the engine
//! says what is wrong.

use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use async_graphql::registry::{MetaInputValue, MetaType, MetaTypeName, Registry};
use async_graphql::{Name, Positioned, Value, Variables};

use super::refused::{Excess, Refused};

/// Refuses variables whose lists and objects nest deeper than this.
pub fn check_depth(variables: &Variables, depth_max: u64) -> Result<(), Refused> {
    // The variables themselves are no level. Values that are left, each with its depth.
    let mut left: Vec<(&Value, u64)> = variables.values().map(|value| (value, 0)).collect();
    while let Some((value, above)) = left.pop() {
        let depth = above + 1;
        match value {
            Value::List(entries) => left.extend(entries.iter().map(|entry| (entry, depth))),
            Value::Object(members) => left.extend(members.values().map(|entry| (entry, depth))),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => continue,
        }
        if depth > depth_max {
            return Err(Refused::too_much(Excess::VariablesDepth, depth_max));
        }
    }
    Ok(())
}

/// Whether each variable is surely of the type that the operation declares for it.
pub fn fit(operation: &OperationDefinition, variables: &Variables, registry: &Registry) -> bool {
    let mut definitions = operation.variable_definitions.iter();
    definitions.all(|Positioned { node, .. }| {
        let declared = &node.var_type.node;
        match variables.get(&node.name.node) {
            None => declared.nullable || node.default_value.is_some(),
            // A default makes the variable good where no null is: then the engine must look.
            Some(Value::Null) => declared.nullable && node.default_value.is_none(),
            Some(value) => fits_declared(value, declared, registry),
        }
    })
}

fn fits_declared(value: &Value, declared: &Type, registry: &Registry) -> bool {
    if let Value::Null = value {
        return declared.nullable;
    }
    match (&declared.base, value) {
        (BaseType::List(inner), Value::List(entries)) => entries
            .iter()
            .all(|entry| fits_declared(entry, inner, registry)),
        (BaseType::List(inner), _) => fits_declared(value, inner, registry),
        (BaseType::Named(name), _) => fits_named(value, name, registry),
    }
}

/// As [`fits_declared`], of a type as the schema writes it.
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
