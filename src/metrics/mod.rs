//! Metrics: what the rooms measure, in the form that Prometheus reads.
//!
//! The rooms know nothing of it: their figures are read when someone asks. Only the server tells it
//! what it sees itself, of requests and connections. Labels are words of the program, so there is a
//! bounded number of rows; no id and no name of anybody's ever is one.

mod gathered;
mod traffic;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::figures::SECONDS;
use crate::graphql;
use crate::ledger::Ledger;
use gathered::Gathered;

pub use traffic::Traffic;

/// Everything that is measured.
pub struct Metrics {
    registry: Registry,
    answers: Family<Answered, Counter>,
    answer_seconds: Family<Routed, Histogram, fn() -> Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Routed {
    route: String,
}

impl Metrics {
    /// The media type of [`Metrics::text`].
    pub const CONTENT_TYPE: &'static str =
        "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// What these measure from here on.
    pub fn of(ledger: Ledger, graph: Arc<graphql::Figures>, traffic: Arc<Traffic>) -> Self {
        let mut registry = Registry::with_prefix("snapledger");
        let answers = Family::default();
        let help = "HTTP requests answered, by route; those of WebSockets when they were opened";
        registry.register("http_requests", help, answers.clone());
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS.iter().copied());
        let answer_seconds = Family::new_with_constructor(histogram);
        let help = "From a request's head to its answer's head, in seconds";
        registry.register("http_request_seconds", help, answer_seconds.clone());
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program", build);
        registry.register_collector(Box::new(Gathered {
            ledger,
            graph,
            traffic,
        }));
        Self {
            registry,
            answers,
            answer_seconds,
        }
    }

    /// Takes up an answer.
    pub fn answered(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let labels = Answered {
            method: word(method),
            route: route.to_owned(),
            status: status.as_u16().into(),
        };
        self.answers.get_or_create(&labels).inc();
        let labels = Routed {
            route: labels.route,
        };
        let histogram = self.answer_seconds.get_or_create(&labels);
        histogram.observe(took.as_secs_f64());
    }

    /// Everything as it is now.
    pub fn text(&self) -> String {
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(fault) => unreachable!("writing to a text does not fail: {fault}"),
        }
    }
}

/// A caller may make up methods; they are one row together.
fn word(method: &Method) -> &'static str {
    let known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ];
    let words = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    let mut pairs = known.iter().zip(words);
    pairs
        .find(|(known, _)| *known == method)
        .map_or("other", |(_, word)| word)
}
