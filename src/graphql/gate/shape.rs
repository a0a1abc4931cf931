//! The shape of an answer: which of its members are objects, so that what it did cost can be told.
//!
//! A JSON value of an item looks like an object of the graph; only the document tells them apart.
//! A shape is as large as the expanded document: make one only of a document that was judged.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value};

use super::chosen;
use super::cost::Cost;

/// The members of an answer's object that are objects themselves, or lists of them.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    members: IndexMap<Name, Shape>,
}

impl Shape {
    /// The shape of an operation's answers; none when the document does not have it.
    pub fn of(document: &ExecutableDocument, operation_name: Option<&str>) -> Option<Self> {
        let operation = chosen(document, operation_name)?;
        let mut shape = Self::default();
        shape.add(&operation.selection_set.node, document);
        Some(shape)
    }

    /// What an answer's data cost: 1 for each object in it, 0.1 for each leaf. What tells of the
    /// schema itself costs as a leaf.
    pub fn cost(&self, data: &Value) -> Cost {
        match data {
            Value::Object(_) => self.weigh(data, Cost::default()),
            _ => Cost::default(),
        }
    }

    /// What a value costs whose objects are of this shape; `itself` is an object's own cost.
    fn weigh(&self, value: &Value, itself: Cost) -> Cost {
        let members = match value {
            Value::Object(members) => members,
            Value::List(entries) => {
                let costs = entries.iter().map(|entry| self.weigh(entry, itself));
                return costs.fold(Cost::default(), Cost::and);
            }
            _ => return Cost::of_leaves(1),
        };
        let mut cost = itself;
        let mut objects = 0;
        for (name, shape) in &self.members {
            if let Some(value) = members.get(name) {
                cost = cost.and(shape.weigh(value, Cost::of_objects(1)));
                objects += 1;
            }
        }
        // Every other member is a leaf, whatever it looks like.
        cost.and(Cost::of_leaves(members.len().saturating_sub(objects) as u64))
    }

    fn add(&mut self, selections: &SelectionSet, document: &ExecutableDocument) {
        for Positioned { node, .. } in &selections.items {
            match node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let selected = &field.selection_set.node;
                    if !selected.items.is_empty() && !field.name.node.starts_with("__") {
                        let key = field.response_key().node.clone();
                        self.members.entry(key).or_default().add(selected, document);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.add(&fragment.node.selection_set.node, document);
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = document.fragments.get(&spread.node.fragment_name.node);
                    if let Some(fragment) = fragment {
                        self.add(&fragment.node.selection_set.node, document);
                    }
                }
            }
        }
    }
}
