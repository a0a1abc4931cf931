//! The types of the schema itself, and how long their lists are.
//!
//! No schema's text names them, yet every client may ask for them: through `fields` and `type` a
//! short document can ask for the schema many times over. Only their cost is told here.

use std::collections::HashMap;

use async_graphql::parser::types::{
    FieldDefinition, ServiceDocument, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

use super::index::innermost;

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

/// Types that every schema has and none writes: five scalars, and those of the schema itself.
const UNWRITTEN_TYPES: u64 = 13;

/// How long the lists of this schema are, each by its type and field.
///
/// Nobody can choose among the types that `types` or `type` leads to. So a list is as long as the
/// mean, over all types or over those of all fields or of all arguments, whichever is longest.
pub fn lengths(schema: &ServiceDocument) -> Vec<((&'static str, &'static str), u64)> {
    let mut found = Found::default();
    let mut directives: u64 = 0;
    for definition in &schema.definitions {
        match definition {
            TypeSystemDefinition::Type(Positioned { node, .. }) => found.add(node),
            TypeSystemDefinition::Directive(_) => directives += 1,
            TypeSystemDefinition::Schema(_) => {}
        }
    }
    let arguments = mean(found.arguments.len() as u64, found.fields.len() as u64);
    let typical = |list| found.typical(list);
    vec![
        (
            ("__Schema", "types"),
            found.types.len() as u64 + UNWRITTEN_TYPES,
        ),
        (("__Schema", "directives"), directives.max(1)),
        (("__Type", "fields"), typical(List::Fields)),
        (("__Type", "interfaces"), typical(List::Interfaces)),
        (("__Type", "possibleTypes"), typical(List::Members)),
        (("__Type", "enumValues"), typical(List::EnumValues)),
        (("__Type", "inputFields"), typical(List::InputFields)),
        (("__Field", "args"), arguments),
        (("__Directive", "args"), arguments),
        (("__Directive", "locations"), 1),
    ]
}

/// How many times as long as the mean the list of fields of one type may be: the type that
/// `__type` begins with is the caller's choice.
pub fn length_of_one_chosen(schema: &ServiceDocument) -> u64 {
    let mut found = Found::default();
    for definition in &schema.definitions {
        if let TypeSystemDefinition::Type(Positioned { node, .. }) = definition {
            found.add(node);
        }
    }
    let fields = found
        .lengths
        .iter()
        .filter(|((list, _), _)| *list == List::Fields);
    let longest = fields.map(|(_, length)| *length).max().unwrap_or(1);
    longest.div_ceil(found.typical(List::Fields))
}

/// A list that a type may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum List {
    Fields,
    Interfaces,
    Members,
    EnumValues,
    InputFields,
}

/// What there is in a schema, each by the name of its type.
#[derive(Default)]
struct Found<'s> {
    types: Vec<&'s Name>,
    fields: Vec<&'s Name>,
    arguments: Vec<&'s Name>,
    lengths: HashMap<(List, &'s Name), u64>,
}

impl<'s> Found<'s> {
    fn add(&mut self, definition: &'s TypeDefinition) {
        let name = &definition.name.node;
        self.types.push(name);
        match &definition.kind {
            TypeKind::Object(object) => self.add_fields(name, &object.fields, &object.implements),
            TypeKind::Interface(interface) => {
                self.add_fields(name, &interface.fields, &interface.implements);
            }
            TypeKind::Union(union) => self.set(List::Members, name, union.members.len()),
            TypeKind::Enum(values) => self.set(List::EnumValues, name, values.values.len()),
            TypeKind::InputObject(object) => {
                self.set(List::InputFields, name, object.fields.len());
                let types = object.fields.iter().map(|field| &field.node.ty.node);
                self.arguments.extend(types.map(|of| innermost(of).0));
            }
            TypeKind::Scalar => {}
        }
    }

    fn add_fields(
        &mut self,
        name: &'s Name,
        fields: &'s [Positioned<FieldDefinition>],
        interfaces: &'s [Positioned<Name>],
    ) {
        self.set(List::Fields, name, fields.len());
        self.set(List::Interfaces, name, interfaces.len());
        for Positioned {
            node: interface, ..
        } in interfaces
        {
            *self.lengths.entry((List::Members, interface)).or_default() += 1;
        }
        for Positioned { node: field, .. } in fields {
            self.fields.push(innermost(&field.ty.node).0);
            let arguments = field
                .arguments
                .iter()
                .map(|argument| &argument.node.ty.node);
            self.arguments.extend(arguments.map(|of| innermost(of).0));
        }
    }

    fn set(&mut self, list: List, name: &'s Name, length: usize) {
        // A schema's lists are far shorter than 2^64.
        self.lengths.insert((list, name), length as u64);
    }

    fn typical(&self, list: List) -> u64 {
        let reached = [&self.types, &self.fields, &self.arguments];
        let means = reached.map(|names| {
            let lengths = names
                .iter()
                .filter_map(|name| self.lengths.get(&(list, *name)));
            mean(lengths.sum(), names.len() as u64)
        });
        means.into_iter().fold(1, u64::max)
    }
}

/// The mean of so many that have this sum, rounded up; at least one.
fn mean(sum: u64, count: u64) -> u64 {
    sum.div_ceil(count.max(1)).max(1)
}
