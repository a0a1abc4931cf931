//! With introspection switched off nobody learns a name of the schema that he does not know.
//!
//! Walks every name there is: each is asked for with a letter too few or too many, in each place
//! where a name can stand, and the answers are read for names that were not in the question.

use std::collections::BTreeSet;

use serde_json::json;

use crate::harness::{Home, Server};

#[tokio::test]
async fn with_introspection_off_no_answer_tells_a_name() {
    let home = Home::new();
    let server = home.start_with(&["--limit", "introspection=0"]).await;
    let refused = server
        .refused("{ __schema { types { name } } }", json!({}))
        .await;
    assert_eq!(refused.code, "GRAPHQL_VALIDATION_FAILED");
    let names = names();
    assert!(names.len() > 150, "{names:?}");
    for name in &names {
        for nearly in [&name[..name.len() - 1], &format!("{name}s")] {
            for question in questions(nearly) {
                tells_nothing(&server, &question, &names).await;
            }
        }
    }
    for question in [
        "{ ledger }",
        "{ dataset { id } }",
        "{ datasets(orderBy: {}) { totalCount } }",
        "{ datasets(filter: { statuses: [1] }) { totalCount } }",
        "mutation { createDataset { xactId } }",
        "mutation { createDataset(input: {}) { xactId } }",
        "mutation { restoreSnapshot(input: { datasetId: 1, target: {} }) { xactId } }",
        "subscription { taskProgress }",
    ] {
        tells_nothing(&server, question, &names).await;
    }
}

/// Questions in which a word stands for a field, an argument, a type, a value and a member.
fn questions(word: &str) -> [String; 6] {
    [
        format!("{{ {word} }}"),
        format!("{{ datasets {{ nodes {{ {word} }} }} }}"),
        format!("{{ datasets({word}: 1) {{ totalCount }} }}"),
        format!("query ($a: {word}) {{ ledger {{ head }} ... on {word} {{ a }} }}"),
        format!("{{ datasets(orderBy: {{ field: {word}, direction: ASC }}) {{ totalCount }} }}"),
        format!("mutation {{ createDataset(input: {{ name: \"a\", {word}: 1 }}) {{ xactId }} }}"),
    ]
}

/// Asks, and looks for names in the answer that the question did not have.
async fn tells_nothing(server: &Server, question: &str, names: &BTreeSet<String>) {
    let answer = server.answer(question, json!({})).await.body.to_string();
    let asked: BTreeSet<&str> = words(question).collect();
    let told = words(&answer).find(|word| names.contains(*word) && !asked.contains(word));
    assert_eq!(told, None, "{question}: {answer}");
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
}

/// The names of the schema that are no plain words: of types, fields, arguments and values.
fn names() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let text = std::fs::read_to_string(path).expect("schema.graphql");
    let is_prose = |part: &usize| part % 2 == 1;
    let code = text.split("\"\"\"").enumerate();
    let code = code.filter(|(part, _)| !is_prose(part));
    let found = code.flat_map(|(_, code)| words(code));
    let found = found.filter(|word| {
        let mut letters = word.chars().skip(1);
        word.contains('_') || letters.any(|letter| letter.is_ascii_uppercase())
    });
    // Words of the answers' own form, and kinds of built-in things.
    let known = ["specifiedBy", "oneOf", "INPUT_OBJECT", "ID", "JSON"];
    found
        .filter(|word| !known.contains(word))
        .map(str::to_owned)
        .collect()
}
