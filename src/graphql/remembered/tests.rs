//! A remembered document is answered as if it came for the first time, only sooner.

use async_graphql::{
    EmptyMutation, Enum, InputObject, Object, OneofObject, Response, Schema, Subscription,
    Variables,
};
use futures_util::StreamExt;
use futures_util::stream::{self, Stream};
use serde_json::{Value as Json, json};

use super::*;
use crate::graphql::gate::Excess;

struct Query;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum Shade {
    Light,
    Dark,
}

#[derive(InputObject)]
struct Wish {
    name: String,
    shades: Option<Vec<Shade>>,
    #[graphql(default = 3)]
    count: i32,
    place: Option<Place>,
}

#[derive(OneofObject)]
enum Place {
    Here(String),
    There(i32),
}

struct Row(i32);

#[Object]
impl Row {
    async fn number(&self) -> i32 {
        self.0
    }
}

#[Object]
impl Query {
    async fn rows(&self, first: Option<i32>) -> Vec<Row> {
        (0..first.unwrap_or(50)).map(Row).collect()
    }

    async fn needed(&self, number: i32, #[graphql(default = 7)] other: i32) -> i32 {
        number + other
    }

    async fn grant(&self, wish: Wish) -> String {
        let Wish {
            name,
            shades,
            count,
            place,
        } = wish;
        let dark = shades
            .iter()
            .flatten()
            .filter(|shade| **shade == Shade::Dark);
        let place = match place {
            Some(Place::Here(name)) => name,
            Some(Place::There(number)) => number.to_string(),
            None => String::new(),
        };
        format!("{name} {} {count} {place}", dark.count())
    }
}

struct Ticks;

#[Subscription]
impl Ticks {
    async fn ticks(&self, count: i32) -> impl Stream<Item = i32> {
        stream::iter(0..count)
    }
}

type Engine = GatedEngine<Query, EmptyMutation, Ticks>;

fn engine() -> Engine {
    engine_of(GateLimits::default())
}

fn engine_of(limits: GateLimits) -> Engine {
    Engine::new(|| Schema::build(Query, EmptyMutation, Ticks), limits).expect("a schema")
}

fn request(text: &str, variables: &Json) -> Request {
    Request::new(text).variables(Variables::from_json(variables.clone()))
}

/// What a request is answered, and whether its document was remembered.
async fn answer(engine: &Engine, request: Request) -> (Json, bool) {
    let admitted = engine.admit(request).expect("let in");
    let was_remembered = admitted.is_validated;
    let response: Response = engine.execute(admitted).await;
    (
        serde_json::to_value(&response).expect("JSON"),
        was_remembered,
    )
}

#[tokio::test]
async fn the_second_time_nothing_is_read_or_validated() {
    let engine = engine();
    let ask = || request("{ rows(first: 2) { number } }", &json!({}));
    let (first, was_remembered) = answer(&engine, ask()).await;
    assert!(!was_remembered);
    let (second, was_remembered) = answer(&engine, ask()).await;
    assert!(was_remembered);
    assert_eq!(first, second);
    assert_eq!(first["data"]["rows"][1]["number"], json!(1));
    assert_eq!(
        first["extensions"]["cost"],
        json!({ "requested": 2.2, "actual": 2.2, "limit": 10_000 })
    );
}

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
async fn what_is_not_valid_or_refused_is_never_remembered() {
    let engine = engine();
    for _ in 0..2 {
        let (answered, was_remembered) = answer(&engine, request("{ nothing }", &json!({}))).await;
        assert!(!was_remembered);
        assert!(answered["errors"][0]["message"].is_string());
    }
    let too_deep = "{ a ".repeat(13) + &"}".repeat(13);
    assert!(engine.admit(Request::new(too_deep)).is_err());
    assert_eq!(engine.remembered().size(), (0, 0));
}

#[tokio::test]
async fn variables_are_judged_every_time() {
    let limits = GateLimits {
        cost_max: Cost::of_objects(5),
        page_rows_default: 1,
        ..GateLimits::default()
    };
    let engine = engine_of(limits);
    let text = "query($n: Int) { rows(first: $n) { number } }";
    for _ in 0..2 {
        answer(&engine, request(text, &json!({ "n": 4 }))).await;
    }
    let refused = engine.admit(request(text, &json!({ "n": 5 }))).err();
    let limit = refused.expect("too dear").to_server_error().extensions;
    let limit = limit.and_then(|told| told.get("limit").cloned());
    let limit = limit.and_then(|limit| limit.into_json().ok());
    assert_eq!(
        limit,
        Some(json!({ "name": "cost", "max": 5, "requested": 6 }))
    );
    let deep = (0..81).fold(json!(1), |inner, _| json!([inner]));
    let refused = engine.admit(request(text, &json!({ "x": deep }))).err();
    assert!(refused.expect("too deep").to_string().contains("levels"));
    assert_eq!(Excess::Cost.word(), "cost");
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

#[tokio::test]
async fn the_least_recently_used_is_forgotten() {
    let limits = GateLimits {
        remembered_documents_max: 2,
        ..GateLimits::default()
    };
    let engine = engine_of(limits);
    let ask = |first: u32| {
        request(
            &format!("{{ rows(first: {first}) {{ number }} }}"),
            &json!({}),
        )
    };
    for first in [1, 2, 1, 3] {
        answer(&engine, ask(first)).await;
    }
    assert_eq!(engine.remembered().size().0, 2);
    assert!(answer(&engine, ask(1)).await.1);
    assert!(!answer(&engine, ask(2)).await.1);
}

#[tokio::test]
async fn what_is_remembered_stays_within_its_bytes() {
    let limits = GateLimits {
        remembered_bytes_max: 10_000,
        remembered_text_bytes_max: 200,
        ..GateLimits::default()
    };
    let engine = engine_of(limits);
    for first in 0..30 {
        answer(
            &engine,
            request(
                &format!("{{ rows(first: {first}) {{ number }} }}"),
                &json!({}),
            ),
        )
        .await;
        assert!(engine.remembered().size().1 <= 10_000);
    }
    let (documents, bytes) = engine.remembered().size();
    assert!(documents >= 2 && bytes > 5_000, "{documents} {bytes}");
    let long = format!("{{ grant(wish: {{ name: \"{}\" }}) }}", "x".repeat(200));
    for _ in 0..2 {
        assert!(!answer(&engine, request(&long, &json!({}))).await.1);
    }
}

#[tokio::test]
async fn subscriptions_are_remembered_too() {
    let engine = engine();
    let mut was_remembered = Vec::new();
    for _ in 0..2 {
        let text = "subscription($n: Int!) { ticks(count: $n) }";
        let admitted = engine
            .admit(request(text, &json!({ "n": 3 })))
            .expect("let in");
        assert_eq!(admitted.kind, Some(OperationType::Subscription));
        was_remembered.push(admitted.is_validated);
        let answers: Vec<Response> = engine.stream(admitted).collect().await;
        let last = answers.last().map(|answer| answer.data.to_string());
        assert_eq!((answers.len(), last.as_deref()), (3, Some("{ticks: 2}")));
    }
    assert_eq!(was_remembered, [false, true]);
}
