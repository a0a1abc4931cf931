//! The double's stream service: appends, reads in both directions, and subscriptions.

#![cfg(test)]

use std::pin::Pin;
use std::sync::Arc;

use futures_util::Stream;
use futures_util::stream;
use hyper::body::Incoming;
use tonic::metadata::MetadataMap;
use tonic::server::{ClientStreamingService, ServerStreamingService};
use tonic::{Code, Request, Response, Status, Streaming};

use super::faults::Fate;
use super::messages::{
    AppendReq, AppendResp, Empty, EventMessage, NotFound, ProposedMessage, ReadEvent, ReadOptions,
    ReadReq, ReadResp, StreamIdentifier, Success, WireUuid, WrongExpected,
};
use super::node::{At, grpc};
use super::store::{Kept, Refused, Stored};
use super::subscribed::Subscribed;

type Answer = hyper::Response<tonic::body::Body>;
pub(super) type Events = Pin<Box<dyn Stream<Item = Result<ReadResp, Status>> + Send>>;

/// Answers an append.
pub(super) async fn append(at: Arc<At>, request: hyper::Request<Incoming>) -> Answer {
    grpc().client_streaming(Appends(at), request).await
}

/// Answers a read, or begins a subscription.
pub(super) async fn read(at: Arc<At>, request: hyper::Request<Incoming>) -> Answer {
    grpc().server_streaming(Reads(at), request).await
}

struct Appends(Arc<At>);

impl ClientStreamingService<AppendReq> for Appends {
    type Response = AppendResp;
    type Future = Pin<Box<dyn Future<Output = Result<Response<AppendResp>, Status>> + Send>>;

    fn call(&mut self, request: Request<Streaming<AppendReq>>) -> Self::Future {
        Box::pin(appended(self.0.clone(), request))
    }
}

async fn appended(
    at: Arc<At>,
    request: Request<Streaming<AppendReq>>,
) -> Result<Response<AppendResp>, Status> {
    at.check(request.metadata())?;
    let malformed = || Status::invalid_argument("not an append");
    let mut messages = request.into_inner();
    let options = messages.message().await?.and_then(|first| first.options);
    let options = options.ok_or_else(malformed)?;
    let stream = name(options.stream.as_ref()).ok_or_else(malformed)?;
    let mut events = Vec::new();
    while let Some(message) = messages.message().await? {
        events.push(stored(message.proposed.ok_or_else(malformed)?)?);
    }
    let written = made(&at, &stream, options.revision, events).await?;
    let mut answer = AppendResp::default();
    match written {
        Ok(revision) => {
            answer.success = Some(Success {
                revision: Some(revision),
                no_position: Some(Empty {}),
            });
        }
        Err(Refused::WrongExpected { current }) => {
            answer.wrong_expected = Some(WrongExpected {
                current,
                current_none: current.is_none().then_some(Empty {}),
                expected: options.revision,
                expected_none: options.no_stream,
            });
        }
        Err(Refused::TooLarge) => {
            return Err(Status::invalid_argument("maximum append size exceeded"));
        }
        Err(Refused::Deleted) => return Err(deleted()),
    }
    Ok(Response::new(answer))
}

/// Makes an append, if it is its fate; what it came to, if that is told.
pub(super) async fn made(
    at: &At,
    stream: &str,
    expected: Option<u64>,
    events: Vec<Stored>,
) -> Result<Result<u64, Refused>, Status> {
    let (fate, after) = at.shared.faults.of_append();
    tokio::time::sleep(after).await;
    if fate == Fate::Cut {
        at.cut();
    }
    if matches!(fate, Fate::Unavailable | Fate::Cut) {
        return Err(unavailable());
    }
    let written = at.shared.store.append(stream, expected, events);
    match fate {
        Fate::Unanswered => return Err(unavailable()),
        Fate::CutAfter => at.cut(),
        Fate::Well | Fate::Unavailable | Fate::Cut => {}
    }
    Ok(written)
}

pub(super) fn stored(proposed: ProposedMessage) -> Result<Stored, Status> {
    let id = proposed.id.and_then(|id| id.id());
    Ok(Stored {
        id: id.ok_or_else(|| Status::invalid_argument("an event without an id"))?,
        metadata: proposed.metadata,
        custom_metadata: proposed.custom_metadata,
        data: proposed.data,
    })
}

