//! Calls to the cluster: each bounded by time, each answer told apart into what to do next.
//!
//! Everything asks for the leader, so that an answer is not older than what was acknowledged.
//! Never retries: whoever calls knows what a second try means.

use std::sync::Arc;
use std::time::Duration;

use eventstore::{
    AppendToStreamOptions, BatchAppendClient, BatchAppendOptions, Client, Error, EventData,
    ReadStreamOptions, RecordedEvent, StreamPosition, StreamState, SubscribeToStreamOptions,
    Subscription,
};
use serde::Deserialize;
use tokio::time::timeout;

use super::address::Address;
use super::session::{Session, Sessions};
use crate::domain::ids::Position;

/// The longest a call may take, connecting included. A link that is open at this end only ends so.
const CALL_TIME_MAX: Duration = Duration::from_secs(5);
/// The most events that are read in one call.
pub(super) const PAGE_EVENTS_MAX: usize = 128;

/// Why a call was not answered as hoped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkFault {
    /// The stream is not at the revision expected; nothing was appended.
    Raced,
    /// No answer, or none that says whether anything was done. Another try may go well.
    Lost(String),
    /// The cluster will not, however often it is asked.
    Refused(String),
}

/// The way to the log's stream.
pub(super) struct Link {
    address: Address,
    sessions: Sessions,
}

/// The members of a stream's metadata that take events away.
#[derive(Deserialize)]
struct Retention {
    #[serde(rename = "$maxCount")]
    count: Option<u64>,
    #[serde(rename = "$maxAge")]
    age: Option<u64>,
    #[serde(rename = "$tb")]
    truncated_before: Option<i64>,
}

impl Link {
    /// A link that is not connected yet.
    pub(super) fn new(address: Address) -> Self {
        let sessions = Sessions::new(address.settings.clone());
        Self { address, sessions }
    }

    /// The stream's name.
    pub(super) fn stream(&self) -> &str {
        &self.address.stream
    }

    /// Appends after this position, all or nothing. Returns the position of the last event.
    pub(super) async fn append(
        &self,
        after: Position,
        events: Vec<EventData>,
    ) -> Result<Position, LinkFault> {
        let expected = match after.0.checked_sub(1) {
            None => StreamState::NoStream,
            Some(revision) => StreamState::StreamRevision(revision),
        };
        let mut options = AppendToStreamOptions::default()
            .stream_state(expected)
            .requires_leader(true)
            .deadline(CALL_TIME_MAX);
        if let Some(credentials) = &self.address.credentials {
            options = options.authenticated(credentials.clone());
        }
        let stream = self.stream();
        let call = async |client: &Client| client.append_to_stream(stream, &options, events).await;
        let written = self.call(call).await?;
        Ok(Position(written.next_expected_version + 1))
    }

    /// The session in use, or a new one.
    pub(super) fn session(&self) -> Result<Arc<Session>, LinkFault> {
        self.sessions.current().map_err(LinkFault::Lost)
    }

    /// What this comes to, unless it takes longer than a call may.
    pub(super) async fn in_time<T>(&self, answer: impl Future<Output = T>) -> Option<T> {
        timeout(CALL_TIME_MAX, answer).await.ok()
    }

    /// Opens a call for many appends; none when it cannot be had. It ends with its session.
    pub(super) async fn open_batches(&self, session: &Session) -> Option<BatchAppendClient> {
        let mut options = BatchAppendOptions::default().requires_leader(true);
        if let Some(credentials) = &self.address.credentials {
            options = options.authenticated(credentials.clone());
        }
        let client = session.client.clone();
        let opening = async move { client.batch_append(&options).await };
        session.handle()?.spawn(opening).await.ok()?.ok()
    }

    /// Events from this position on, a page of them at most; fewer mean that there are no more.
    pub(super) async fn read(&self, from: Position) -> Result<Vec<RecordedEvent>, LinkFault> {
        let revision = StreamPosition::Position(from.0.saturating_sub(1));
        let options = self.reading().position(revision).forwards();
        let options = options.max_count(PAGE_EVENTS_MAX);
        self.events(self.stream(), &options).await
    }

    /// The stream's last event.
    pub(super) async fn last(&self) -> Result<Option<RecordedEvent>, LinkFault> {
        let options = self.reading().position(StreamPosition::End).max_count(1);
        Ok(self.events(self.stream(), &options).await?.pop())
    }

