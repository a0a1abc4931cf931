//! The gate's stories, before the schema that is served.

mod attacks;
mod costs;
mod edges;
mod growth;
mod ordinary;
mod tokens;

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use serde_json::{Value, json};

use super::*;

/// The schema that is served.
const SCHEMA: &str = include_str!("../../../../schema.graphql");

fn gate() -> Gate {
    gate_of(GateLimits::default())
}

fn gate_of(limits: GateLimits) -> Gate {
    Gate::new(SCHEMA, limits).expect("the schema's text")
}

/// What the gate has too much of in this text, read with default limits; none when it lets it in.
fn excess(text: &str) -> Option<Excess> {
    excess_of(&gate(), text, &json!({}))
}

fn excess_of(gate: &Gate, text: &str, variables: &Value) -> Option<Excess> {
    let variables = Variables::from_json(variables.clone());
    let reading = gate.read(text);
    let admitted = reading.and_then(|reading| gate.admit(&reading.judged, None, &variables));
    match admitted.err()?.reason {
        Reason::TooMuch { excess, .. } => Some(excess),
        other @ (Reason::Malformed { .. } | Reason::Circular { .. }) => {
            panic!("refused for another reason: {other:?}")
        }
    }
}

/// How many steps it takes to judge this text, whatever its size, and how many tokens it has.
fn steps_and_tokens(text: &str) -> (u64, u64) {
    let boundless = GateLimits {
        tokens_max: u64::MAX,
        ignored_bytes_max: u64::MAX,
        ..GateLimits::default()
    };
    let gate = gate_of(boundless);
    let counted = super::tokens::count(text, &boundless).expect("a text of tokens");
    let document = parse_query(text).expect("a document");
    let judged = judge::measure(&document, &gate.index).expect("no circle");
    let steps = judged.steps + judged.open_steps() as u64;
    (steps, counted.tokens)
}

/// Fragments of which each spreads the next so many times, so many levels deep.
fn spreading(width: usize, levels: usize, last: &str) -> String {
    let mut text = "{ ...f0 }".to_owned();
    for level in 0..levels {
        let spreads = format!("...f{} ", level + 1).repeat(width);
        text += &format!(" fragment f{level} on Query {{ {spreads}}}");
    }
    text + &format!(" fragment f{levels} on Query {{ {last} }}")
}