struct Reads(Arc<At>);

impl ServerStreamingService<ReadReq> for Reads {
    type Response = ReadResp;
    type ResponseStream = Events;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Events>, Status>> + Send>>;

    fn call(&mut self, request: Request<ReadReq>) -> Self::Future {
        let at = self.0.clone();
        Box::pin(async move { events(&at, request).map(Response::new) })
    }
}

fn events(at: &Arc<At>, request: Request<ReadReq>) -> Result<Events, Status> {
    at.check(request.metadata())?;
    let malformed = || Status::invalid_argument("not a read");
    let options = request.into_inner().options.ok_or_else(malformed)?;
    let asked = options.stream.as_ref().ok_or_else(malformed)?;
    let stream = name(asked.stream.as_ref()).ok_or_else(malformed)?;
    match at.shared.faults.of_read() {
        Fate::Unavailable => return Err(unavailable()),
        Fate::Cut => at.cut(),
        Fate::Well | Fate::Unanswered | Fate::CutAfter => {}
    }
    if at.shared.store.with(&stream, |kept| kept.is_deleted) {
        return Err(deleted());
    }
    if options.subscription.is_some() {
        // It begins after the revision that is given.
        let next = match (asked.revision, &asked.end) {
            (Some(revision), _) => revision as usize + 1,
            (None, Some(_)) => return Err(Status::unimplemented("from the end")),
            (None, None) => 0,
        };
        return Ok(Subscribed::begin(at.clone(), stream, next));
    }
    let found = at
        .shared
        .store
        .with(&stream, |kept| page(kept, &stream, &options));
    let found = found.unwrap_or_else(|| {
        let stream = Some(identifier(&stream));
        let not_found = Some(NotFound { stream });
        vec![ReadResp {
            not_found,
            ..ReadResp::default()
        }]
    });
    Ok(Box::pin(stream::iter(found.into_iter().map(Ok))))
}

/// The events that are asked for; none when the stream has none.
fn page(kept: &mut Kept, stream: &str, options: &ReadOptions) -> Option<Vec<ReadResp>> {
    let all = kept.first..kept.events.len();
    let last = all.clone().last()?;
    let asked = options.stream.as_ref()?;
    let at = asked.revision.map(|revision| revision as usize);
    let count = usize::try_from(options.count?).unwrap_or(usize::MAX);
    let revisions: Vec<usize> = if options.direction == 0 {
        all.filter(|revision| *revision >= at.unwrap_or(0))
            .take(count)
            .collect()
    } else {
        let from = at.unwrap_or(last);
        all.rev()
            .filter(|revision| *revision <= from)
            .take(count)
            .collect()
    };
    let events = revisions.into_iter();
    let mut answers: Vec<_> = events
        .map(|revision| appeared(stream, revision, &kept.events[revision]))
        .collect();
    answers.push(ReadResp {
        last_position: Some(last as u64),
        ..ReadResp::default()
    });
    Some(answers)
}

pub(super) fn appeared(stream: &str, revision: usize, event: &Stored) -> ReadResp {
    let event = EventMessage {
        id: Some(WireUuid::of(event.id)),
        stream: Some(identifier(stream)),
        revision: revision as u64,
        prepare: revision as u64,
        commit: revision as u64,
        metadata: event.metadata.clone(),
        custom_metadata: event.custom_metadata.clone(),
        data: event.data.clone(),
    };
    ReadResp {
        event: Some(ReadEvent {
            event: Some(event),
            commit: Some(revision as u64),
        }),
        ..ReadResp::default()
    }
}

pub(super) fn name(stream: Option<&StreamIdentifier>) -> Option<String> {
    String::from_utf8(stream?.name.clone()).ok()
}

pub(super) fn identifier(stream: &str) -> StreamIdentifier {
    let name = stream.as_bytes().to_vec();
    StreamIdentifier { name }
}

pub(super) fn unavailable() -> Status {
    Status::unavailable("not now")
}

pub(super) fn deleted() -> Status {
    let mut told = MetadataMap::new();
    told.insert("exception", "stream-deleted".parse().expect("ascii"));
    Status::with_metadata(Code::FailedPrecondition, "it is deleted", told)
}
