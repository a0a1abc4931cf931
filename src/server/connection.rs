//! One connection: its requests one after the other, and the time it may take for each stage.
//!
//! hyper reads and writes; what it does not bound is bounded here. How long an answer may take is
//! its room's affair, and so is the body of a request.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{Request, Response, StatusCode};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::time::{Instant, sleep};

use super::accepting::Desk;
use super::doorbell::Doorbell;
use super::wire::{Pulse, Stage, Wire};

/// The fewest bytes that a head may be limited to and still be read.
const BUFFER_BYTES_MIN: usize = 8 << 10;

/// What a look at a connection came to.
enum Seen {
    Ended,
    Turned,
}

/// Serves a connection to its end; cut off when it is too slow, or when the server is cut off.
pub(super) async fn serve(desk: Arc<Desk>, wire: Wire, pulse: Arc<Pulse>) {
    let limits = desk.limits;
    let (called, answering) = (pulse.clone(), desk.clone());
    let service = service_fn(move |request| answer(answering.clone(), called.clone(), request));
    let mut http = http1::Builder::new();
    http.max_header_size(limits.head_bytes_max)
        .header_read_timeout(None);
    if limits.head_bytes_max < BUFFER_BYTES_MIN {
        http.max_buf_size(BUFFER_BYTES_MIN);
    }
    let connection = http.serve_connection(TokioIo::new(wire), service);
    let mut connection = pin!(connection.with_upgrades());
    let mut leaving = pin!(desk.leaving.cancelled());
    let mut cut = pin!(desk.cut.cancelled());
    let mut timer = pin!(sleep(limits.head_time_max));
    let (mut is_leaving, mut turns) = (false, pulse.turns());
    let doorbell = Doorbell::new();
    loop {
        let look = poll_fn(|context| {
            if doorbell.poll(connection.as_mut(), context).is_ready() {
                return Poll::Ready(Seen::Ended);
            }
            match pulse.turns() == turns {
                true => Poll::Pending,
                false => Poll::Ready(Seen::Turned),
            }
        });
        let is_timed = pulse.stage() != Stage::Working;
        tokio::select! {
            biased;
            seen = look => match seen {
                Seen::Ended => return,
                Seen::Turned => {
                    turns = pulse.turns();
                    let time_max = match pulse.stage() {
                        Stage::Idle => limits.idle_time_max,
                        Stage::Head => limits.head_time_max,
                        Stage::Working => continue,
                    };
                    timer.as_mut().reset(Instant::now() + time_max);
                }
            },
            () = leaving.as_mut(), if !is_leaving => {
                is_leaving = true;
                connection.as_mut().graceful_shutdown();
            }
            () = cut.as_mut() => return,
            () = timer.as_mut(), if is_timed => match pulse.stage() {
                Stage::Head => {
                    desk.traffic.break_off();
                    return;
                }
                // Whoever sends a request at this very moment is still answered.
                Stage::Idle => {
                    pulse.enter(Stage::Head);
                    connection.as_mut().graceful_shutdown();
                }
                Stage::Working => {}
            },
        }
    }
}

async fn answer(
    desk: Arc<Desk>,
    pulse: Arc<Pulse>,
    request: Request<Incoming>,
) -> Result<Response<Answering>, Infallible> {
    pulse.enter(Stage::Working);
    // The guard is made first: a request that is dropped in the middle has ended too.
    let ending = Ending(pulse);
    let routes = TowerToHyperService::new(desk.routes());
    let response = routes.call(request.map(Body::new)).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        ending.0.become_socket(&desk.traffic);
    }
    Ok(response.map(|body| Answering {
        body,
        _ending: ending,
    }))
}

/// The end of a request, when it is dropped.
struct Ending(Arc<Pulse>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.enter(Stage::Idle);
    }
}

/// The body of an answer: with its last byte the request has ended.
struct Answering {
    body: Body,
    _ending: Ending,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
