//! Judging a parsed document: how deep and how large each operation is, and the plan of its cost.
//!
//! Every fragment is judged once, after those that it spreads, and every selection once: the work
//! is linear in the text, whatever the text expands to. Whether the document is valid is the
//! engine's to say.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, InlineFragment, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Value, Variables};

use super::cost::Cost;
use super::figures::Figures;
use super::fragments;
use super::index::{Index, TypeId};
use super::limits::GateLimits;
use super::plan::{FieldPrice, Plan, Priced, Sum};
use super::refused::{Excess, Refused};
use super::rows::Rows;

/// What a document asks for, as far as its text tells.
#[derive(Debug)]
pub struct Judged {
    operations: Vec<Operation>,
    plan: Plan,
    /// How many selections, directives and arguments were looked at.
    pub steps: u64,
}

/// An operation of a document.
#[derive(Debug)]
struct Operation {
    name: Option<Name>,
    kind: OperationType,
    figures: Figures,
    introspection_cost: Cost,
    price: Priced,
    defaults: Vec<(Name, Value)>,
    place: Pos,
}

impl Operation {
    /// The value of a variable: as given, else as the operation says.
    fn variable<'v>(&'v self, given: &'v Variables, name: &Name) -> Option<&'v Value> {
        let default = || self.defaults.iter().find(|(known, _)| known == name);
        given
            .get(name)
            .or_else(|| default().map(|(_, value)| value))
    }
}

impl Judged {
    /// What kind of operation runs; none when the document does not have it, or has several and
    /// none is named.
    pub fn kind(&self, operation_name: Option<&str>) -> Option<OperationType> {
        self.chosen(operation_name).map(|operation| operation.kind)
    }

    /// What the operation costs with these variables; nothing where none is chosen, for then the
    /// engine runs none.
    pub fn cost(&self, operation_name: Option<&str>, variables: &Variables) -> Cost {
        let Some(operation) = self.chosen(operation_name) else {
            return Cost::default();
        };
        let lookup = |name: &Name| operation.variable(variables, name);
        self.plan.weight(operation.price, &lookup).on_a_page(1)
    }

    /// Whether any of its operations asks for the schema itself.
    pub fn asks_for_the_schema(&self) -> bool {
        let mut operations = self.operations.iter();
        operations.any(|operation| operation.figures.introspection_depth > 0)
    }

    /// How many steps [`Judged::cost`] takes at most.
    pub fn open_steps(&self) -> usize {
        self.plan.open_parts()
    }

    fn chosen(&self, name: Option<&str>) -> Option<&Operation> {
        match (name, self.operations.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(_), operations) => operations
                .iter()
                .find(|operation| operation.name.as_deref() == name),
        }
    }

    fn check(&self, limits: &GateLimits) -> Result<(), Refused> {
        let mut expanded = Figures::default();
        for operation in &self.operations {
            let refused = |refused: Refused| refused.at(operation.place);
            operation.figures.check(limits).map_err(refused)?;
            if operation.introspection_cost > limits.introspection_cost_max {
                let limit = limits.introspection_cost_max.whole();
                return Err(refused(Refused::too_much(Excess::IntrospectionCost, limit)));
            }
            // The engine walks all operations, whichever it runs; the rest counts for each alone.
            expanded.fields = expanded.fields.saturating_add(operation.figures.fields);
            expanded.spreads = expanded.spreads.saturating_add(operation.figures.spreads);
        }
        expanded.check(limits)
    }
}

/// Judges a document, or refuses it for what its text alone tells.
pub fn judge(
    document: &ExecutableDocument,
    index: &Index,
    limits: &GateLimits,
) -> Result<Judged, Refused> {
    let judged = measure(document, index)?;
    judged.check(limits)?;
    Ok(judged)
}

/// Measures a document, or refuses one of which a fragment spreads itself.
pub(super) fn measure(document: &ExecutableDocument, index: &Index) -> Result<Judged, Refused> {
    let ordered = fragments::order(document)?;
    let mut judge = Judge {
        index,
        fragments: HashMap::with_capacity(ordered.fragments.len()),
        plan: Plan::default(),
        steps: ordered.steps,
    };
    for (name, fragment) in ordered.fragments {
        let on = index.object(&fragment.type_condition.node.on.node);
        let mut found = judge.selection(&fragment.selection_set.node, on);
        found.figures = found.figures.with(0, fragment.directives.len());
        judge.fragments.insert(name, found);
    }
    let operations = document.operations.iter();
    let operations = operations
        .map(|(name, operation)| judge.operation(name, operation))
        .collect();
    Ok(Judged {
        operations,
        plan: judge.plan,
        steps: judge.steps,
    })
}

