//! Every limit at its edge: what is just allowed comes in, and one more does not.

use super::*;

/// Checks one limit: `text` makes a document that has so many of it.
fn check(expected: Excess, limit: u64, text: impl Fn(usize) -> String) {
    let limit = usize::try_from(limit).expect("a limit");
    check_in(&gate(), expected, limit, text);
}

fn check_in(gate: &Gate, expected: Excess, limit: usize, text: impl Fn(usize) -> String) {
    assert_eq!(excess_of(gate, &text(limit), &json!({})), None, "{limit}");
    let over = excess_of(gate, &text(limit + 1), &json!({}));
    assert_eq!(over, Some(expected), "one more than {limit}");
}

fn nested(name: &str, levels: usize) -> String {
    format!("{{ {name} ").repeat(levels) + &" }".repeat(levels)
}

#[test]
fn at_most_2000_tokens() {
    // Two brackets, a field with its text, and a list of numbers.
    let text = |tokens: usize| format!("{{ a(b: [{}]) }}", "1 ".repeat(tokens - 9));
    let gate = gate();
    let counted = |tokens| gate.read(&text(tokens)).map(|read| read.counted.tokens);
    assert_eq!(counted(2_000), Ok(2_000));
    assert_eq!(excess(&text(2_001)), Some(Excess::Tokens));
}

#[test]
fn at_most_100_open_brackets() {
    check(Excess::OpenBrackets, 100, |brackets| {
        let lists = brackets - 2;
        format!("{{ a(b: {}{}) }}", "[".repeat(lists), "]".repeat(lists))
    });
}

#[test]
fn at_most_64_kib_of_comments_and_spaces() {
    check(Excess::IgnoredBytes, 64 << 10, |bytes| {
        format!("{{a{}#{}\n}}", " ".repeat(100), "x".repeat(bytes - 102))
    });
}

#[test]
fn at_most_12_levels_of_fields() {
    check(Excess::Depth, 12, |levels| nested("a", levels));
    check(Excess::Depth, 12, |levels| {
        let below = nested("a", levels - 1);
        format!("{{ a {{ ...f }} }} fragment f on A {below}")
    });
    check(Excess::Depth, 12, |levels| {
        "{ a { ... on A ".repeat(levels - 1) + "{ a }" + &" } }".repeat(levels - 1)
    });
}

#[test]
fn at_most_15_levels_of_fields_of_the_schema() {
    let schema = |levels: usize| format!("{{ __schema {} }}", nested("b", levels - 1));
    check(Excess::IntrospectionDepth, 15, schema);
    check(Excess::IntrospectionDepth, 15, |levels| {
        let below = nested("a", levels - 1);
        format!("{{ ...f }} fragment f on Query {{ __type(name: \"A\") {below} }}")
    });
}

#[test]
fn at_most_32_selections_within_each_other() {
    // Its own, then the fragments, of which the last has a field.
    check(Excess::Nesting, 32, |levels| spreading(1, levels - 2, "a"));
    check(Excess::Nesting, 32, |levels| {
        let levels = levels - 1;
        format!("{{ {} a {} }}", "...{".repeat(levels), "}".repeat(levels))
    });
    // The parser has a limit of its own.
    let deep = format!("{{ {} a {} }}", "...{".repeat(80), "}".repeat(80));
    assert_eq!(excess(&deep), Some(Excess::Nesting));
}

#[test]
fn at_most_30_aliases() {
    let aliased = |count: usize| {
        let aliases: Vec<_> = (0..count).map(|n| format!("a{n}: id")).collect();
        format!("{{ viewer {{ {} }} }}", aliases.join(" "))
    };
    check(Excess::Aliases, 30, aliased);
    // One fragment of ten aliases, spread where it counts.
    check_in(&gate(), Excess::Aliases, 3, |times| {
        let aliases: Vec<_> = (0..10).map(|n| format!("a{n}: id")).collect();
        let fragment = format!("fragment f on A {{ {} }}", aliases.join(" "));
        format!("{{ {} }} {fragment}", "b { ...f } ".repeat(times))
    });
}

