//! A session: one connection, set up as all of ours are, and the task that drives it.
//!
//! Whatever goes wrong on it, it is dropped and another one is opened: nobody mends a session. The
//! server ends what a dead node left open by the limits that are set here.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio_postgres::error::Severity;
use tokio_postgres::{AsyncMessage, Client, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use super::fault::{Trouble, within};

/// The channel that tells followers of new events. It carries no truth: who hears nothing finds
/// them all the same.
pub(super) const CHANNEL: &str = "snapledger_events";
/// How long all hosts together may take to let a connection in and set it up.
const OPEN_LIMIT: Duration = Duration::from_secs(8);

/// Gives the session its settings, those that this server knows. `synchronous_commit` stays what
/// the server's owner chose, but never off. Every query of ours has its index: a plan made while
/// the table was empty must not scan it for ever.
const SET_UP: &str = "
    SELECT set_config(name, value, false)
    FROM (VALUES
        ('statement_timeout', '8s'),
        ('lock_timeout', '4s'),
        ('idle_in_transaction_session_timeout', '5s'),
        ('client_connection_check_interval', '2s'),
        ('tcp_keepalives_idle', '5'),
        ('tcp_keepalives_interval', '2'),
        ('tcp_keepalives_count', '3'),
        ('tcp_user_timeout', '10s'),
        ('enable_seqscan', 'off'),
        ('jit', 'off'),
        ('synchronous_commit', CASE current_setting('synchronous_commit')
            WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END)
    ) AS ours (name, value)
    JOIN pg_settings USING (name)";

/// One connection. Dropping it closes it.
pub(super) struct Session {
    /// What calls are made on.
    pub(super) client: Client,
    heard: Arc<Heard>,
    driver: AbortHandle,
}

/// What comes unasked.
#[derive(Default)]
struct Heard {
    /// There are new events, or the connection has ended.
    news: Notify,
    /// The server has warned of something since this was last looked at.
    warned: AtomicBool,
}

impl Session {
    /// Opens a session with a server that takes writes, on the first host that has one.
    pub(super) async fn open(address: &Address) -> Result<Self, Trouble> {
        let opening = async {
            let (client, connection) = address.config.connect(address.tls.clone()).await?;
            let heard = Arc::new(Heard::default());
            let driver = tokio::spawn(drive(connection, heard.clone())).abort_handle();
            let session = Self {
                client,
                heard,
                driver,
            };
            session.client.batch_execute(SET_UP).await?;
            Ok::<_, tokio_postgres::Error>(session)
        };
        within(OPEN_LIMIT, opening).await
    }

    /// From now on [`Session::news`] tells of new events.
    pub(super) async fn listen(&self) -> Result<(), tokio_postgres::Error> {
        self.client
            .batch_execute(&format!("LISTEN {CHANNEL}"))
            .await
    }

    /// Waits for news. What came since the last wait counts; the end of the connection is news.
    pub(super) async fn news(&self) {
        self.heard.news.notified().await;
    }

    /// Whether the server has warned of something since the last such question.
    pub(super) fn was_warned(&self) -> bool {
        self.heard.warned.swap(false, Ordering::AcqRel)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

type Stream = <MakeRustlsConnect as tokio_postgres::tls::MakeTlsConnect<Socket>>::Stream;

/// Moves what is sent and received, in order, until the connection ends.
async fn drive(mut connection: Connection<Socket, Stream>, heard: Arc<Heard>) {
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notification(_)) => heard.news.notify_one(),
            Ok(AsyncMessage::Notice(notice)) => {
                if notice.parsed_severity() == Some(Severity::Warning) {
                    tracing::warn!(message = notice.message(), "the log's server warns");
                    heard.warned.store(true, Ordering::Release);
                }
            }
            // The library may add kinds; none of them is ours.
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(
                    error = Trouble::from(error).message,
                    "a connection has ended"
                );
                break;
            }
        }
    }
    heard.news.notify_one();
}
