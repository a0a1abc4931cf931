//! The server: its routes, and how it starts, serves and ends.
//!
//! While the ledger opens only health answers. After the first signal nothing new is accepted, and
//! what runs has a bounded time to end.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::console;
use crate::ledger::Ledger;
use crate::rest::Trouble;
use crate::shutdown::FINISH_MAX;

/// How many events the views may be behind the log on a node that calls itself ready.
const READY_LAG_MAX: u64 = 10_000;

/// Where it listens, twice: for while the ledger opens, and for ever after.
pub struct Listening {
    starting: TcpListener,
    serving: TcpListener,
    address: SocketAddr,
}

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// Something else listens there.
    #[error(
        "{0} is in use by another program; stop that one, or choose another port with --listen"
    )]
    AddressInUse(SocketAddr),
    /// It cannot listen there.
    #[error("it is not possible to listen on {address}: {why}; choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        why: std::io::Error,
    },
    /// The connections broke off.
    #[error("the server broke off: {0}")]
    Serve(std::io::Error),
}

impl Listening {
    /// Listens from here on; whoever connects waits until it is served.
    pub async fn on(address: SocketAddr) -> Result<Self, ServeFault> {
        let fault = |why: std::io::Error| match why.kind() {
            std::io::ErrorKind::AddrInUse => ServeFault::AddressInUse(address),
            _ => ServeFault::Listen { address, why },
        };
        let serving = TcpListener::bind(address).await.map_err(fault)?;
        let address = serving.local_addr().map_err(fault)?;
        let serving = serving.into_std().map_err(fault)?;
        let starting = serving.try_clone().map_err(fault)?;
        Ok(Self {
            starting: TcpListener::from_std(starting).map_err(fault)?,
            serving: TcpListener::from_std(serving).map_err(fault)?,
            address,
        })
    }

    /// Where it listens; also where any port was asked for.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers health, and that it is not ready, until the token is cancelled.
    pub fn answer_until(self, opened: CancellationToken) -> Serving {
        let routes = Router::new()
            .route("/healthz", get(health))
            .fallback(starting);
        let answering = async move {
            let stopped = opened.cancelled_owned();
            if let Err(fault) = axum::serve(self.starting, routes)
                .with_graceful_shutdown(stopped)
                .await
            {
                tracing::warn!(%fault, "nothing answered while the ledger opened");
            }
        };
        tokio::spawn(answering);
        Serving {
            listener: self.serving,
        }
    }
}

/// Where it will serve.
pub struct Serving {
    listener: TcpListener,
}

impl Serving {
    /// Serves until `stop` is cancelled; what then runs has [`FINISH_MAX`] to end.
    pub async fn run(self, routes: Router, stop: CancellationToken) -> Result<(), ServeFault> {
        let stopped = stop.clone().cancelled_owned();
        let serving = axum::serve(self.listener, routes).with_graceful_shutdown(stopped);
        let bound = async {
            stop.cancelled().await;
            tokio::time::sleep(FINISH_MAX).await;
        };
        tokio::select! {
            ended = serving.into_future() => ended.map_err(ServeFault::Serve),
            () = bound => {
                tracing::warn!("some connections did not end in time");
                Ok(())
            }
        }
    }
}

/// Health, readiness and the front page, around the routes of the rooms.
pub fn routes(ledger: Ledger, rooms: Router) -> Router {
    Router::new()
        .route("/", get(front_page))
        .route("/readyz", get(readiness))
        .with_state(ledger)
        .route("/healthz", get(health))
        .merge(rooms)
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
}

async fn health() -> &'static str {
    "ok\n"
}

async fn starting() -> Response {
    Trouble::unavailable("the ledger is still opening").into_response()
}

async fn readiness(State(ledger): State<Ledger>) -> Response {
    let behind = ledger.head().0.saturating_sub(ledger.view_position().0);
    if behind > READY_LAG_MAX {
        let message = format!("the views are {behind} events behind the log");
        return Trouble::unavailable(message).into_response();
    }
    "ready\n".into_response()
}

async fn front_page(State(ledger): State<Ledger>, headers: HeaderMap) -> Response {
    if let Some(page) = console::front_page(&headers).await {
        return page;
    }
    let text = format!(
        "snapledger {}: an event-sourced snapshot ledger\n\
         ledger {}\n\
         \n\
         /graphql                   GraphQL over POST; subscriptions over WebSocket\n\
         /playground                GraphQL to try out in a browser\n\
         /v1/datasets/{{id}}/items    items in bulk: POST NDJSON or CSV, GET NDJSON\n\
         /healthz  /readyz          is it up, is it caught up\n\
         \n\
         Send a key as `Authorization: Bearer sl_...`\n",
        env!("CARGO_PKG_VERSION"),
        ledger.id(),
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn not_found() -> Trouble {
    Trouble::new(
        StatusCode::NOT_FOUND,
        "NOT_FOUND",
        "there is nothing at this path",
        "see / for what there is",
    )
}

async fn method_not_allowed() -> Trouble {
    Trouble::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "BAD_INPUT",
        "this path does not take this method",
        "see / for what there is",
    )
}
