//! How the server begins and ends: it listens, serves what there is to serve, and finishes.
//!
//! Every connection belongs to one tracker. First they are asked to end, then, after a bounded
//! time, cut off.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::accepting::{Desk, accept};
use super::health;
use super::limits::ServerLimits;
use crate::metrics::Traffic;

/// Where it listens; whoever connects waits until it is served.
pub struct Listening {
    listener: TcpListener,
    address: SocketAddr,
}

/// A server at work.
pub struct Serving {
    desk: Arc<Desk>,
    accepting: JoinHandle<()>,
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
    /// Nothing accepts connections any more.
    #[error("the server broke off: {0}")]
    Broken(String),
}

impl Listening {
    /// Listens from here on.
    pub async fn on(address: SocketAddr) -> Result<Self, ServeFault> {
        let fault = |why: std::io::Error| match why.kind() {
            std::io::ErrorKind::AddrInUse => ServeFault::AddressInUse(address),
            _ => ServeFault::Listen { address, why },
        };
        let listener = TcpListener::bind(address).await.map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        Ok(Self { listener, address })
    }

    /// Where it listens; also where any port was asked for.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts connections until `leaving` is cancelled; only health answers until
    /// [`Serving::open`].
    pub fn serve(self, limits: ServerLimits, leaving: &CancellationToken) -> Serving {
        let desk = Arc::new(Desk {
            limits,
            traffic: Arc::default(),
            starting: health::starting(),
            opened: OnceLock::new(),
            leaving: leaving.child_token(),
            cut: CancellationToken::new(),
            tracker: TaskTracker::new(),
        });
        let accepting = tokio::spawn(accept(desk.clone(), self.listener));
        Serving { desk, accepting }
    }
}

impl Serving {
    /// From here on these routes answer, also on connections that are open already.
    pub fn open(&self, routes: Router) {
        // The first routes stay: a server is opened once.
        let _ = self.desk.opened.set(routes);
    }

    /// How many connections there are.
    pub fn traffic(&self) -> Arc<Traffic> {
        self.desk.traffic.clone()
    }

    /// Resolves when nothing accepts connections any more; a fault unless it was asked to leave.
    pub async fn accepted(&mut self) -> Result<(), ServeFault> {
        let ended = (&mut self.accepting).await;
        ended.map_err(|fault| ServeFault::Broken(fault.to_string()))
    }

    /// Accepts nothing more and waits until every request is answered and every connection is
    /// closed; what is not done in time is cut off. True when all was done.
    pub async fn finish(self) -> bool {
        let desk = &self.desk;
        desk.leaving.cancel();
        desk.tracker.close();
        let finished = tokio::time::timeout(desk.limits.finish_time_max, desk.tracker.wait());
        let is_done = finished.await.is_ok();
        if !is_done {
            let open = desk.traffic.open();
            tracing::warn!(
                connections = open,
                "some did not end in time and are cut off"
            );
        }
        desk.cut.cancel();
        is_done
    }
}
