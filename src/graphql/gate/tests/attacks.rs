//! What small documents try to make of themselves is refused, after a work that is as small.

use super::*;

/// How many steps the gate may take for one token.
const STEPS_A_TOKEN: u64 = 3;

fn check(text: &str) {
    assert!(
        excess(text).is_some(),
        "let in: {}",
        &text[..200.min(text.len())]
    );
    let (steps, tokens) = steps_and_tokens(text);
    assert!(
        steps <= STEPS_A_TOKEN * tokens,
        "{steps} steps for {tokens} tokens"
    );
}

#[test]
fn fragments_that_double_are_refused() {
    for levels in [24, 30, 60, 200] {
        check(&spreading(2, levels, "ledger { head }"));
        check(&spreading(2, levels, "__typename"));
        // Nothing is at the end but a fragment that is not there.
        check(&spreading(2, levels, "...nowhere"));
    }
    let text = spreading(2, 24, "__typename");
    assert!(text.len() < 1_400, "{} bytes", text.len());
}

#[test]
fn fragments_that_spread_wide_are_refused() {
    // 100 to the fourth is 10^8.
    check(&spreading(100, 4, "__typename"));
    check(&spreading(10, 8, "ledger { head }"));
    // The same between fields, where each level is one deeper.
    let mut text = "{ datasets { nodes { ...f0 } } }".to_owned();
    for level in 0..8 {
        let below = format!("a {{ ...f{} }} ", level + 1).repeat(10);
        text += &format!(" fragment f{level} on Dataset {{ {below} }}");
    }
    check(&(text + " fragment f8 on Dataset { name }"));
}

#[test]
fn pages_within_pages_are_refused() {
    let page = "datasets(first: 500) { nodes { clones(first: 500) { nodes { id } } } }";
    check(&format!("{{ {page} }}"));
    let mut text = "query($n: Int) { datasets(first: $n) { nodes { ...f0 } } }".to_owned();
    for level in 0..20 {
        let next = level + 1;
        text += &format!(" fragment f{level} on Dataset {{ ...f{next} ...f{next} }}");
    }
    check(&(text + " fragment f20 on Dataset { clones(first: $n) { nodes { name } } }"));
}

#[test]
fn the_schema_asked_for_over_and_over_is_refused() {
    let below = "fields { type { ".repeat(6) + "name" + &" } }".repeat(6);
    check(&format!("{{ __schema {{ types {{ {below} }} }} }}"));
    check(&format!("{{ __type(name: \"Query\") {{ {below} }} }}"));
    let wide = "name ".repeat(450);
    check(&format!(
        "{{ __schema {{ types {{ fields {{ type {{ fields {{ {wide} }} }} }} }} }} }}"
    ));
}

#[test]
fn fragments_in_a_circle_are_refused_where_they_stand() {
    for text in [
        "{ ...a } fragment a on Query { ...a }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { x { ...a } }",
        "{ x } fragment a on Query { ... { ...b } } fragment b on Query { ...a ...a }",
    ] {
        let refused = gate().read(text).map(|_| ()).expect_err("a circle");
        assert_eq!(refused.code(), "GRAPHQL_VALIDATION_FAILED", "{text}");
        assert!(matches!(refused.reason, Reason::Circular { .. }), "{text}");
        assert!(refused.place.is_some(), "{text}");
    }
}

#[test]
fn floods_are_refused() {
    let numbered = |count: usize, word: &str| -> String {
        let words: Vec<_> = (0..count).map(|n| format!("a{n}{word}")).collect();
        format!("{{ {} }}", words.join(" "))
    };
    assert_eq!(
        excess(&numbered(1_000, ": __typename")),
        Some(Excess::Tokens)
    );
    assert_eq!(
        excess(&numbered(600, ": __typename")),
        Some(Excess::RootFields)
    );
    assert_eq!(
        excess(&format!("{{ viewer {} }}", numbered(600, ": subject"))),
        Some(Excess::Aliases)
    );
    let repeated = "ledger ".repeat(10_000);
    assert_eq!(excess(&format!("{{ {repeated} }}")), Some(Excess::Tokens));
    let directives = "@a ".repeat(900);
    assert_eq!(
        excess(&format!("{{ ledger {directives} {{ head }} }}")),
        Some(Excess::Directives)
    );
    let deep = "{ a ".repeat(30) + &"}".repeat(30);
    assert_eq!(excess(&deep), Some(Excess::Depth));
}

#[test]
fn brackets_do_not_overflow_the_parser() {
    for open in ["[", "{a:", "{a", "...{", "("] {
        let text = format!("{{a(x:{}", open.repeat(100_000));
        assert!(matches!(
            excess(&text),
            Some(Excess::OpenBrackets | Excess::Tokens)
        ));
    }
}

/// What the gate lets in does not overflow the library's stack on a thread of the runtime.
#[test]
fn what_is_let_in_can_be_parsed_on_a_small_stack() {
    let lists = format!("{{ a(b: {}{}) }}", "[".repeat(98), "]".repeat(98));
    let objects = format!("{{ a(b: {}1{}) }}", "{a:".repeat(98), "}".repeat(98));
    let types = format!("query($a: {}Int{}) {{ a }}", "[".repeat(99), "]".repeat(99));
    let run = move || {
        for text in [&lists, &objects, &types] {
            assert!(gate().read(text).is_ok());
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    thread
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no overflow");
}

#[test]
fn a_text_that_is_no_document_is_told_briefly_with_its_place() {
    let secret = "x".repeat(5_000);
    let refused = gate()
        .read(&format!("{{\n a(b: \"{secret}\" ] }}"))
        .map(|_| ())
        .expect_err("no document");
    assert_eq!(refused.code(), "GRAPHQL_PARSE_FAILED");
    assert!(refused.to_string().len() < 300, "{refused}");
    assert!(!refused.to_string().contains("xxx"), "{refused}");
    assert_eq!(refused.place.map(|place| place.line), Some(2));
    for text in [
        "",
        "   ",
        "# nothing",
        "query {",
        "type A { b: C }",
        "{ a } { b }",
    ] {
        let refused = gate().read(text).map(|_| ()).expect_err("no document");
        assert_eq!(refused.code(), "GRAPHQL_PARSE_FAILED", "{text}");
    }
}

#[test]
fn a_refusal_says_what_to_do() {
    let refused = gate()
        .read(&spreading(2, 24, "__typename"))
        .map(|_| ())
        .expect_err("too much");
    assert_eq!(
        refused.to_string(),
        "the document has more than 30 fields at its root"
    );
    let error = refused.to_server_error();
    let told = error.extensions.expect("extensions");
    let told = serde_json::to_value(&told).expect("JSON");
    let expected = json!({
        "code": "QUERY_TOO_COMPLEX",
        "retryable": false,
        "hint": "Send several requests, or the values as variables.",
        "limit": { "name": "rootFields", "max": 30 },
    });
    assert_eq!(told, expected);
}
