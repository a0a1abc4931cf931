//! However a document grows, the gate's work grows with its tokens and no faster.

use proptest::prelude::*;

use super::*;

/// How many steps the gate may take for one token.
const STEPS_A_TOKEN: u64 = 3;

/// A selection of fields, spreads and inline fragments; spreads name fragments by number.
fn selection() -> impl Strategy<Value = String> {
    let page = prop_oneof![
        Just(String::new()),
        Just("(first: 3)".to_owned()),
        Just("(first: $n)".to_owned()),
        Just("(last: $n, first: 7)".to_owned()),
    ];
    let leaf = prop_oneof![
        Just("id".to_owned()),
        Just("a: name @include(if: true)".to_owned()),
        (0..24_u32).prop_map(|fragment| format!("...f{fragment}")),
    ];
    let nested = leaf.prop_recursive(5, 40, 6, move |inner| {
        let inner = prop::collection::vec(inner, 1..8).prop_map(|parts| parts.join(" "));
        let name = prop::sample::select(vec!["snapshots", "nodes", "edges", "node", "clones"]);
        prop_oneof![
            (name, page.clone(), inner.clone())
                .prop_map(|(name, page, inner)| format!("{name}{page} {{ {inner} }}")),
            inner.prop_map(|inner| format!("... on Dataset {{ {inner} }}")),
        ]
    });
    prop::collection::vec(nested, 1..12).prop_map(|parts| parts.join(" "))
}

/// A document whose fragments spread only later ones, so that none is in a circle.
fn document() -> impl Strategy<Value = String> {
    prop::collection::vec(selection(), 1..24).prop_map(|selections| {
        let mut text = String::new();
        for (number, selection) in selections.iter().enumerate() {
            let kept = forwards(selection, number);
            if number == 0 {
                text += &format!("query($n: Int) {{ datasets(first: $n) {{ {kept} }} }} ");
            } else {
                text += &format!("fragment f{number} on Dataset {{ {kept} }} ");
            }
        }
        text
    })
}

/// Makes spreads of a fragment that does not come after this one name one that does.
fn forwards(selection: &str, number: usize) -> String {
    let words = selection.split(' ').map(|word| {
        let spread = word.strip_prefix("...f");
        let spread = spread.and_then(|text| text.parse::<usize>().ok());
        match spread {
            Some(fragment) if fragment <= number => format!("...f{}", number + 1 + fragment),
            Some(_) | None => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// As many cases as a debug build parses in some seconds.
fn few() -> ProptestConfig {
    ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(few())]

    /// What breaks this is printed: the smallest document that does.
    #[test]
    fn the_work_is_linear_in_the_tokens(text in document()) {
        let (steps, tokens) = steps_and_tokens(&text);
        prop_assert!(
            steps <= STEPS_A_TOKEN * tokens,
            "{} steps for {} tokens: {}", steps, tokens, text
        );
    }

    #[test]
    fn no_text_makes_the_gate_fall(text in r#"[{}\[\]()@$:=!|&".# \\\na-c0-9é-]{0,200}"#) {
        let _ = gate().read(&text);
    }
}

#[test]
fn twice_the_levels_take_twice_the_steps() {
    let steps = |levels| steps_and_tokens(&spreading(2, levels, "ledger { head }")).0;
    let (one, two, four) = (steps(50), steps(100), steps(200));
    assert_eq!(two - one, (four - two) / 2);
}
