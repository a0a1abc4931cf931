//! What the gate costs a request, what remembering spares it, and how soon an attack is refused.
//!
//! Prints a table; never fails on a slow machine. `cargo bench --bench gate`.

#![expect(clippy::disallowed_methods, reason = "a bench asks the clock")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextValidation,
};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{
    CacheControl, EmptyMutation, EmptySubscription, Object, Request, Schema, ServerError,
    ServerResult, SimpleObject, ValidationResult, Variables,
};
use futures_util::FutureExt;
use snapledger::graphql::gate::{Gate, GateLimits};
use snapledger::graphql::remembered::GatedEngine;

const SCHEMA: &str = include_str!("../schema.graphql");
const REQUESTS: u32 = 20_000;
const ATTACKS: u32 = 200;

type Engine = Schema<Query, EmptyMutation, EmptySubscription>;

struct Query;

struct Ledger;

#[derive(SimpleObject)]
struct Row {
    id: i32,
    name: String,
    a: i32,
    b: i32,
    c: i32,
    d: i32,
    e: i32,
    f: i32,
    g: i32,
    h: i32,
}

#[Object]
impl Ledger {
    async fn head(&self) -> &'static str {
        "1000000000000000001"
    }
}

#[Object]
impl Query {
    async fn ledger(&self) -> Ledger {
        Ledger
    }

    async fn rows(&self, first: Option<i32>) -> Vec<Row> {
        let row = |id| Row {
            id,
            name: "a row".to_owned(),
            a: id,
            b: id,
            c: id,
            d: id,
            e: id,
            f: id,
            g: id,
            h: id,
        };
        (0..first.unwrap_or(50)).map(row).collect()
    }
}

/// Remembers one document by an extension alone: what the engine of the gate avoids.
struct Extended(Arc<ExecutableDocument>);

impl ExtensionFactory for Extended {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self(self.0.clone()))
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Extended {
    async fn parse_query(
        &self,
        _: &ExtensionContext<'_>,
        _: &str,
        _: &Variables,
        _: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        Ok(self.0.as_ref().clone())
    }

    async fn validation(
        &self,
        _: &ExtensionContext<'_>,
        _: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        Ok(ValidationResult {
            cache_control: CacheControl::default(),
            complexity: 0,
            depth: 0,
        })
    }
}

fn build() -> async_graphql::SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    Engine::build(Query, EmptyMutation, EmptySubscription)
}

fn main() {
    println!(
        "{:<44} {:>12} {:>12} {:>12} {:>12}",
        "µs a request", "library", "gate, first", "remembered", "extension"
    );
    requests("{ ledger { head } }", REQUESTS);
    requests(
        "query Q { rows(first: 1) { id name a b c d e f g h } }",
        REQUESTS,
    );
    requests(
        "query Q($n: Int = 50) { rows(first: $n) { id name a b c d e f g h } }",
        REQUESTS / 10,
    );
    println!(
        "\n{:<44} {:>12}   target 5,000 µs",
        "µs until refused", "gate"
    );
    for levels in [24, 30] {
        attack(
            &format!("2 spreads, {levels} levels deep"),
            &spreading(2, levels),
        );
    }
    attack("100 spreads, 4 levels deep: 10^8", &spreading(100, 4));
    attack("10 spreads, 8 levels deep: 10^8", &spreading(10, 8));
    attack(
        "100,000 fields",
        &format!("{{ {} }}", "ledger ".repeat(100_000)),
    );
    attack("900 directives", &format!("{{ a {} }}", "@a ".repeat(900)));
    attack("1 MiB of brackets", &"[".repeat(1 << 20));
}

/// Compares ways of answering one request, in turns.
fn requests(text: &str, rounds: u32) {
    let document = Arc::new(parse_query(text).expect("a document"));
    let library = build().finish();
    let extension = build().extension(Extended(document)).finish();
    let forgetful = GateLimits {
        remembered_documents_max: 0,
        ..GateLimits::default()
    };
    let first = GatedEngine::new(build, forgetful).expect("a schema");
    let remembered = GatedEngine::new(build, GateLimits::default()).expect("a schema");
    let mut spent = [Duration::ZERO; 4];
    const TURNS: u32 = 10;
    for _ in 0..TURNS {
        for (place, spent) in spent.iter_mut().enumerate() {
            let started = Instant::now();
            for _ in 0..rounds / TURNS {
                let request = Request::new(text);
                let response = match place {
                    0 => library.execute(request).now_or_never(),
                    1 => first
                        .execute(first.admit(request).expect("in"))
                        .now_or_never(),
                    2 => remembered
                        .execute(remembered.admit(request).expect("in"))
                        .now_or_never(),
                    _ => extension.execute(request).now_or_never(),
                };
                let response = response.expect("nothing to wait for");
                assert!(black_box(response).is_ok());
            }
            *spent += started.elapsed();
        }
    }
    let [library, first, remembered, extension] =
        spent.map(|spent| spent.as_secs_f64() * 1e6 / f64::from(rounds));
    let text: String = text.chars().take(44).collect();
    println!("{text:<44} {library:>12.2} {first:>12.2} {remembered:>12.2} {extension:>12.2}");
    println!(
        "{:<44} {:>12.2} {:>12.2} {:>12.2} {:>12.2}",
        "  × the library",
        1.0,
        first / library,
        remembered / library,
        extension / library
    );
}

fn attack(name: &str, text: &str) {
    let gate = Gate::new(SCHEMA, GateLimits::default()).expect("a schema");
    let started = Instant::now();
    for _ in 0..ATTACKS {
        assert!(black_box(gate.read(text)).is_err());
    }
    let spent = started.elapsed().as_secs_f64() * 1e6 / f64::from(ATTACKS);
    println!("{name:<44} {spent:>12.1}   {} bytes", text.len());
}

/// Fragments of which each spreads the next so many times.
fn spreading(width: usize, levels: usize) -> String {
    let mut text = "{ ...f0 }".to_owned();
    for level in 0..levels {
        let spreads = format!("...f{} ", level + 1).repeat(width);
        text += &format!(" fragment f{level} on Query {{ {spreads}}}");
    }
    text + &format!(" fragment f{levels} on Query {{ ledger {{ head }} }}")
}
