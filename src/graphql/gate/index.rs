//! The index of the schema: what the gate must know of a field to tell its cost.
//!
//! Built once from the schema's own text. It does not validate: a field that it does not know is
//! left to the engine.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, OperationType, ServiceDocument, Type,
    TypeKind, TypeSystemDefinition,
};
use async_graphql::parser::{self, parse_schema};
use async_graphql::{Name, Positioned, Value};

use super::introspection;
use super::limits::GateLimits;

/// The rows of one batch of a subscription, at most: what its resolver allows.
const BATCH_ROWS_MAX: u64 = 1_000;
/// The entries of a list argument that are counted at most: its resolver refuses more.
const ENTRIES_MAX: u64 = 500;

/// A type, as a place in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeId(usize);

/// How many rows a field gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sizing {
    /// One; or a list that nobody can ask to be longer, counted as one.
    Once,
    /// A page: as many as the largest of these arguments says, else so many.
    Page {
        /// The arguments, each with the most that it can bring.
        arguments: Vec<(Name, u64)>,
        /// When no argument is given.
        rows_default: u64,
    },
    /// As many as the list in this argument has entries.
    Entries {
        /// The argument.
        argument: Name,
        /// The most entries.
        rows_max: u64,
    },
    /// About as many, whatever is asked: lists of the schema itself.
    About(u64),
}

/// What is known of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldEntry {
    /// The type of the object or objects that it gives; none for a leaf.
    pub object: Option<TypeId>,
    /// Whether it gives a list.
    pub is_list: bool,
    /// How many rows it gives.
    pub sizing: Sizing,
}

/// All fields of all object and interface types.
#[derive(Debug, Default)]
pub struct Index {
    names: HashMap<Name, TypeId>,
    fields: Vec<HashMap<Name, FieldEntry>>,
    query: Option<TypeId>,
    mutation: Option<TypeId>,
    subscription: Option<TypeId>,
}

impl Index {
    /// The index of a schema given as text. Fails when the text is no schema.
    pub fn new(sdl: &str, limits: &GateLimits) -> Result<Self, parser::Error> {
        let schema = parse_schema(sdl)?;
        let meta = parse_schema(introspection::TYPES)?;
        let mut index = Self::default();
        index.name_types(&schema);
        index.name_types(&meta);
        index.name_roots(&schema);
        index.add_fields(&schema, limits);
        index.add_fields(&meta, limits);
        index.add_introspection(&schema);
        Ok(index)
    }

    /// The type of this name; none when it is no object or interface.
    pub fn object(&self, name: &Name) -> Option<TypeId> {
        self.names.get(name).copied()
    }

    /// The type at the root of an operation.
    pub const fn root(&self, operation: OperationType) -> Option<TypeId> {
        match operation {
            OperationType::Query => self.query,
            OperationType::Mutation => self.mutation,
            OperationType::Subscription => self.subscription,
        }
    }

    /// A field of a type.
    pub fn field(&self, of: TypeId, name: &Name) -> Option<&FieldEntry> {
        self.fields[of.0].get(name)
    }

    fn name_types(&mut self, schema: &ServiceDocument) {
        for (name, _) in objects(schema) {
            let id = TypeId(self.fields.len());
            self.names.insert(name.clone(), id);
            self.fields.push(HashMap::new());
        }
        // A union has no fields of its own, yet is no leaf.
        for (name, kind) in types(schema) {
            if matches!(kind, TypeKind::Union(_)) {
                let id = TypeId(self.fields.len());
                self.names.insert(name.clone(), id);
                self.fields.push(HashMap::new());
            }
        }
    }

    fn name_roots(&mut self, schema: &ServiceDocument) {
        self.query = self.object(&Name::new("Query"));
        self.mutation = self.object(&Name::new("Mutation"));
        self.subscription = self.object(&Name::new("Subscription"));
        for definition in &schema.definitions {
            let TypeSystemDefinition::Schema(Positioned { node, .. }) = definition else {
                continue;
            };
            let named = |name: &Option<Positioned<Name>>| {
                name.as_ref().and_then(|name| self.object(&name.node))
            };
            let (query, mutation) = (named(&node.query), named(&node.mutation));
            let subscription = named(&node.subscription);
            self.query = query.or(self.query);
            self.mutation = mutation.or(self.mutation);
            self.subscription = subscription.or(self.subscription);
        }
    }

