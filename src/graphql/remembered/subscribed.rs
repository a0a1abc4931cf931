//! The root of a subscription: one field, found through its fragments.
//!
//! The specification asks for exactly one root field, however it is written. The engine would run
//! several side by side, and none of those that stand in fragments. Only for documents that are
//! valid otherwise; runs nothing.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Pos, Positioned, ServerError};

use crate::graphql::gate::chosen;

/// The document with the one root field standing by itself; none where it does already. Fails when
/// there is not exactly one, or when it might be left out.
pub fn single_root(
    document: &ExecutableDocument,
    operation_name: Option<&str>,
) -> Result<Option<ExecutableDocument>, ServerError> {
    let Some(operation) = chosen(document, operation_name) else {
        return Ok(None);
    };
    let mut found = Vec::new();
    collect(&operation.selection_set.node, document, &mut found)?;
    let Some((first, others)) = found.split_first() else {
        return Ok(None);
    };
    let key = &first.node.response_key().node;
    if let Some(other) = others
        .iter()
        .find(|other| other.node.response_key().node != *key)
    {
        let message = "a subscription has one field at its root, and this one has several";
        return Err(ServerError::new(message, Some(other.pos)));
    }
    if first.node.name.node.starts_with("__") {
        let message = "a subscription cannot ask for the schema at its root";
        return Err(ServerError::new(message, Some(first.pos)));
    }
    let stands_alone = matches!(
        operation.selection_set.node.items.as_slice(),
        [Positioned {
            node: Selection::Field(_),
            ..
        }]
    );
    Ok((!stands_alone).then(|| rooted_at(document, operation_name, merged(first, others))))
}

/// The fields of a root, those in fragments included, in the order of the text. The gate has
/// refused fragments that spread themselves, and bounded what they expand to.
fn collect<'d>(
    selections: &'d SelectionSet,
    document: &'d ExecutableDocument,
    found: &mut Vec<&'d Positioned<Field>>,
) -> Result<(), ServerError> {
    for Positioned { node, pos } in &selections.items {
        refuse_conditions(node, *pos)?;
        match node {
            Selection::Field(field) => found.push(field),
            Selection::InlineFragment(fragment) => {
                collect(&fragment.node.selection_set.node, document, found)?;
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = document.fragments.get(name) {
                    collect(&fragment.node.selection_set.node, document, found)?;
                }
            }
        }
    }
    Ok(())
}

/// What might be left out for the value of a variable would leave a subscription to nothing.
fn refuse_conditions(selection: &Selection, place: Pos) -> Result<(), ServerError> {
    let mut directives = selection.directives().iter();
    if directives.any(|directive| matches!(directive.node.name.node.as_str(), "skip" | "include")) {
        let message = "the root field of a subscription takes neither @skip nor @include";
        return Err(ServerError::new(message, Some(place)));
    }
    Ok(())
}

/// One field with all that is selected on any of these, which are one field to the engine's
/// validation: of one name, with the same arguments.
fn merged(first: &Positioned<Field>, others: &[&Positioned<Field>]) -> Positioned<Field> {
    let mut field = first.clone();
    let items = &mut field.node.selection_set.node.items;
    for other in others {
        items.extend(other.node.selection_set.node.items.iter().cloned());
    }
    field
}

fn rooted_at(
    document: &ExecutableDocument,
    operation_name: Option<&str>,
    root: Positioned<Field>,
) -> ExecutableDocument {
    let mut document = document.clone();
    if let Some(operation) = chosen_mut(&mut document.operations, operation_name) {
        let place = root.pos;
        operation.selection_set.node.items = vec![Positioned::new(Selection::Field(root), place)];
    }
    document
}

fn chosen_mut<'d>(
    operations: &'d mut DocumentOperations,
    operation_name: Option<&str>,
) -> Option<&'d mut OperationDefinition> {
    let operation = match (operations, operation_name) {
        (DocumentOperations::Single(operation), _) => operation,
        (DocumentOperations::Multiple(all), Some(name)) => all.get_mut(name)?,
        (DocumentOperations::Multiple(all), None) => all.values_mut().next()?,
    };
    Some(&mut operation.node)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    /// The names selected on the one root field, or why there is none.
    fn root_of(text: &str) -> Result<String, String> {
        let document = parse_query(text).expect("a document");
        let flat = single_root(&document, None).map_err(|error| error.message)?;
        let document = flat.unwrap_or(document);
        let operation = chosen(&document, None).expect("an operation");
        let [root] = operation.selection_set.node.items.as_slice() else {
            panic!("several roots: {text}");
        };
        let Selection::Field(field) = &root.node else {
            panic!("no field: {text}");
        };
        let key = field.node.response_key().node.to_string();
        let mut found = Vec::new();
        collect(&field.node.selection_set.node, &document, &mut found)
            .map_err(|error| error.message)?;
        let names = found.iter().map(|field| field.node.name.node.as_str());
        Ok(format!("{key}: {}", names.collect::<Vec<_>>().join(" ")))
    }

    #[test]
    fn the_root_is_found_wherever_it_is_written() {
        for (text, expected) in [
            ("subscription { a { x } }", "a: x"),
            ("subscription S { b: a { x } }", "b: x"),
            ("subscription { ...F } fragment F on S { a { x } }", "a: x"),
            ("subscription { ... on S { ... { a { x y } } } }", "a: x y"),
            (
                "subscription { a { x } ...F } fragment F on S { a { y } }",
                "a: x y",
            ),
        ] {
            assert_eq!(root_of(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn several_roots_and_roots_that_may_be_left_out_are_refused() {
        for (text, expected) in [
            ("subscription { a b }", "has one field"),
            ("subscription { a c: a }", "has one field"),
            (
                "subscription { a ...F } fragment F on S { ... { b } }",
                "has one field",
            ),
            ("subscription { __typename }", "cannot ask for the schema"),
            (
                "subscription { a { x } __typename }",
                "has one field at its root",
            ),
            ("subscription($b: Boolean!) { a @skip(if: $b) }", "neither"),
            (
                "subscription($b: Boolean!) { ...F @include(if: $b) } fragment F on S { a }",
                "neither",
            ),
        ] {
            let refused = root_of(text).expect_err(text);
            assert!(refused.contains(expected), "{text}: {refused}");
        }
    }
}
