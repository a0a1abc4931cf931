//! The document's measure: how deep and how large it is, before the engine touches it.
//!
//! Fragments are measured once, however often they are spread, so that a small document that
//! expands to a huge one costs no more than its text.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::Positioned;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationType, Selection, SelectionSet,
};

use super::error::{Code, Problem};
use super::limits::Limits;

/// How deep selections and fragments may nest in all, so that measuring ends early.
const NESTING_MAX: usize = 128;

/// How deep and how large a selection is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Measure {
    depth: usize,
    introspection_depth: usize,
    fields: u64,
}

impl Measure {
    fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            fields: self.fields.saturating_add(other.fields),
        }
    }

    fn of_field(name: &str, inside: Self) -> Self {
        let fields = inside.fields.saturating_add(1);
        let depth = inside.depth + 1;
        if name.starts_with("__") {
            Self {
                depth: 0,
                introspection_depth: depth,
                fields,
            }
        } else {
            Self {
                depth,
                fields,
                ..inside
            }
        }
    }
}

/// Refuses a document that is too deep or too large.
pub fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), Problem> {
    let mut walk = Walk {
        document,
        measured: HashMap::new(),
    };
    for (_, operation) in document.operations.iter() {
        let found = walk.measure(&operation.node.selection_set.node, 0)?;
        let within = found.depth <= limits.depth_max
            && found.introspection_depth <= limits.introspection_depth_max;
        if !within {
            return Err(too_deep());
        }
        if found.fields > limits.expanded_fields_max {
            let message = "the document has too many fields once its fragments are expanded";
            return Err(too_complex(message));
        }
    }
    Ok(())
}

/// What kind of operation a request runs; none when the document does not have it.
pub fn operation_type(
    document: &ExecutableDocument,
    operation_name: Option<&str>,
) -> Option<OperationType> {
    match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), _) => Some(operation.node.ty),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| operation.node.ty)
        }
        (DocumentOperations::Multiple(operations), None) => {
            let mut operations = operations.values();
            operations.next().map(|operation| operation.node.ty)
        }
    }
}

fn too_deep() -> Problem {
    too_complex("the document nests fields too deep")
}

fn too_complex(message: &str) -> Problem {
    let hint = "Ask for less at a time: fewer fields, or several requests.";
    Problem::new(Code::QueryTooComplex, message, hint)
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    /// Fragments measured; none while one is being measured.
    measured: HashMap<&'a Name, Option<Measure>>,
}

impl<'a> Walk<'a> {
    fn measure(
        &mut self,
        selections: &'a SelectionSet,
        nesting: usize,
    ) -> Result<Measure, Problem> {
        if nesting > NESTING_MAX {
            return Err(too_deep());
        }
        let mut sum = Measure::default();
        for Positioned { node, .. } in &selections.items {
            let found = match node {
                Selection::Field(field) => {
                    let inside = &field.node.selection_set.node;
                    let inside = self.measure(inside, nesting + 1)?;
                    Measure::of_field(&field.node.name.node, inside)
                }
                Selection::InlineFragment(fragment) => {
                    self.measure(&fragment.node.selection_set.node, nesting + 1)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, nesting + 1)?
                }
            };
            sum = sum.beside(found);
        }
        Ok(sum)
    }

    /// The measure of a fragment. One that is missing or spreads itself counts as nothing: the
    /// engine refuses it.
    fn fragment(&mut self, name: &'a Name, nesting: usize) -> Result<Measure, Problem> {
        if let Some(measured) = self.measured.get(name) {
            return Ok(measured.unwrap_or_default());
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Measure::default());
        };
        self.measured.insert(name, None);
        let found = self.measure(&fragment.node.selection_set.node, nesting)?;
        self.measured.insert(name, Some(found));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn fits(text: &str) -> bool {
        let document = parse_query(text).expect("a document");
        check(&document, &Limits::default()).is_ok()
    }

    fn nested(name: &str, depth: usize) -> String {
        let open = format!("{{ {name} ").repeat(depth);
        open + &"}".repeat(depth)
    }

    #[test]
    fn a_document_may_be_12_deep_and_15_in_the_schema() {
        assert!(fits(&nested("a", 12)));
        assert!(!fits(&nested("a", 13)));
        let schema = |depth| format!("{{ __schema {} }}", nested("a", depth));
        assert!(fits(&schema(14)));
        assert!(!fits(&schema(15)));
    }

    #[test]
    fn fragments_that_double_are_counted_without_expanding_them() {
        let mut text = "{ ...f0 }".to_owned();
        for level in 0..60 {
            let next = level + 1;
            text += &format!(" fragment f{level} on Query {{ ...f{next} ...f{next} }}");
        }
        text += " fragment f60 on Query { a }";
        assert!(!fits(&text));
    }

    #[test]
    fn fragments_in_a_circle_or_a_long_chain_end() {
        assert!(fits(
            "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a x }"
        ));
        let mut text = "{ ...f0 }".to_owned();
        for level in 0..20_000 {
            text += &format!(" fragment f{level} on Query {{ ...f{} }}", level + 1);
        }
        assert!(!fits(&text));
    }

    #[test]
    fn the_operation_that_is_named_decides() {
        let document = parse_query("query a { x } subscription b { y }").expect("a document");
        assert_eq!(
            operation_type(&document, Some("b")),
            Some(OperationType::Subscription)
        );
        assert_eq!(operation_type(&document, Some("c")), None);
    }
}