    fn add_fields(&mut self, schema: &ServiceDocument, limits: &GateLimits) {
        for (name, fields) in objects(schema) {
            let Some(id) = self.object(name) else {
                continue;
            };
            for Positioned { node: field, .. } in fields {
                let (inner, is_list) = innermost(&field.ty.node);
                let entry = FieldEntry {
                    object: self.object(inner),
                    is_list,
                    sizing: sizing(field, is_list, limits),
                };
                self.fields[id.0].insert(field.name.node.clone(), entry);
            }
        }
    }

    /// The fields that ask for the schema itself, and how long its lists are.
    fn add_introspection(&mut self, schema: &ServiceDocument) {
        let lengths = introspection::lengths(schema);
        for ((type_name, field), rows) in lengths {
            let id = self.object(&Name::new(type_name));
            let entry = id.and_then(|id| self.fields[id.0].get_mut(&Name::new(field)));
            if let Some(entry) = entry {
                entry.sizing = Sizing::About(rows);
            }
        }
        for (field, object) in introspection::ROOT_FIELDS {
            let entry = FieldEntry {
                object: self.object(&Name::new(object)),
                is_list: false,
                // One type, but maybe as long as so many.
                sizing: match field {
                    "__type" => Sizing::About(introspection::length_of_one_chosen(schema)),
                    _ => Sizing::Once,
                },
            };
            if let Some(query) = self.query {
                self.fields[query.0].insert(Name::new(field), entry);
            }
        }
    }
}

fn types(schema: &ServiceDocument) -> impl Iterator<Item = (&Name, &TypeKind)> {
    schema.definitions.iter().filter_map(|definition| {
        if let TypeSystemDefinition::Type(Positioned { node, .. }) = definition {
            return Some((&node.name.node, &node.kind));
        }
        None
    })
}

/// The types that have fields.
fn objects(
    schema: &ServiceDocument,
) -> impl Iterator<Item = (&Name, &[Positioned<FieldDefinition>])> {
    types(schema).filter_map(|(name, kind)| match kind {
        TypeKind::Object(object) => Some((name, object.fields.as_slice())),
        TypeKind::Interface(interface) => Some((name, interface.fields.as_slice())),
        TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => {
            None
        }
    })
}

/// The name inside all lists, and whether there is a list at all.
pub(super) fn innermost(of: &Type) -> (&Name, bool) {
    match &of.base {
        BaseType::Named(name) => (name, false),
        BaseType::List(inner) => (innermost(inner).0, true),
    }
}

fn sizing(field: &FieldDefinition, is_list: bool, limits: &GateLimits) -> Sizing {
    let arguments = field.arguments.iter().map(|argument| &argument.node);
    let paging: Vec<_> = arguments
        .clone()
        .filter_map(|argument| Some((argument, page_rows_max(argument, limits)?)))
        .collect();
    if !paging.is_empty() {
        let mut defaults = paging
            .iter()
            .filter_map(|(argument, _)| whole_number(argument.default_value.as_ref()?));
        return Sizing::Page {
            rows_default: defaults.next().unwrap_or(limits.page_rows_default),
            arguments: paging
                .into_iter()
                .map(|(argument, rows_max)| (argument.name.node.clone(), rows_max))
                .collect(),
        };
    }
    let mut lists = arguments.filter(|argument| {
        matches!(argument.ty.node.base, BaseType::List(_)) && !argument.ty.node.nullable
    });
    match lists.next() {
        Some(argument) if is_list => Sizing::Entries {
            argument: argument.name.node.clone(),
            rows_max: ENTRIES_MAX,
        },
        Some(_) | None => Sizing::Once,
    }
}

/// How many rows an argument can bring, when it says how large a page is.
fn page_rows_max(argument: &InputValueDefinition, limits: &GateLimits) -> Option<u64> {
    match argument.name.node.as_str() {
        "first" | "last" => Some(limits.page_rows_max),
        "maxBatch" => Some(BATCH_ROWS_MAX),
        _ => None,
    }
}

fn whole_number(value: &Positioned<Value>) -> Option<u64> {
    match &value.node {
        Value::Number(number) => number.as_u64(),
        Value::Null
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_)
        | Value::List(_)
        | Value::Object(_) => None,
    }
}
