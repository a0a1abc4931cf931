//! A mutation's caller: who, in which request, and under which idempotency key.
//!
//! Two inputs are the same when they say the same (see `said`), in whatever order their members
//! come.

use async_graphql::{Context, Value};

use super::error::Problem;
use super::limits::IDEMPOTENCY_KEY_CHARS_MAX;
use super::said::said;
use super::visit::visit;
use crate::digest::Digest;
use crate::ledger::{CallKey, Caller};

/// The member of every input that is not part of what it says.
const KEY_MEMBER: &str = "idempotencyKey";

/// The caller of a mutation.
pub fn caller(
    ctx: &Context<'_>,
    mutation: &'static str,
    key: Option<&str>,
) -> Result<Caller, Problem> {
    let visit = visit(ctx)?;
    let key = key.map(|key| {
        let chars = key.chars().count();
        if chars == 0 || chars > IDEMPOTENCY_KEY_CHARS_MAX {
            let message = format!("{KEY_MEMBER}: 1 to {IDEMPOTENCY_KEY_CHARS_MAX} characters");
            return Err(Problem::bad_input(KEY_MEMBER, message));
        }
        let arguments = ctx.field().arguments();
        let arguments = arguments.map_err(|error| Problem::bad_input("input", error.message))?;
        let input = arguments.into_iter().next().map(|(_, input)| input);
        let registry = &ctx.schema_env.registry;
        let input = said(registry, mutation, input.unwrap_or_default());
        let input = digest(mutation, &input);
        let text = key.into();
        Ok(CallKey {
            text,
            mutation,
            input,
        })
    });
    Ok(Caller {
        principal: visit.reads.principal().clone(),
        correlation: Some(visit.id),
        causation: None,
        key: key.transpose()?,
    })
}

/// The digest of what a mutation was asked to do.
fn digest(mutation: &str, input: &Value) -> Digest {
    let mut text = mutation.to_owned();
    match input {
        Value::Object(members) => {
            let told = members
                .iter()
                .filter(|(name, _)| name.as_str() != KEY_MEMBER);
            write_members(&mut text, told.map(|(name, value)| (name.as_str(), value)));
        }
        other => write(&mut text, other),
    }
    Digest::of(text.as_bytes())
}

fn write(text: &mut String, value: &Value) {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            write_members(text, members.map(|(name, value)| (name.as_str(), value)));
        }
        Value::List(elements) => {
            text.push('[');
            for element in elements {
                write(text, element);
                text.push(',');
            }
            text.push(']');
        }
        // An enum's word is the same whether it comes as a word or as text.
        Value::Enum(word) => write_text(text, word),
        Value::String(string) => write_text(text, string),
        Value::Null => text.push_str("null"),
        Value::Boolean(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::Binary(bytes) => write_text(text, &String::from_utf8_lossy(bytes)),
    }
}

fn write_members<'a>(text: &mut String, members: impl Iterator<Item = (&'a str, &'a Value)>) {
    let mut members: Vec<(&str, &Value)> = members.collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    text.push('{');
    for (name, value) in members {
        write_text(text, name);
        text.push(':');
        write(text, value);
        text.push(',');
    }
    text.push('}');
}

fn write_text(text: &mut String, string: &str) {
    text.push_str(&serde_json::Value::from(string).to_string());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn digest_of(input: serde_json::Value) -> Digest {
        digest(
            "createSnapshot",
            &Value::from_json(input).expect("an input"),
        )
    }

    #[test]
    fn inputs_that_say_the_same_are_the_same() {
        let one = digest_of(json!({"name": "a", "data": {"x": 1, "y": [true, null]}}));
        let other = digest_of(json!({
            "data": {"y": [true, null], "x": 1}, "name": "a", "idempotencyKey": "k",
        }));
        assert_eq!(one, other);
    }

    #[test]
    fn inputs_that_say_something_else_differ() {
        let table = [
            json!({}),
            json!({"name": "a"}),
            json!({"name": ["a"]}),
            json!({"name": "a", "data": {"x": null}}),
            json!({"name": "a", "data": {}}),
            json!({"name": "a\",\"b\":\""}),
        ];
        for (index, one) in table.iter().enumerate() {
            for other in &table[index + 1..] {
                assert_ne!(
                    digest_of(one.clone()),
                    digest_of(other.clone()),
                    "{one} {other}"
                );
            }
        }
        let name = Value::from_json(json!({"name": "a"})).expect("an input");
        assert_ne!(
            digest("createSnapshot", &name),
            digest("createDataset", &name)
        );
    }
}
