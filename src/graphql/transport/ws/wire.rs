//! The wire of a socket: bytes in and out, with a count of those that went out.
//!
//! So that whoever writes can tell a slow reader, who takes a little now and then, from one who
//! takes nothing. Changes nothing of what passes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The bytes of an upgraded connection.
pub struct Wire {
    bytes: TokioIo<Upgraded>,
    written: Written,
}

/// How many bytes the other side's system has taken.
#[derive(Debug, Clone, Default)]
pub struct Written(Arc<AtomicU64>);

impl Wire {
    /// The wire of a connection that was upgraded.
    pub fn new(upgraded: Upgraded) -> Self {
        Self {
            bytes: TokioIo::new(upgraded),
            written: Written::default(),
        }
    }

    /// The count of its bytes.
    pub fn written(&self) -> Written {
        self.written.clone()
    }
}

impl Written {
    /// The count so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bytes).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.bytes).poll_write(context, buffer))?;
        self.written.0.fetch_add(written as u64, Ordering::Relaxed);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bytes).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bytes).poll_shutdown(context)
    }
}