    /// What takes events of the stream away; nothing when it keeps them all, as it must.
    pub(super) async fn truncation(&self) -> Result<Option<&'static str>, LinkFault> {
        let options = self.reading().position(StreamPosition::End).max_count(1);
        let stream = format!("$${}", self.stream());
        let Some(event) = self.events(&stream, &options).await?.pop() else {
            return Ok(None);
        };
        let Ok(retention) = event.as_json::<Retention>() else {
            return Ok(Some("its metadata cannot be read"));
        };
        let Retention {
            count,
            age,
            truncated_before,
        } = retention;
        let by = [
            (
                truncated_before.is_some(),
                "it was deleted or truncated ($tb)",
            ),
            (count.is_some(), "its metadata has $maxCount"),
            (age.is_some(), "its metadata has $maxAge"),
        ];
        Ok(by.into_iter().find(|(found, _)| *found).map(|(_, by)| by))
    }

    /// A subscription to what comes after this position, with the session that it lives in.
    pub(super) async fn subscribe(
        &self,
        after: Position,
    ) -> Result<(Arc<Session>, Subscription), LinkFault> {
        let session = self.session()?;
        let start = match after.0.checked_sub(1) {
            None => StreamPosition::Start,
            Some(revision) => StreamPosition::Position(revision),
        };
        let mut options = SubscribeToStreamOptions::default()
            .start_from(start)
            .requires_leader(true);
        if let Some(credentials) = &self.address.credentials {
            options = options.authenticated(credentials.clone());
        }
        let subscription = session.client.subscribe_to_stream(self.stream(), &options);
        let subscription = subscription.await;
        Ok((session, subscription))
    }

    /// What the end of a subscription means, and for its session.
    pub(super) fn broken(&self, session: &Arc<Session>, error: &Error) -> LinkFault {
        self.judged(session, error)
    }

    /// Gives a session up that is open and says nothing.
    pub(super) fn give_up(&self, session: &Arc<Session>) {
        self.sessions.give_up(session);
    }

    fn reading(&self) -> ReadStreamOptions {
        let options = ReadStreamOptions::default()
            .requires_leader(true)
            .deadline(CALL_TIME_MAX);
        match &self.address.credentials {
            Some(credentials) => options.authenticated(credentials.clone()),
            None => options,
        }
    }

    async fn events(
        &self,
        stream: &str,
        options: &ReadStreamOptions,
    ) -> Result<Vec<RecordedEvent>, LinkFault> {
        self.call(async |client| {
            let mut events = Vec::new();
            let mut reading = match client.read_stream(stream, options).await {
                Err(Error::ResourceNotFound) => return Ok(events),
                reading => reading?,
            };
            loop {
                match reading.next().await {
                    Ok(Some(event)) => events.extend(event.event),
                    Ok(None) | Err(Error::ResourceNotFound) => return Ok(events),
                    Err(error) => return Err(error),
                }
            }
        })
        .await
    }

    async fn call<T>(
        &self,
        call: impl AsyncFnOnce(&Client) -> eventstore::Result<T>,
    ) -> Result<T, LinkFault> {
        let session = self.session()?;
        match timeout(CALL_TIME_MAX, call(&session.client)).await {
            Ok(Ok(answer)) => {
                self.sessions.answered(&session);
                Ok(answer)
            }
            Ok(Err(error)) => Err(self.judged(&session, &error)),
            Err(_) => {
                self.sessions.give_up(&session);
                let seconds = CALL_TIME_MAX.as_secs();
                Err(LinkFault::Lost(format!("no answer within {seconds} s")))
            }
        }
    }

    fn judged(&self, session: &Arc<Session>, error: &Error) -> LinkFault {
        let message = error.to_string();
        match error {
            Error::WrongExpectedVersion { .. } => {
                self.sessions.answered(session);
                LinkFault::Raced
            }
            Error::ConnectionClosed | Error::GrpcConnectionError(_) => {
                self.sessions.give_up(session);
                LinkFault::Lost(message)
            }
            Error::ResourceDeleted => {
                LinkFault::Refused("the stream was deleted for good (tombstoned)".to_owned())
            }
            Error::AccessDenied => LinkFault::Refused("the user may not do that".to_owned()),
            Error::UnsupportedFeature | Error::ResourceNotFound => LinkFault::Refused(message),
            Error::Grpc { code, .. } if *code as i32 == INVALID_ARGUMENT => {
                LinkFault::Refused(message)
            }
            // The server, or what stands before it, may have done what it was asked or not.
            _ => {
                self.sessions.failed(session);
                LinkFault::Lost(message)
            }
        }
    }
}

/// The gRPC code for a request that will never do.
const INVALID_ARGUMENT: i32 = 3;
