//! The graph in its public form: the text of `schema.graphql`.
//!
//! Sorted, described in block style, and ended by a newline, so that the same graph is the same
//! text and what linters ask holds. Never says anything that the engine does not.

use async_graphql::SDLExportOptions;

/// Directives that every reader of the language knows, and whose definitions the specification
/// lets one leave out. That of `@oneOf` stays, since many readers are older than it.
const KNOWN_DIRECTIVES: [&str; 3] = ["include", "skip", "specifiedBy"];
/// What opens and closes a description.
const QUOTES: &str = "\"\"\"";

/// The graph in its public form, for `schema.graphql`.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .use_space_ident();
    let sdl = super::builder().finish().sdl_with_options(options);
    let lines = without_known_directives(sdl.lines().map(str::trim_end));
    lines.join("\n").trim().to_owned() + "\n"
}

/// These lines without the definitions of known directives and what describes those.
fn without_known_directives<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut kept = Vec::new();
    for line in lines {
        let named = line.strip_prefix("directive @");
        let is_known = named.is_some_and(|named| {
            KNOWN_DIRECTIVES
                .iter()
                .any(|known| named.strip_prefix(known).is_some_and(is_past_name))
        });
        if is_known {
            drop_description(&mut kept);
        } else {
            kept.push(line);
        }
    }
    kept
}

/// Whether a name has ended before this rest of a line.
fn is_past_name(rest: &str) -> bool {
    rest.starts_with(['(', ' '])
}

/// Takes the description off that stands at the end.
fn drop_description(lines: &mut Vec<&str>) {
    if lines.last() != Some(&QUOTES) {
        return;
    }
    lines.pop();
    while let Some(line) = lines.pop() {
        if line == QUOTES {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_directives_are_left_out_with_what_describes_them() {
        let text = "\"\"\"\nA type.\n\"\"\"\ntype A\n\n\"\"\"\nSkips,\nsaid long.\n\"\"\"\n\
            directive @skip(if: Boolean!) on FIELD\n\"\"\"\nOurs.\n\"\"\"\n\
            directive @skipped on FIELD\ndirective @include(if: Boolean!) on FIELD\nschema {";
        let kept = without_known_directives(text.lines()).join("\n");
        let expected = "\"\"\"\nA type.\n\"\"\"\ntype A\n\n\"\"\"\nOurs.\n\"\"\"\n\
            directive @skipped on FIELD\nschema {";
        assert_eq!(kept, expected);
    }
}
