//! Telling errors: each with its code, what broke logged and not told, no name let out that should
//! stay in, and no more of them than anybody reads.

use async_graphql::{Pos, Response, ServerError, Value};
use uuid::Uuid;

use crate::graphql::error::{Code, Fault, Problem};

/// The member of an answer's extensions that says how many errors are not listed.
pub const LEFT_OUT: &str = "errorsLeftOut";
/// What stands for a name that is not told.
const UNTOLD: &str = "…";

/// How the library begins a suggestion.
const SUGGESTION: &str = " Did you mean";

/// When the engine found an error of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// While it validated the document.
    Document,
    /// While it ran it.
    Execution,
}

/// An error with the problem's extensions, and no place.
pub fn server_error(problem: Problem) -> ServerError {
    let mut error = async_graphql::Error::from(problem).into_server_error(Pos::default());
    // A place that is none: the error is about the request, not about a part of its text.
    error.locations.clear();
    error
}

/// An answer with every error coded, as many listed as may be, and what broke in the log. `said`
/// is the document's text, where no other names may be told.
pub fn told(
    mut response: Response,
    request_id: Uuid,
    said: Option<&str>,
    listed_max: usize,
) -> Response {
    for error in &mut response.errors {
        error.locations.retain(|place| place.line > 0);
        log_fault(error, request_id);
    }
    let left_out = cut(&mut response.errors, listed_max);
    for error in &mut response.errors {
        code(error, Stage::Execution, said);
    }
    if left_out > 0 {
        let left_out = Value::from(left_out);
        return response.extension(LEFT_OUT, left_out);
    }
    response
}

/// Logs what broke, if this error tells of that, and gives the error the id it is logged under.
pub fn log_fault(error: &mut ServerError, request_id: Uuid) {
    if let Some(Fault(what)) = error.source::<Fault>() {
        tracing::error!(request.id = %request_id, fault = %what, "a request met a fault");
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("correlationId", request_id.to_string());
    }
}

/// Leaves as many errors as may be listed, and at least one; tells how many it has left out.
pub fn cut(errors: &mut Vec<ServerError>, listed_max: usize) -> usize {
    let left_out = errors.len().saturating_sub(listed_max.max(1));
    errors.truncate(errors.len() - left_out);
    left_out
}

/// Gives an error of the engine's own its code and hint; those of ours have theirs.
pub fn code(error: &mut ServerError, stage: Stage, said: Option<&str>) {
    let has_code = error
        .extensions
        .as_ref()
        .is_some_and(|told| told.get("code").is_some());
    if has_code {
        return;
    }
    if let Some(said) = said {
        error.message = without_other_names(&error.message, said);
    }
    let (code, hint) = match stage {
        Stage::Document => {
            let hint = "Compare the document with the schema and correct it.";
            (Code::GraphqlValidationFailed, hint)
        }
        Stage::Execution => {
            let hint = "Correct the value that is named and send the request again.";
            (Code::BadInput, hint)
        }
    };
    error.extensions = Some(Problem::new(code, error.message.as_str(), hint).extensions());
}

/// The message, with every name in quotes left out that the document does not have itself, and
/// without what the library suggests instead: it does so for directives also when told not to.
fn without_other_names(message: &str, said: &str) -> String {
    let message = message.split(SUGGESTION).next().unwrap_or_default();
    let count = message.split('"').count();
    // Text and what is quoted take turns, unless a client's own value has quotes in it.
    let parts = message.split('"').enumerate().map(|(index, part)| {
        let is_quoted = index > 0 && index + 1 < count;
        let is_name = index % 2 == 1 || part.chars().all(is_of_type_name);
        if is_quoted && is_name && !has_word(said, part) {
            UNTOLD
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("\"")
}

/// Whether names of types, fields and paths have such a character.
fn is_of_type_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_.![]".contains(character)
}

/// Whether a word stands in a text, and not only as a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    !word.is_empty()
        && text.match_indices(word).any(|(start, _)| {
            let before = text[..start].chars().next_back();
            let after = text[start + word.len()..].chars().next();
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_were_said_are_told() {
        let said = "{ nam(x: 1) { id } }";
        for (message, expected) in [
            (
                "Unknown field \"nam\" on type \"Query\".",
                "Unknown field \"nam\" on type \"…\".",
            ),
            ("expected type \"ID!\"", "expected type \"…\""),
            ("no \"na\", no \"\"", "no \"…\", no \"…\""),
            ("not a\"b of \"Secret\" or \"id\"", "not a\"…\"…\"…\"id\""),
            ("no \"iff\". Did you mean \"if\"?", "no \"…\"."),
            ("nothing in quotes", "nothing in quotes"),
        ] {
            assert_eq!(without_other_names(message, said), expected);
        }
    }

    #[test]
    fn errors_beyond_the_limit_are_counted_and_not_listed() {
        let errors = |count: usize| {
            let error = |index| ServerError::new(format!("{index}"), None);
            (0..count).map(error).collect::<Vec<_>>()
        };
        for (count, max, listed, left_out) in [(3, 3, 3, 0), (4, 3, 3, 1), (2, 0, 1, 1)] {
            let mut found = errors(count);
            assert_eq!(cut(&mut found, max), left_out);
            assert_eq!(found.len(), listed);
        }
    }
}
