//! The types of the schema itself, and how long their lists are.
//!
//! No schema's text names them, yet every client may ask for them: through `fields` and `type` a
//! short document can ask for the schema many times over. Only their cost is told here.

use async_graphql::Positioned;
use async_graphql::parser::types::{
    FieldDefinition, ServiceDocument, TypeKind, TypeSystemDefinition,
};

use super::index::objects;

/// The fields at the root of a query that ask for the schema itself, with their types.
pub const ROOT_FIELDS: [(&str, &str); 2] = [("__schema", "__Schema"), ("__type", "__Type")];

/// The types of the schema itself, as the specification gives them; leaves are all `String` here.
pub const TYPES: &str = "
type __Schema {
  description: String types: [__Type!]! queryType: __Type! mutationType: __Type
  subscriptionType: __Type directives: [__Directive!]!
}
type __Type {
  kind: String! name: String description: String specifiedByURL: String isOneOf: String
  fields(includeDeprecated: String): [__Field!] interfaces: [__Type!] possibleTypes: [__Type!]
  enumValues(includeDeprecated: String): [__EnumValue!]
  inputFields(includeDeprecated: String): [__InputValue!] ofType: __Type
}
type __Field {
  name: String! description: String args(includeDeprecated: String): [__InputValue!]!
  type: __Type! isDeprecated: String! deprecationReason: String
}
type __InputValue {
  name: String! description: String type: __Type! defaultValue: String
  isDeprecated: String! deprecationReason: String
}
type __EnumValue {
  name: String! description: String isDeprecated: String! deprecationReason: String
}
type __Directive {
  name: String! description: String locations: [String!]! isRepeatable: String!
  args(includeDeprecated: String): [__InputValue!]!
}
";

/// How long the lists of this schema are, each by its type and field.
///
/// A list that is reached through another is as long as the mean weighed by length: long lists are
/// reached more often, and whoever wants much goes where they are.
pub fn lengths(schema: &ServiceDocument) -> Vec<((&'static str, &'static str), u64)> {
    let mut types: u64 = 0;
    let mut directives: u64 = 0;
    let (mut enum_values, mut inputs, mut interfaces, mut members) =
        (vec![], vec![], vec![], vec![]);
    for definition in &schema.definitions {
        let kind = match definition {
            TypeSystemDefinition::Type(Positioned { node, .. }) => &node.kind,
            TypeSystemDefinition::Directive(_) => {
                directives += 1;
                continue;
            }
            TypeSystemDefinition::Schema(_) => continue,
        };
        types += 1;
        match kind {
            TypeKind::Object(object) => interfaces.push(object.implements.len()),
            TypeKind::Interface(interface) => interfaces.push(interface.implements.len()),
            TypeKind::Union(union) => members.push(union.members.len()),
            TypeKind::Enum(values) => enum_values.push(values.values.len()),
            TypeKind::InputObject(object) => inputs.push(object.fields.len()),
            TypeKind::Scalar => {}
        }
    }
    let fields: Vec<_> = objects(schema).map(|(_, fields)| fields).collect();
    let arguments = fields.iter().copied().flatten().map(arguments_of);
    // An interface's possible types are at most as many as implement any.
    members.push(interfaces.iter().filter(|count| **count > 0).count());
    let arguments = typical(arguments);
    vec![
        (("__Schema", "types"), types),
        (("__Schema", "directives"), directives.max(1)),
        (("__Type", "fields"), typical(fields.iter().map(|fields| fields.len()))),
        (("__Type", "interfaces"), typical(interfaces)),
        (("__Type", "possibleTypes"), typical(members)),
        (("__Type", "enumValues"), typical(enum_values)),
        (("__Type", "inputFields"), typical(inputs)),
        (("__Field", "args"), arguments),
        (("__Directive", "args"), arguments),
        (("__Directive", "locations"), 1),
    ]
}

fn arguments_of(field: &Positioned<FieldDefinition>) -> usize {
    field.node.arguments.len()
}

/// The mean of these lengths, each weighed by itself, rounded up; at least one.
fn typical(lengths: impl IntoIterator<Item = usize>) -> u64 {
    let (mut sum, mut squares) = (0_u64, 0_u64);
    for length in lengths {
        // A schema's lengths are far below where their squares overflow.
        let length = length as u64;
        sum += length;
        squares += length * length;
    }
    squares.div_ceil(sum.max(1)).max(1)
}
