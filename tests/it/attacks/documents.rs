//! Documents that would bring a careless server down, each small enough to be let in by its size.

use std::fmt::Write;

use serde_json::json;

/// A document, and the codes with which it may be refused.
pub struct Attack {
    /// What it is, in words.
    pub name: &'static str,
    /// The body of its request.
    pub body: String,
    /// Codes of its first error.
    pub codes: &'static [&'static str],
}

const TOO_COMPLEX: &[&str] = &["QUERY_TOO_COMPLEX"];
const INVALID: &[&str] = &["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"];
/// Where two rules forbid it, whichever is asked first.
const EITHER: &[&str] = &[
    "QUERY_TOO_COMPLEX",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
];

/// All of them.
pub fn documents() -> Vec<Attack> {
    let mut attacks = long_ones();
    attacks.extend(fragments());
    attacks.extend(deep_ones());
    attacks.extend(variables());
    attacks
}

fn attack(name: &'static str, document: String, codes: &'static [&'static str]) -> Attack {
    let body = json!({ "query": document }).to_string();
    Attack { name, body, codes }
}

/// Much of one thing.
fn long_ones() -> Vec<Attack> {
    let aliases = repeated(1_000, |number| format!("a{number}: ledger {{ head }} "));
    let dear = "datasets(first: 500) { nodes { snapshots(first: 500) { nodes { id } } } }";
    vec![
        attack("1,000 aliases", format!("{{ {aliases} }}"), TOO_COMPLEX),
        attack(
            "10,000 repeated fields",
            format!("{{ ledger {{ {} }} }}", "head ".repeat(10_000)),
            TOO_COMPLEX,
        ),
        attack(
            "10,000 repeated root fields",
            format!("{{ {} }}", "ledger { head } ".repeat(10_000)),
            TOO_COMPLEX,
        ),
        attack(
            "a flood of known directives",
            format!(
                "{{ ledger {{ head {} }} }}",
                "@skip(if: false) ".repeat(1_000)
            ),
            EITHER,
        ),
        attack(
            "a flood of unknown directives",
            format!("{{ ledger {{ head {} }} }}", "@a".repeat(10_000)),
            EITHER,
        ),
        attack(
            "500 rows for each of 500",
            format!("{{ {dear} }}"),
            TOO_COMPLEX,
        ),
        attack(
            "a comment of most of a mebibyte",
            format!("{{ ledger {{ head }} }} #{}", "x".repeat(900_000)),
            TOO_COMPLEX,
        ),
        attack(
            "a text that does not end",
            format!("{{ node(id: \"{}", "x".repeat(900_000)),
            INVALID,
        ),
        attack(
            "10,000 operations",
            repeated(10_000, |number| {
                format!("query a{number} {{ ledger {{ head }} }} ")
            }),
            TOO_COMPLEX,
        ),
    ]
}

/// Fragments that grow when they are expanded.
fn fragments() -> Vec<Attack> {
    let chain = repeated(500, |number| {
        let next = number + 1;
        format!("fragment f{number} on Query {{ ...f{next} }} ")
    });
    vec![
        attack(
            "a fragment that spreads itself",
            "{ ...f } fragment f on Query { ledger { head } ...f }".to_owned(),
            INVALID,
        ),
        attack(
            "fragments that spread each other",
            "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }".to_owned(),
            INVALID,
        ),
        attack(
            "24 levels of doubling fragments",
            spreading(24, 2),
            TOO_COMPLEX,
        ),
        attack(
            "30 levels of doubling fragments",
            spreading(30, 2),
            TOO_COMPLEX,
        ),
        attack("spreads that make 10^8", spreading(4, 100), TOO_COMPLEX),
        attack(
            "a chain of 500 fragments",
            format!("{{ ...f0 }} {chain} fragment f500 on Query {{ ledger {{ head }} }}"),
            TOO_COMPLEX,
        ),
    ]
}

/// Much within each other.
fn deep_ones() -> Vec<Attack> {
    let path = "project { datasets(first: 1) { nodes { ";
    let levels = 10;
    let deep = format!("{} id {}", path.repeat(levels), "} } } ".repeat(levels));
    let of_type = format!("{} name {}", "ofType { ".repeat(30), "} ".repeat(30));
    let list = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    vec![
        attack(
            "30 levels of fields",
            format!("{{ datasets(first: 1) {{ nodes {{ {deep} }} }} }}"),
            TOO_COMPLEX,
        ),
        attack("100,000 open braces", "{a".repeat(100_000), EITHER),
        attack(
            "100,000 lists within each other",
            format!("{{ nodes(ids: {list}) {{ id }} }}"),
            EITHER,
        ),
        attack(
            "a type of 100,000 lists",
            format!(
                "query ($a: {}Int{}) {{ ledger {{ head }} }}",
                "[".repeat(100_000),
                "]".repeat(100_000)
            ),
            EITHER,
        ),
        attack(
            "30 levels of the schema",
            format!("{{ __schema {{ types {{ {of_type} }} }} }}"),
            TOO_COMPLEX,
        ),
        attack(
            "the schema through itself",
            format!(
                "{{ __schema {{ types {{ {} name {} }} }} }}",
                "fields { type { ".repeat(5),
                "} } ".repeat(5)
            ),
            TOO_COMPLEX,
        ),
    ]
}

/// What is dear or deep by its variables only.
fn variables() -> Vec<Attack> {
    let query = "query ($first: Int) {
        datasets(first: $first) { nodes { snapshots(first: $first) { nodes { id } } } }
    }";
    let ids: Vec<String> = (0..20_000).map(|number| number.to_string()).collect();
    let by_ids = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let many = json!({ "query": by_ids, "variables": { "ids": ids } });
    let dear = json!({ "query": query, "variables": { "first": 500 } });
    vec![
        Attack {
            name: "a cost that stands in a variable",
            body: dear.to_string(),
            codes: TOO_COMPLEX,
        },
        Attack {
            name: "20,000 ids in a variable",
            body: many.to_string(),
            codes: &["BAD_INPUT"],
        },
        Attack {
            name: "variables of 100,000 levels",
            body: format!(
                "{{\"query\":\"{{ ledger {{ head }} }}\",\"variables\":{{\"a\":{}{}}}}}",
                "[".repeat(100_000),
                "]".repeat(100_000)
            ),
            codes: &["BAD_INPUT"],
        },
    ]
}

/// Fragments of which each spreads the next so many times; the last asks for a field.
fn spreading(levels: usize, spreads: usize) -> String {
    let mut document = "{ ...f0 } ".to_owned();
    for level in 0..levels {
        let next = format!("...f{} ", level + 1).repeat(spreads);
        write!(document, "fragment f{level} on Query {{ {next} }} ").expect("a text can grow");
    }
    document + &format!("fragment f{levels} on Query {{ ledger {{ head }} }}")
}

fn repeated(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}
