//! The double's open call of appends: one message an append, one answer each.

#![cfg(test)]

use std::pin::Pin;
use std::sync::Arc;

use futures_util::Stream;
use futures_util::stream::{self, StreamExt};
use hyper::body::Incoming;
use tonic::server::StreamingService;
use tonic::{Request, Response, Status, Streaming};

use super::messages::{BatchError, BatchReq, BatchResp, Empty, Success};
use super::node::{At, grpc};
use super::store::Refused;
use super::streams::{deleted, identifier, made, name, stored};

type Answers = Pin<Box<dyn Stream<Item = Result<BatchResp, Status>> + Send>>;

/// The code of gRPC for what does not meet the state that is there.
const FAILED_PRECONDITION: i32 = 9;

/// Serves the call until either side ends it.
pub(super) async fn serve(
    at: Arc<At>,
    request: hyper::Request<Incoming>,
) -> hyper::Response<tonic::body::Body> {
    grpc().streaming(Batches(at), request).await
}

struct Batches(Arc<At>);

impl StreamingService<BatchReq> for Batches {
    type Response = BatchResp;
    type ResponseStream = Answers;
    type Future = std::future::Ready<Result<Response<Answers>, Status>>;

    fn call(&mut self, request: Request<Streaming<BatchReq>>) -> Self::Future {
        let checked = self.0.check(request.metadata());
        let at = self.0.clone();
        std::future::ready(checked.map(|()| Response::new(answers(at, request.into_inner()))))
    }
}

fn answers(at: Arc<At>, requests: Streaming<BatchReq>) -> Answers {
    let state = Some((at, requests));
    let answers = stream::unfold(state, |state| async move {
        let (at, mut requests) = state?;
        let request = requests.message().await.ok().flatten()?;
        match answer(&at, request).await {
            Ok(answer) => Some((Ok(answer), Some((at, requests)))),
            // A call that has failed answers no more.
            Err(status) => Some((Err(status), None)),
        }
    });
    answers.boxed()
}

async fn answer(at: &At, request: BatchReq) -> Result<BatchResp, Status> {
    let malformed = || Status::invalid_argument("not an append");
    let options = request.options.ok_or_else(malformed)?;
    let stream = name(options.stream.as_ref()).ok_or_else(malformed)?;
    let events = request.proposed.into_iter().map(stored);
    let events = events.collect::<Result<Vec<_>, _>>()?;
    let mut answer = BatchResp {
        correlation: request.correlation,
        stream: Some(identifier(&stream)),
        ..BatchResp::default()
    };
    match made(at, &stream, options.revision, events).await? {
        Ok(revision) => {
            answer.success = Some(Success {
                revision: Some(revision),
                no_position: Some(Empty {}),
            });
        }
        Err(Refused::Deleted) => return Err(deleted()),
        Err(Refused::WrongExpected { .. } | Refused::TooLarge) => {
            answer.error = Some(BatchError {
                code: FAILED_PRECONDITION,
                message: "not as expected".to_owned(),
            });
        }
    }
    Ok(answer)
}
