//! Whatever is remembered, every answer is what it would be the first time.

use super::*;

#[tokio::test]
async fn every_answer_is_what_it_would_be_the_first_time() {
    let wishes = "query($w: Wish!) { grant(wish: $w) }";
    let mixed = "query($name: String!, $n: Int, $s: [Shade!]) {
        grant(wish: { name: $name, count: $n, shades: $s }) }";
    let wrong =
        "query($name: String!, $n: Int) { grant(wish: { nam: 3, count: $n, name: $name }) }";
    let needed = "query($n: Int!, $m: Int! = 5) { needed(number: $n, other: $m) }";
    let default = "query($n: Int = 5) { needed(number: $n) }";
    let listed = "query($s: [Shade]) { grant(wish: { name: \"a\", shades: $s }) }";
    let loose = "query($s: String!) { needed(number: $s) }";
    let skipped = "query($n: Int! = 1, $b: Boolean!) { ...f @skip(if: $b) }
        fragment f on Query { needed(number: $n) }";
    let cases = [
        (
            wishes,
            json!({ "w": { "name": "a", "shades": ["DARK"], "place": { "here": "b" } } }),
        ),
        (
            wishes,
            json!({ "w": { "name": "a", "shades": "DARK", "count": null } }),
        ),
        (wishes, json!({ "w": { "name": "a", "shades": ["DIM"] } })),
        (wishes, json!({ "w": { "name": "a", "shades": [null] } })),
        (wishes, json!({ "w": { "name": 3 } })),
        (wishes, json!({ "w": { "count": 3 } })),
        (wishes, json!({ "w": { "name": "a", "more": 3 } })),
        (
            wishes,
            json!({ "w": { "name": "a", "place": { "here": "b", "there": 3 } } }),
        ),
        (
            wishes,
            json!({ "w": { "name": "a", "place": { "here": null } } }),
        ),
        (wishes, json!({ "w": { "name": "a", "place": {} } })),
        (
            wishes,
            json!({ "w": { "name": "a", "place": { "there": 3 } } }),
        ),
        (wishes, json!({ "w": "a" })),
        (wishes, json!({ "w": null })),
        (wishes, json!({})),
        (mixed, json!({ "name": "a" })),
        (
            mixed,
            json!({ "name": "a", "n": 4, "s": ["LIGHT", "DARK"] }),
        ),
        (mixed, json!({ "name": "a", "n": null, "s": null })),
        (mixed, json!({ "name": "a", "n": "4", "s": [] })),
        (wrong, json!({ "name": "a" })),
        (wrong, json!({ "name": "a", "n": 3 })),
        (needed, json!({ "n": 1 })),
        (needed, json!({ "n": 1, "m": 2 })),
        (needed, json!({ "n": 1, "m": null })),
        (needed, json!({ "n": 1.5 })),
        (needed, json!({ "n": 3_000_000_000_u64 })),
        (needed, json!({ "m": 1 })),
        (default, json!({})),
        (default, json!({ "n": 2, "unknown": 1 })),
        (default, json!({ "n": null })),
        (default, json!({ "n": [] })),
        (listed, json!({ "s": ["DARK"] })),
        (listed, json!({ "s": [null] })),
        (loose, json!({ "s": "1" })),
        (skipped, json!({ "b": true })),
        (skipped, json!({ "b": false, "n": 5 })),
        (skipped, json!({ "b": "false" })),
        (skipped, json!({ "b": false, "n": null })),
    ];
    let warm = engine();
    // Whatever came before, in whatever order.
    for round in 0..3 {
        for (text, variables) in &cases {
            let (expected, _) = answer(&engine(), request(text, variables)).await;
            let (found, _) = answer(&warm, request(text, variables)).await;
            assert_eq!(found, expected, "round {round}: {text} {variables}");
        }
    }
    let remembered = [
        &cases[0], &cases[10], &cases[14], &cases[15], &cases[20], &cases[27],
    ];
    for (text, variables) in remembered {
        assert!(
            answer(&warm, request(text, variables)).await.1,
            "{text} {variables}"
        );
    }
}

#[tokio::test]
async fn each_operation_of_a_remembered_document_has_its_own_variables() {
    let warm = engine();
    let text = "query a { rows { number } } query b($n: Int!) { needed(number: $n) }";
    let ask = |name: &str, variables| request(text, &variables).operation_name(name);
    assert!(!answer(&warm, ask("a", json!({}))).await.1);
    assert!(answer(&warm, ask("a", json!({}))).await.1);
    let cases = [
        (Some("b"), json!({ "n": 2 }), true),
        (Some("b"), json!({ "n": "2" }), false),
        (Some("b"), json!({ "n": null }), false),
        (Some("a"), json!({ "n": "2" }), true),
        (Some("c"), json!({}), false),
        (None, json!({}), false),
    ];
    for (name, variables, is_remembered) in cases {
        let ask = || {
            let mut asked = request(text, &variables);
            asked.operation_name = name.map(str::to_owned);
            asked
        };
        let (expected, _) = answer(&engine(), ask()).await;
        let (found, was_remembered) = answer(&warm, ask()).await;
        assert_eq!(
            (found, was_remembered),
            (expected, is_remembered),
            "{name:?} {variables}"
        );
    }
}
