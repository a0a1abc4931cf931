//! What an input says: its members without those that say nothing.
//!
//! A member that is absent, null or equal to its default says the same, and a lone entry says the
//! same as a list of it. Goes by the schema's own types, so that what stands inside a JSON value
//! is left as it is, and so that an optional member which a later version adds changes nothing.
//! Never judges an input: the engine has done that before.

use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use async_graphql::{Name, Value, indexmap::IndexMap};

/// What the input of a mutation says.
pub fn said(registry: &Registry, mutation: &str, input: Value) -> Value {
    let mutations = registry.mutation_type.as_ref();
    let field = mutations
        .and_then(|name| registry.types.get(name))
        .and_then(|mutations| mutations.field_by_name(mutation));
    match field.and_then(|field| field.args.values().next()) {
        Some(argument) => of_type(registry, &argument.ty, input),
        None => input,
    }
}

fn of_type(registry: &Registry, ty: &str, value: Value) -> Value {
    match (MetaTypeName::create(ty), value) {
        (_, Value::Null) => Value::Null,
        (MetaTypeName::NonNull(ty), value) => of_type(registry, ty, value),
        (MetaTypeName::List(ty), Value::List(entries)) => {
            let entries = entries.into_iter();
            Value::List(entries.map(|entry| of_type(registry, ty, entry)).collect())
        }
        (MetaTypeName::List(ty), entry) => Value::List(vec![of_type(registry, ty, entry)]),
        (MetaTypeName::Named(name), Value::Object(members)) => match registry.types.get(name) {
            Some(MetaType::InputObject { input_fields, .. }) => {
                let told = members.into_iter().filter_map(|(name, value)| {
                    let Some(field) = input_fields.get(name.as_str()) else {
                        return Some((name, value));
                    };
                    let value = of_type(registry, &field.ty, value);
                    let says_nothing = match &field.default_value {
                        _ if value == Value::Null => true,
                        Some(default) => is_written(&value, default),
                        None => false,
                    };
                    (!says_nothing).then_some((name, value))
                });
                Value::Object(told.collect::<IndexMap<Name, Value>>())
            }
            // A scalar whose values are objects: all of it is told.
            _ => Value::Object(members),
        },
        (MetaTypeName::Named(_), value) => value,
    }
}

/// Whether a value is the one that is written so in the schema. A word of an enum comes as a text
/// when it comes in a variable.
fn is_written(value: &Value, written: &str) -> bool {
    match value {
        Value::String(text) if text == written => true,
        value => value.to_string() == written,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Enum, InputObject, Json, Object, OutputType};
    use serde_json::json;

    use super::*;

    #[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
    enum Colour {
        Red,
        Blue,
    }

    #[derive(InputObject)]
    struct Sheep {
        name: Option<String>,
        #[graphql(default_with = "Some(Colour::Red)")]
        colour: Option<Colour>,
        data: Json<serde_json::Value>,
    }

    #[derive(InputObject)]
    struct Flock {
        #[graphql(default = 3)]
        dogs: i32,
        #[graphql(default_with = "Some(false)")]
        is_fenced: Option<bool>,
        sheep: Option<Vec<Sheep>>,
    }

    struct Meadow;

    #[Object]
    impl Meadow {
        async fn graze(&self, input: Flock) -> i32 {
            input.dogs
        }
    }

    fn said_of(input: serde_json::Value) -> Value {
        let mut registry = Registry::default();
        Meadow::create_type_info(&mut registry);
        registry.mutation_type = Some("Meadow".to_owned());
        let input = Value::from_json(input).expect("an input");
        said(&registry, "graze", input)
    }

    #[test]
    fn what_is_unsaid_and_what_is_said_as_its_default_are_the_same() {
        let bare = json!({ "sheep": [{ "data": { "x": null } }] });
        let table = [
            json!({ "dogs": 3, "sheep": [{ "data": { "x": null } }] }),
            json!({ "isFenced": false, "sheep": [{ "data": { "x": null } }] }),
            json!({ "isFenced": null, "sheep": [{ "data": { "x": null } }] }),
            json!({ "sheep": [{ "colour": "RED", "name": null, "data": { "x": null } }] }),
            json!({ "sheep": { "data": { "x": null } } }),
        ];
        for input in table {
            assert_eq!(said_of(input.clone()), said_of(bare.clone()), "{input}");
        }
    }

    #[test]
    fn what_is_said_otherwise_differs() {
        let table = [
            json!({}),
            json!({ "dogs": 4 }),
            json!({ "isFenced": true }),
            json!({ "sheep": [] }),
            json!({ "sheep": [{ "data": {} }] }),
            json!({ "sheep": [{ "data": { "x": null } }] }),
            json!({ "sheep": [{ "data": { "dogs": 3 } }] }),
            json!({ "sheep": [{ "data": {}, "colour": "BLUE" }] }),
            json!({ "sheep": [{ "data": {}, "name": "" }] }),
        ];
        for (index, one) in table.iter().enumerate() {
            for other in &table[index + 1..] {
                assert_ne!(
                    said_of(one.clone()),
                    said_of(other.clone()),
                    "{one} {other}"
                );
            }
        }
    }
}
