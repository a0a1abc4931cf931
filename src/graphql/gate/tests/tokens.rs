//! Tokens are counted as the specification reads them, and never fewer than the parser does.

use super::super::tokens::{Counted, count};
use super::*;

fn check(text: &str, tokens: u64) {
    let counted = count(text, &GateLimits::default());
    assert_eq!(counted.map(|counted| counted.tokens), Ok(tokens), "{text}");
}

#[test]
fn names_numbers_texts_and_signs_are_one_token_each() {
    check("", 0);
    check("{ ledger { head } }", 6);
    check("{a(x:-1.5e+10,y:$z,w:[1 2])}", 18);
    check("query Q($a:Int!=3)@d{...f ... on A{b}}", 23);
    check("\u{feff}{a}", 3);
    check("{é}", 4);
}

#[test]
fn what_stands_in_quotes_is_one_token() {
    check(r#"{a(x:"{{{ # \" \\")}"#, 8);
    check("{a(x:\"\"\"{ \" \"\" \\\"\"\" \n # \"\"\")}", 8);
    check(r#"{a(x:"" y:"")}"#, 11);
}

#[test]
fn comments_and_spaces_are_none() {
    check("# { a b c \r{a # }\n}", 3);
    let found = count("{ a }# b\n", &GateLimits::default());
    let expected = Counted {
        tokens: 3,
        open_brackets: 1,
        ignored_bytes: 6,
    };
    assert_eq!(found, Ok(expected));
}

/// The parser would read the quotes of a block without end as those of short texts, and overflow
/// its stack on the brackets between them.
#[test]
fn a_text_that_does_not_end_hides_no_brackets() {
    let hidden = "[".repeat(50_000);
    for text in [
        format!("{{a(x:[\"\"\"[\" {hidden}"),
        format!("{{a(x:\"{hidden}"),
        format!("{{a(x:\"\n{hidden}\")}}"),
        "\"\\".to_owned(),
    ] {
        let refused = gate().read(&text).map(|_| ()).expect_err("no document");
        assert_eq!(refused.code(), "GRAPHQL_PARSE_FAILED");
    }
}

#[test]
fn counting_stops_at_the_limit() {
    let limits = GateLimits::default();
    let endless = "a ".repeat(10_000_000);
    assert!(count(&endless, &limits).is_err());
}
