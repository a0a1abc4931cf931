//! `snapledger serve`: runs a server until it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use tokio_util::sync::CancellationToken;

use super::failure::{Done, Failure};
use crate::assemble::{Assembled, DataFolder, Purpose, assemble};
use crate::auth::Principal;
use crate::clock::{Clock, SystemClock};
use crate::config::{Access, Layer, LogChoice, Settings, settle};
use crate::domain::ids::Position;
use crate::gatekeeper::Gatekeeper;
use crate::ledger::{House, Ledger};
use crate::metrics::{Metrics, Traffic};
use crate::quota::Quota;
use crate::rest::{MediaFolder, Rest};
use crate::server::{Listening, Origins, Outside};
use crate::{console, graphql, rest, server, shutdown, telemetry};

/// A log with fewer events is caught up with at once: nothing is told.
const TOLD_EVENTS_MIN: u64 = 10_000;

/// Run a server
///
/// Every flag is also a variable of the environment (SNAPLEDGER_DATA, SNAPLEDGER_LISTEN, …) and a
/// name in the TOML file of --config; a flag counts before the environment, that before the file.
/// SNAPLEDGER_BOOTSTRAP_KEY sets a key that is the admin of every project. `snapledger settings`
/// prints all settings and limits with their defaults.
#[derive(clap::Args)]
pub(super) struct Serve {
    /// The folder that holds the log and the caches [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address to listen on [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Where the log is: sqlite, postgres://… or kurrentdb://… An address with a password belongs
    /// into SNAPLEDGER_LOG [default: sqlite, a file in the data folder]
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
    /// An origin whose pages may ask, as https://app.example; may be repeated
    #[arg(long, value_name = "ORIGIN")]
    cors_origin: Vec<String>,
    /// A folder whose files are handed out to whoever may read the items that point to them
    #[arg(long, value_name = "DIR")]
    media_root: Option<PathBuf>,
    /// A limit, as depth_max=10; may be repeated. `snapledger settings` lists them
    #[arg(long, value_name = "NAME=VALUE")]
    limit: Vec<String>,
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
        let folder = folder.of_log(settings.log.clone());
        let address = listening.address();
        let mut serving = listening.serve(settings.limits.server, &stop);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let mut told = tell_progress();
        let opening = assemble(
            &folder,
            Purpose::Serve(&settings.access, &settings.secrets),
            clock.clone(),
            &mut told,
        );
        let Assembled {
            house,
            gatekeeper,
            first_key,
        } = tokio::select! {
            assembled = opening => assembled.map_err(Failure::new)?,
            // What is folded so far is kept; the next start goes on with it.
            () = stop.cancelled() => {
                serving.finish().await;
                return Ok(());
            }
        };
        let log = match &settings.log {
            LogChoice::Sqlite => String::new(),
            LogChoice::Postgres(log) | LogChoice::Kurrent(log) => format!(", log in {log}"),
        };
        println!(
            "snapledger serves http://{address} (data in {}{log})",
            settings.data.display()
        );
        if let Some(key) = first_key {
            println!("the admin key, shown this once: {}", key.reveal());
        }
        if matches!(settings.access, Access::Open) {
            println!("no key is asked for: everyone on this machine is admin");
        }
        let ledger = house.ledger.clone();
        let connections = graphql::Connections::until(stop.child_token());
        let around = Around {
            gatekeeper,
            clock,
            traffic: serving.traffic(),
            connections: connections.clone(),
            leaving: stop.clone(),
        };
        serving.open(routes(&settings, &ledger, around)?);
        let served = tokio::select! {
            ended = serving.accepted() => ended.map_err(Failure::new),
            () = house.fallen() => Err(fallen()),
        };
        // Also when nobody asked: who is connected must hear that it ends.
        stop.cancel();
        // Sockets were told to end; whoever does not is cut off with the process.
        let finish_max = settings.limits.server.finish_time_max;
        let closing = tokio::time::timeout(finish_max, connections.closed());
        let (_, closed) = tokio::join!(serving.finish(), closing);
        if closed.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
        leave(house, &folder).await?;
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
            jwt_secret: None,
            seal_key: None,
            insecure_no_auth: self.insecure_no_auth.then_some(true),
            trace: self.trace,
            trace_format: self.trace_format,
            cors_origins: (!self.cors_origin.is_empty()).then_some(self.cors_origin),
            media_root: self.media_root,
            limits: Layer::limits_of_flags(&self.limit)?,
        };
        let environment = Layer::of_environment(variables())?;
        settle(flags, environment, file)
    }
}

