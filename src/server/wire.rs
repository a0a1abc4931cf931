//! The wire of one connection: its bytes, its place among the connections, and what it is at.
//!
//! A WebSocket takes the wire with it, so its place is held until the socket is closed, whoever
//! closes it. Who takes no byte of an answer for too long is cut off here.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Sleep;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::metrics::Traffic;

/// What a connection is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Stage {
    /// Between two requests.
    Idle,
    /// Some bytes of a request's head are there, or the first are waited for.
    Head,
    /// A request is being answered.
    Working,
}

/// What a connection is at, for its wire, its service and its timer.
#[derive(Debug)]
pub(super) struct Pulse {
    stage: AtomicU8,
    turns: AtomicU32,
    is_socket: AtomicBool,
}

impl Pulse {
    /// A new connection, of which the first request is waited for.
    pub fn new() -> Self {
        Self {
            stage: AtomicU8::new(Stage::Head as u8),
            turns: AtomicU32::new(0),
            is_socket: AtomicBool::new(false),
        }
    }

    pub fn stage(&self) -> Stage {
        match self.stage.load(Ordering::Acquire) {
            stage if stage == Stage::Idle as u8 => Stage::Idle,
            stage if stage == Stage::Head as u8 => Stage::Head,
            _ => Stage::Working,
        }
    }

    /// How often the stage has changed.
    pub fn turns(&self) -> u32 {
        self.turns.load(Ordering::Acquire)
    }

    pub fn enter(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Release);
        self.turns.fetch_add(1, Ordering::Release);
    }

    /// It speaks WebSocket from here on.
    pub fn become_socket(&self, traffic: &Traffic) {
        if !self.is_socket.swap(true, Ordering::AcqRel) {
            traffic.became_socket();
        }
    }
}

/// A connection's place among all; given back when it is dropped.
pub(super) struct Place {
    pub traffic: Arc<Traffic>,
    pub pulse: Arc<Pulse>,
    pub _slot: OwnedSemaphorePermit,
    /// The end of the server waits for it.
    pub _token: TaskTrackerToken,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.traffic
            .went(self.pulse.is_socket.load(Ordering::Acquire));
    }
}

/// The bytes of one connection.
pub(super) struct Wire {
    stream: TcpStream,
    place: Place,
    stall_max: Duration,
    /// Runs while the caller takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub const fn new(stream: TcpStream, place: Place, stall_max: Duration) -> Self {
        Self {
            stream,
            place,
            stall_max,
            stalled: None,
        }
    }

    /// What a write came to; an error once nothing was taken for too long.
    fn patient<T>(
        &mut self,
        context: &mut Context<'_>,
        wrote: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.stalled = None;
            return wrote;
        }
        let stall_max = self.stall_max;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(stall_max)));
        ready!(stalled.as_mut().poll(context));
        self.place.traffic.break_off();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let pulse = &self.place.pulse;
        if buffer.filled().len() > before && pulse.stage() == Stage::Idle {
            pulse.enter(Stage::Head);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.patient(context, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.patient(context, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
