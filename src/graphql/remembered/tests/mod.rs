//! A remembered document is answered as if it came for the first time, only sooner.

mod answers;

use async_graphql::{
    EmptyMutation, Enum, InputObject, Object, OneofObject, Response, Schema, Subscription,
    Variables,
};
use futures_util::StreamExt;
use futures_util::stream::{self, Stream};
use serde_json::{Value as Json, json};

use super::*;
use crate::graphql::gate::{Excess, Reason};

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
    let excess = Reason::TooMuch {
        excess: Excess::VariablesDepth,
        limit: 80,
        found: None,
    };
    assert_eq!(refused.map(|refused| refused.reason), Some(excess));
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
        let valid = engine.validate(admitted).expect("valid");
        let answers: Vec<Response> = engine.stream(valid).collect().await;
        let last = answers.last().map(|answer| answer.data.to_string());
        assert_eq!((answers.len(), last.as_deref()), (3, Some("{ticks: 2}")));
    }
    assert_eq!(was_remembered, [false, true]);
}