/// What was found of a selection.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    figures: Figures,
    introspection_cost: Cost,
    price: Priced,
}

/// What is being found of a selection.
#[derive(Debug, Default)]
struct Finding {
    figures: Figures,
    introspection_cost: Cost,
    sum: Sum,
}

impl Finding {
    fn add(&mut self, figures: Figures, introspection_cost: Cost) {
        self.figures = self.figures.beside(figures);
        self.introspection_cost = self.introspection_cost.and(introspection_cost);
    }
}

struct Judge<'d> {
    index: &'d Index,
    fragments: HashMap<&'d Name, Found>,
    plan: Plan,
    steps: u64,
}

impl<'d> Judge<'d> {
    fn operation(
        &mut self,
        name: Option<&Name>,
        operation: &'d Positioned<OperationDefinition>,
    ) -> Operation {
        let Positioned { node, pos } = operation;
        let found = self.selection(&node.selection_set.node, self.index.root(node.ty));
        let mut directives = node.directives.len();
        let mut defaults = Vec::new();
        for Positioned { node: variable, .. } in &node.variable_definitions {
            self.steps += 1;
            directives += variable.directives.len();
            if let Some(default) = &variable.default_value {
                defaults.push((variable.name.node.clone(), default.node.clone()));
            }
        }
        Operation {
            name: name.cloned(),
            kind: node.ty,
            figures: found.figures.with(0, directives),
            introspection_cost: found.introspection_cost,
            price: found.price,
            defaults,
            place: *pos,
        }
    }

    /// Judges what is selected on a type.
    fn selection(&mut self, selections: &'d SelectionSet, on: Option<TypeId>) -> Found {
        let mut finding = Finding::default();
        for Positioned { node, .. } in &selections.items {
            self.steps += 1;
            match node {
                Selection::Field(field) => self.field(&field.node, on, &mut finding),
                Selection::InlineFragment(fragment) => {
                    let found = self.inline(&fragment.node, on);
                    let directives = fragment.node.directives.len();
                    include(found, directives, &mut finding);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let found = self.fragments.get(name).copied().unwrap_or_default();
                    include(found, spread.node.directives.len(), &mut finding);
                }
            }
        }
        Found {
            figures: finding.figures.of_selection(),
            introspection_cost: finding.introspection_cost,
            price: self.plan.close(finding.sum),
        }
    }

    fn inline(&mut self, fragment: &'d InlineFragment, on: Option<TypeId>) -> Found {
        let on = match &fragment.type_condition {
            Some(condition) => self.index.object(&condition.node.on.node),
            None => on,
        };
        self.selection(&fragment.selection_set.node, on)
    }

    fn field(&mut self, field: &'d Field, on: Option<TypeId>, finding: &mut Finding) {
        // What the field has in its text is looked at a bounded number of times.
        self.steps += (field.directives.len() + field.arguments.len()) as u64;
        let entry = on.and_then(|on| self.index.field(on, &field.name.node));
        let selected = &field.selection_set.node;
        let has_selection = !selected.items.is_empty();
        let below = if has_selection {
            self.selection(selected, entry.and_then(|entry| entry.object))
        } else {
            Found::default()
        };
        let itself = if has_selection {
            Cost::of_objects(1)
        } else {
            Cost::of_leaves(1)
        };
        let aliases = usize::from(field.alias.is_some());
        let figures = below.figures.with(aliases, field.directives.len());
        if asks_for_the_schema(&field.name.node) {
            let cost = match below.price {
                Priced::Known(weight) => weight.on_a_page(1),
                // No page of the schema is asked for by variables: the engine refuses this.
                Priced::Step(_) => Cost::default(),
            };
            let rows = entry.and_then(|entry| Rows::of(entry, field).known());
            let cost = itself.and(cost).times(rows.unwrap_or(1));
            let cost = below.introspection_cost.and(cost);
            return finding.add(figures.of_introspection(), cost);
        }
        finding.add(figures.of_field(), below.introspection_cost);
        finding.sum.add_field(match entry {
            Some(entry) => FieldPrice::known(entry, Rows::of(entry, field), itself, below.price),
            None => FieldPrice::unknown(itself, below.price),
        });
    }
}

fn asks_for_the_schema(name: &Name) -> bool {
    matches!(name.as_str(), "__schema" | "__type")
}

/// Adds what a fragment selects to the selection in which it stands.
fn include(found: Found, directives: usize, finding: &mut Finding) {
    let figures = found.figures.of_fragment().with(0, directives);
    finding.add(figures, found.introspection_cost);
    finding.sum.add_selection(found.price);
}