/// What stands around the rooms.
struct Around {
    gatekeeper: Gatekeeper,
    clock: Arc<dyn Clock>,
    traffic: Arc<Traffic>,
    connections: graphql::Connections,
    leaving: CancellationToken,
}

/// All routes, over the rooms that these settings bound.
fn routes(settings: &Settings, ledger: &Ledger, around: Around) -> Result<Router, Failure> {
    let Around {
        gatekeeper,
        clock,
        traffic,
        connections,
        leaving,
    } = around;
    let limits = settings.limits;
    let quota = Quota::new(limits.quota, clock.clone());
    let charged = quota.clone();
    let schema = graphql::build(ledger.clone(), limits.graph).map_err(Failure::new)?;
    let schema = schema.charging(Arc::new(move |principal: &Principal, cost| {
        charged.charge(principal, cost).map_err(|wait| wait.seconds)
    }));
    let metrics = Arc::new(Metrics::of(ledger.clone(), schema.figures(), traffic));
    let rest = Rest::new(ledger.clone(), gatekeeper.clone()).bounded_by(limits.rest, quota);
    let media = settings.media_root.as_deref().map(MediaFolder::at);
    let media = media.transpose().map_err(Failure::new)?;
    let rest = rest.handing_out(media);
    let rooms = Router::new()
        .merge(console::routes(console::Told {
            asks_for_key: matches!(settings.access, Access::Keys(_)),
            hands_out_media: settings.media_root.is_some(),
        }))
        .merge(rest::routes(rest))
        .merge(graphql::routes(schema, gatekeeper.clone(), connections));
    let origins = Origins::allowed(settings.origins.clone());
    let origins = match settings.access {
        Access::Open => origins.without_credentials(),
        Access::Keys(_) => origins,
    };
    let outside = Outside {
        ledger: ledger.clone(),
        gatekeeper,
        clock,
        metrics,
        origins: Arc::new(origins),
        leaving,
    };
    Ok(server::routes(outside, rooms))
}

/// The variables that are texts; of the others none is a setting.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)))
}

async fn leave(house: House, folder: &DataFolder) -> Done {
    house.close().await.map_err(Failure::new)?;
    // Whoever was cut off may still be reading them; nothing is lost by it but time, and that only
    // if the machine goes down before the next start.
    if let Err(fault) = folder.close_caches() {
        tracing::warn!(%fault, "the caches were not synced; the next start judges by the boot");
    }
    tracing::info!("closed");
    Ok(())
}

fn fallen() -> Failure {
    Failure::with_hint(
        "the server cannot go on: its caches no longer follow the log",
        "see the lines above; start it again, after `snapledger rebuild` if it happens again, or as \
         a newer version if the log has events that this one does not know",
    )
}

/// Tells how far this node is brought up to the log, one line a tenth: first its copy of a shared
/// log, then its caches.
fn tell_progress() -> impl FnMut(Position, Position) + Send {
    let mut told = 0;
    move |position: Position, head: Position| {
        let tenth = position.0.saturating_mul(10) / head.0.max(1);
        // What begins again is the next of the two.
        told = told.min(tenth);
        if tenth > told && head.0 >= TOLD_EVENTS_MIN {
            told = tenth;
            tracing::info!(
                position = position.0,
                head = head.0,
                "bringing this node up to the log"
            );
        }
    }
}
