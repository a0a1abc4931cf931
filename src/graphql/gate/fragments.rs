//! The order in which fragments are judged: each after those that it spreads.
//!
//! Finds the fragments that spread themselves, before anything walks into one. It visits each
//! fragment once and calls itself for none; only selections within each other nest, which the
//! parser bounds.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, FragmentDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};

use super::refused::{Reason, Refused};

/// The fragments of a document, each after those that it spreads, and the steps it took.
#[derive(Debug)]
pub struct Ordered<'d> {
    /// The fragments with their names.
    pub fragments: Vec<(&'d Name, &'d FragmentDefinition)>,
    /// How many selections were looked at.
    pub steps: u64,
}

/// A fragment, with those that it spreads.
struct Node<'d> {
    name: &'d Name,
    definition: &'d Positioned<FragmentDefinition>,
    spreads: Vec<usize>,
}

/// How far the search has come with a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visit {
    Unseen,
    Open,
    Done,
}

/// Orders the fragments of a document, or refuses one that spreads itself. Spreads of fragments
/// that are not there are the engine's to refuse.
pub fn order(document: &ExecutableDocument) -> Result<Ordered<'_>, Refused> {
    let places: HashMap<&Name, usize> = document.fragments.keys().zip(0..).collect();
    let mut steps = 0;
    let mut nodes = Vec::with_capacity(places.len());
    for (name, definition) in &document.fragments {
        let mut spreads = Vec::new();
        let selections = &definition.node.selection_set.node;
        steps += collect(selections, &places, &mut spreads);
        nodes.push(Node {
            name,
            definition,
            spreads,
        });
    }
    let mut visits = vec![Visit::Unseen; nodes.len()];
    let mut fragments = Vec::with_capacity(nodes.len());
    for start in 0..nodes.len() {
        if visits[start] != Visit::Unseen {
            continue;
        }
        visits[start] = Visit::Open;
        // The fragments on the way, each with how many of its spreads were followed.
        let mut way = vec![(start, 0)];
        while let Some((at, followed)) = way.last_mut() {
            let node = &nodes[*at];
            let Some(&next) = node.spreads.get(*followed) else {
                visits[*at] = Visit::Done;
                fragments.push((node.name, &node.definition.node));
                way.pop();
                continue;
            };
            *followed += 1;
            steps += 1;
            match visits[next] {
                Visit::Done => {}
                Visit::Open => return Err(circular(&nodes[next])),
                Visit::Unseen => {
                    visits[next] = Visit::Open;
                    way.push((next, 0));
                }
            }
        }
    }
    Ok(Ordered { fragments, steps })
}

fn circular(node: &Node<'_>) -> Refused {
    let refused = Refused {
        reason: Reason::Circular {
            fragment: node.name.clone(),
        },
        place: None,
    };
    refused.at(node.definition.pos)
}

/// Collects the fragments that are spread in these selections; tells how many selections it saw.
fn collect(
    selections: &SelectionSet,
    places: &HashMap<&Name, usize>,
    spreads: &mut Vec<usize>,
) -> u64 {
    let mut steps = 0;
    for Positioned { node, .. } in &selections.items {
        steps += 1;
        match node {
            Selection::Field(field) => {
                steps += collect(&field.node.selection_set.node, places, spreads);
            }
            Selection::InlineFragment(fragment) => {
                steps += collect(&fragment.node.selection_set.node, places, spreads);
            }
            Selection::FragmentSpread(spread) => {
                spreads.extend(places.get(&spread.node.fragment_name.node));
            }
        }
    }
    steps
}