#[test]
fn at_most_30_fields_at_the_root() {
    let root = |count: usize| format!("{{ {} }}", "ledger { head } ".repeat(count));
    check(Excess::RootFields, 30, root);
    check_in(&gate(), Excess::RootFields, 10, |times| {
        let spreads = "...f ".repeat(times);
        format!("{{ {spreads} }} fragment f on Query {{ ledger {{ head }} ... {{ b c }} }}")
    });
}

#[test]
fn at_most_50_directives() {
    let skip = |count: usize| format!("{{ a {} }}", "@skip(if: false) ".repeat(count));
    check(Excess::Directives, 50, skip);
    let everywhere = |count: usize| {
        let rest = "@a ".repeat(count - 5);
        format!("query($x: Int @a) @a {{ ... @a {{ ...f @a }} }} fragment f on A @a {{ b {rest} }}")
    };
    check(Excess::Directives, 50, everywhere);
}

#[test]
fn at_most_5000_fields_once_expanded() {
    // A hundred fields are spread in fifty places; each place is a field, and one is above all.
    let spread = |fields: usize| {
        let places = "c { ...f } ".repeat(49);
        let rest = "d ".repeat(fields - 49 * 101 - 1);
        let fragment = format!("fragment f on A {{ {} }}", "b ".repeat(100));
        format!("{{ a {{ {places} {rest} }} }} {fragment}")
    };
    check(Excess::ExpandedFields, 5_000, spread);
    // Operations are walked one and all, whichever runs.
    let operations = |fields: usize| {
        let fragment = format!("fragment f on A {{ {} }}", "b ".repeat(99));
        let many: Vec<_> = (0..49)
            .map(|n| format!("query q{n} {{ a {{ ...f }} }}"))
            .collect();
        let rest = "d ".repeat(fields - 49 * 100 - 1);
        format!("{} query r {{ a {{ {rest} }} }} {fragment}", many.join(" "))
    };
    check(Excess::ExpandedFields, 5_000, operations);
}

#[test]
fn at_most_5000_spreads_once_expanded() {
    // Without a field at the end, spreads are all there is.
    check(Excess::ExpandedSpreads, 5_000, |spreads| {
        let rest = "...g ".repeat(spreads - 49 * 101 - 1);
        let places = "...h ".repeat(49);
        let fragment = format!("fragment h on A {{ {} }}", "...g ".repeat(100));
        format!("{{ ... {{ {places} {rest} }} }} {fragment}")
    });
}

#[test]
fn at_most_10_000_in_cost() {
    let text = |leaves: usize| {
        let nodes = "datasets(first: 332) { nodes { ...n } } ".repeat(30);
        format!("{{ viewer {{ {} }} {nodes} }}", "subject ".repeat(leaves))
    };
    let gate = gate_of(GateLimits {
        root_fields_max: 31,
        ..GateLimits::default()
    });
    // 30 × (1 + 332) + 1 is 9,991; ninety leaves are the rest.
    check_in(&gate, Excess::Cost, 90, text);
}

#[test]
fn variables_may_change_the_cost_and_be_too_much() {
    let text = "query($n: Int) { datasets(first: 200) { nodes { snapshots(first: $n) { nodes { name } } } } }";
    let found = |variables: Value| excess_of(&gate(), text, &variables);
    // 1 + 200 × (1 + 1 + n × 1.1)
    assert_eq!(found(json!({ "n": 43 })), None);
    assert_eq!(found(json!({ "n": 44 })), Some(Excess::Cost));
}

#[test]
fn variables_are_at_most_80_deep() {
    let variables = |depth: usize| {
        let value = (0..depth).fold(json!(1), |inner, level| {
            if level % 2 == 0 {
                json!([inner])
            } else {
                json!({ "a": inner })
            }
        });
        json!({ "x": value })
    };
    let found = |depth| excess_of(&gate(), "{ viewer { subject } }", &variables(depth));
    assert_eq!(found(80), None);
    assert_eq!(found(81), Some(Excess::VariablesDepth));
    assert_eq!(found(126), Some(Excess::VariablesDepth));
}

#[test]
fn every_limit_can_be_set() {
    let limits = GateLimits {
        depth_max: 1,
        ..GateLimits::default()
    };
    let found = excess_of(&gate_of(limits), "{ ledger { head } }", &json!({}));
    assert_eq!(found, Some(Excess::Depth));
}
