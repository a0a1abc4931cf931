//! A client of the cluster, and when it is given up for another.
//!
//! The client crate keeps to the node it has found, also when that node is gone, and stops for good
//! when a connection cannot be made; the task that holds its connections never ends by itself. So
//! each client has a small runtime of its own, which ends with it, and is replaced after failures:
//! the next one asks the cluster anew who leads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventstore::{Client, ClientSettings};
use tokio::runtime::{Builder, Handle, Runtime};

/// A client is replaced after so many failures without a success between them. One is forgiven:
/// after "not the leader" the client goes to the leader by itself.
const FAILURES_MAX: u32 = 2;

/// A client, with all that works for it.
pub(super) struct Session {
    /// The client.
    pub(super) client: Client,
    runtime: Option<Runtime>,
}

impl Session {
    fn open(settings: ClientSettings) -> Result<Self, String> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("kurrentdb")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let handle = runtime.handle().clone();
        let runtime = Some(runtime);
        let client = Client::with_runtime_handle(handle, settings);
        let client = client.map_err(|error| error.to_string())?;
        Ok(Self { client, runtime })
    }

    /// Where work goes that shall end with this client.
    pub(super) fn handle(&self) -> Option<&Handle> {
        self.runtime.as_ref().map(Runtime::handle)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // It may be dropped inside another runtime, where waiting is not allowed.
            runtime.shutdown_background();
        }
    }
}

/// The session in use.
pub(super) struct Sessions {
    settings: ClientSettings,
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    session: Option<Arc<Session>>,
    failures: u32,
}

impl Sessions {
    /// No session is opened yet.
    pub(super) fn new(settings: ClientSettings) -> Self {
        let current = Mutex::default();
        Self { settings, current }
    }

    /// The session in use, or a new one. What cannot be opened is told without the settings.
    pub(super) fn current(&self) -> Result<Arc<Session>, String> {
        let mut current = self.lock();
        if let Some(session) = &current.session {
            return Ok(session.clone());
        }
        let session = Arc::new(Session::open(self.settings.clone())?);
        current.session = Some(session.clone());
        current.failures = 0;
        Ok(session)
    }

    /// A call in this session was answered.
    pub(super) fn answered(&self, session: &Arc<Session>) {
        let mut current = self.lock();
        if current.is(session) {
            current.failures = 0;
        }
    }

    /// A call in this session failed.
    pub(super) fn failed(&self, session: &Arc<Session>) {
        let mut current = self.lock();
        if current.is(session) {
            current.failures += 1;
            if current.failures >= FAILURES_MAX {
                current.session = None;
            }
        }
    }

    /// This session is of no more use.
    pub(super) fn give_up(&self, session: &Arc<Session>) {
        let mut current = self.lock();
        if current.is(session) {
            current.session = None;
        }
    }

    /// Nobody can panic while holding it.
    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Current {
    fn is(&self, session: &Arc<Session>) -> bool {
        let current = self.session.as_ref();
        current.is_some_and(|current| Arc::ptr_eq(current, session))
    }
}
