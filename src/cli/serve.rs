//! `snapledger serve`: runs a server until it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use tokio_util::sync::CancellationToken;

use super::failure::{Done, Failure};
use crate::assemble::{Assembled, DataFolder, assemble};
use crate::clock::{Clock, SystemClock};
use crate::config::{Access, Layer, Settings, settle};
use crate::domain::ids::Position;
use crate::ledger::House;
use crate::rest::Rest;
use crate::server::Listening;
use crate::{console, graphql, rest, server, shutdown, telemetry};

/// A log with fewer events is caught up with at once: nothing is told.
const TOLD_EVENTS_MIN: u64 = 10_000;

/// Run a server
///
/// Every flag is also a variable of the environment (SNAPLEDGER_DATA, SNAPLEDGER_LISTEN, …) and a
/// name in the TOML file of --config; a flag counts before the environment, that before the file.
/// SNAPLEDGER_BOOTSTRAP_KEY sets a key that is the admin of every project.
#[derive(clap::Args)]
pub(super) struct Serve {
    /// The folder that holds the log and the caches [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Where the log is [default: sqlite, a file in the data folder]
    #[arg(long)]
    log: Option<String>,
    /// Let everyone in as admin; only on a loopback address, for trying out
    #[arg(long)]
    insecure_no_auth: bool,
    /// What to tell on stderr: a filter as info or snapledger=debug [default: info]
    #[arg(long, value_name = "FILTER")]
    trace: Option<String>,
    /// How to tell it: text or json [default: text]
    #[arg(long, value_name = "FORM")]
    trace_format: Option<String>,
    /// A TOML file with the same settings
    #[arg(long, env = "SNAPLEDGER_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Serve {
    pub async fn run(self) -> Done {
        let settings = self.settings().map_err(Failure::new)?;
        telemetry::begin(&settings.telling).map_err(Failure::new)?;
        let stop = shutdown::listen().map_err(Failure::new)?;
        let listening = Listening::on(settings.listen).await.map_err(Failure::new)?;
        let folder = DataFolder::take(&settings.data).map_err(Failure::new)?;
        let address = listening.address();
        let opened = CancellationToken::new();
        let serving = listening.answer_until(opened.clone());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let mut told = tell_progress();
        let opening = assemble(&folder, &settings.access, clock, &mut told);
        let Assembled {
            house,
            gatekeeper,
            first_key,
        } = tokio::select! {
            assembled = opening => assembled.map_err(Failure::new)?,
            // What is folded so far is kept; the next start goes on with it.
            () = stop.cancelled() => return Ok(()),
        };
        println!(
            "snapledger serves http://{address} (data in {})",
            settings.data.display()
        );
        if let Some(key) = first_key {
            println!("the admin key, shown this once: {}", key.reveal());
        }
        if matches!(settings.access, Access::Open) {
            println!("no key is asked for: everyone on this machine is admin");
        }
        let ledger = house.ledger.clone();
        let rest = Rest::new(ledger.clone(), gatekeeper.clone());
        let schema = graphql::build(ledger.clone(), graphql::Limits::default());
        let rooms = Router::new()
            .merge(console::routes())
            .merge(rest::routes(rest))
            .merge(graphql::routes(schema, gatekeeper));
        let routes = server::routes(ledger, rooms);
        opened.cancel();
        let stopping = stop.child_token();
        let served = tokio::select! {
            served = serving.run(routes, stopping) => served.map_err(Failure::new),
            () = house.fallen() => Err(fallen()),
        };
        leave(house).await?;
        served
    }

    fn settings(self) -> Result<Settings, crate::config::ConfigFault> {
        let file = match &self.config {
            Some(path) => Layer::of_file(path)?,
            None => Layer::default(),
        };
        let flags = Layer {
            data: self.data,
            listen: self.listen,
            log: self.log,
            bootstrap_key: None,
            insecure_no_auth: self.insecure_no_auth.then_some(true),
            trace: self.trace,
            trace_format: self.trace_format,
        };
        let environment = Layer::of_environment(|name| std::env::var(name).ok())?;
        settle(flags, environment, file)
    }
}

async fn leave(house: House) -> Done {
    house.close().await.map_err(Failure::new)?;
    tracing::info!("closed");
    Ok(())
}

fn fallen() -> Failure {
    Failure::with_hint(
        "the server cannot go on: its caches no longer follow the log",
        "see the lines above; start it again, after `snapledger rebuild` if it happens again",
    )
}

/// Tells how far the caches are brought up to the log, one line a tenth.
fn tell_progress() -> impl FnMut(Position, Position) + Send {
    let mut told = 0;
    move |position: Position, head: Position| {
        let tenth = position.0.saturating_mul(10) / head.0.max(1);
        if tenth > told && head.0 >= TOLD_EVENTS_MIN {
            told = tenth;
            tracing::info!(
                position = position.0,
                head = head.0,
                "bringing the caches up to the log"
            );
        }
    }
}
