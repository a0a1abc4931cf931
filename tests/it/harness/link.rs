//! A link between two processes, with a place in the middle where it can be made to fail.
//!
//! A link listens on a port of its own for as long as it lives, and carries what comes there to
//! wherever its far end is by now. It never looks at what it carries.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

/// Connections that a link carries at once; one more is reset.
const CONNECTIONS_MAX: usize = 512;
/// Bytes that a link holds of each direction of a connection.
const HELD_BYTES_MAX: usize = 16 * 1024;
/// The longest that a piece is delayed.
const DELAY_MAX: Duration = Duration::from_secs(5);

/// What becomes of what is sent over a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// It arrives.
    Open,
    /// It arrives, each piece after this time.
    Slow(Duration),
    /// It waits, and arrives when the link is open again: an outage that TCP outlives. Whoever
    /// stopped waiting for an answer may have sent something that still comes.
    Held,
    /// It is gone, and nobody is told: both ends think that they are connected. When the link is
    /// open again, connections of which something is gone are reset.
    HalfOpen,
    /// Every connection is reset, and every new one.
    Cut,
}

/// A link; it ends with its handle.
pub struct Link {
    near: SocketAddr,
    far: watch::Sender<SocketAddr>,
    passage: watch::Sender<Passage>,
    accepting: JoinHandle<()>,
}

/// A connection that cannot be carried on, and is reset at both ends.
struct Broken;

impl Link {
    /// A link to this address, open.
    pub async fn to(far: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let near = listener.local_addr().expect("its port");
        let (far, far_now) = watch::channel(far);
        let (passage, passage_now) = watch::channel(Passage::Open);
        let accepting = tokio::spawn(accept(listener, far_now, passage_now));
        Self {
            near,
            far,
            passage,
            accepting,
        }
    }

    /// Where it listens.
    pub const fn near(&self) -> SocketAddr {
        self.near
    }

    /// Leads new connections elsewhere: whoever was there has another port by now.
    pub fn lead_to(&self, far: SocketAddr) {
        self.far.send_replace(far);
    }

    /// Lets happen this from now on to what is sent over it.
    pub fn set(&self, passage: Passage) {
        self.passage.send_replace(passage);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    listener: TcpListener,
    far: watch::Receiver<SocketAddr>,
    passage: watch::Receiver<Passage>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        // What has ended is taken out, so that the set holds what runs and no more.
        while connections.try_join_next().is_some() {}
        let Ok((near, _)) = listener.accept().await else {
            continue;
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            reset(&near);
            continue;
        };
        let (far, passage) = (far.clone(), passage.clone());
        connections.spawn(async move {
            carry(near, &far, passage).await;
            drop(place);
        });
    }
}

/// Carries one connection to its end.
async fn carry(
    mut near: TcpStream,
    far: &watch::Receiver<SocketAddr>,
    mut passage: watch::Receiver<Passage>,
) {
    let is_through = passage
        .wait_for(|now| !matches!(now, Passage::Held | Passage::HalfOpen))
        .await
        .is_ok_and(|now| *now != Passage::Cut);
    if !is_through {
        return reset(&near);
    }
    let address = *far.borrow();
    let Ok(mut far) = TcpStream::connect(address).await else {
        return reset(&near);
    };
    let ended = {
        let (near_in, near_out) = near.split();
        let (far_in, far_out) = far.split();
        let there = pass_on(near_in, far_out, passage.clone());
        let back = pass_on(far_in, near_out, passage);
        tokio::try_join!(there, back)
    };
    if let Err(Broken) = ended {
        reset(&near);
        reset(&far);
    }
}

/// Passes on what is sent in one direction, to its end.
async fn pass_on(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut passage: watch::Receiver<Passage>,
) -> Result<(), Broken> {
    let mut piece = vec![0; HELD_BYTES_MAX];
    let mut is_something_gone = false;
    loop {
        let now = *passage.borrow_and_update();
        match now {
            Passage::Cut => return Err(Broken),
            Passage::Open | Passage::Slow(_) | Passage::Held if is_something_gone => {
                return Err(Broken);
            }
            Passage::Held => {
                passage.changed().await.map_err(|_| Broken)?;
                continue;
            }
            Passage::Open | Passage::Slow(_) | Passage::HalfOpen => {}
        }
        let count = tokio::select! {
            changed = passage.changed() => {
                changed.map_err(|_| Broken)?;
                continue;
            }
            read = from.read(&mut piece) => read.map_err(|_| Broken)?,
        };
        match now {
            Passage::HalfOpen => {
                is_something_gone = true;
                if count == 0 {
                    // The other end is not told that this one has gone, until the link heals.
                    let _healed = passage.wait_for(|now| *now != Passage::HalfOpen).await;
                    return Err(Broken);
                }
            }
            Passage::Slow(delay) => {
                tokio::time::sleep(delay.min(DELAY_MAX)).await;
                hand_over(&mut to, &piece[..count], &mut passage).await?;
            }
            Passage::Open | Passage::Held | Passage::Cut => {
                hand_over(&mut to, &piece[..count], &mut passage).await?;
            }
        }
        if count == 0 {
            return Ok(());
        }
    }
}

/// Writes a piece, or the end that an empty one is, unless the link is cut meanwhile: whoever
/// should read it may have been stopped.
async fn hand_over(
    to: &mut WriteHalf<'_>,
    piece: &[u8],
    passage: &mut watch::Receiver<Passage>,
) -> Result<(), Broken> {
    let written = async {
        match piece {
            [] => to.shutdown().await,
            piece => to.write_all(piece).await,
        }
    };
    tokio::select! {
        written = written => written.map_err(|_: io::Error| Broken),
        _cut = passage.wait_for(|now| *now == Passage::Cut) => Err(Broken),
    }
}

/// Lets the connection end with a reset instead of a goodbye, once it is dropped.
fn reset(connection: &TcpStream) {
    // It may be gone already.
    let _ = connection.set_zero_linger();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long nothing must come until it is believed that nothing comes.
    const SILENCE: Duration = Duration::from_millis(150);

    /// A link to somebody who says again whatever he is told, and a connection over it.
    async fn echo() -> (Link, TcpStream, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let link = Link::to(listener.local_addr().expect("its port")).await;
        let echoing = tokio::spawn(async move {
            while let Ok((mut heard, _)) = listener.accept().await {
                let (mut from, mut to) = heard.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            }
        });
        let mut connection = connected(&link).await;
        assert_eq!(said(&mut connection, b"before").await, b"before");
        (link, connection, echoing)
    }

    async fn connected(link: &Link) -> TcpStream {
        TcpStream::connect(link.near()).await.expect("it listens")
    }

    async fn said(connection: &mut TcpStream, words: &[u8]) -> Vec<u8> {
        connection.write_all(words).await.expect("it is taken");
        let mut heard = vec![0; words.len()];
        connection.read_exact(&mut heard).await.expect("an echo");
        heard
    }

    /// Whether nothing comes, not even an end.
    async fn is_silent(connection: &mut TcpStream) -> bool {
        let mut heard = [0; 1];
        let hearing = tokio::time::timeout(SILENCE, connection.read(&mut heard));
        hearing.await.is_err()
    }

    async fn is_reset(connection: &mut TcpStream) -> bool {
        let heard = connection.read(&mut [0; 1]).await;
        heard.is_err_and(|fault| fault.kind() == io::ErrorKind::ConnectionReset)
    }

    #[tokio::test]
    async fn a_cut_link_resets_what_is_open_and_what_comes_and_heals_for_new_connections() {
        let (link, mut connection, _echoing) = echo().await;
        link.set(Passage::Cut);
        assert!(is_reset(&mut connection).await);
        assert!(is_reset(&mut connected(&link).await).await);
        link.set(Passage::Open);
        assert_eq!(said(&mut connected(&link).await, b"after").await, b"after");
    }

    #[tokio::test]
    async fn a_held_link_says_nothing_and_later_everything() {
        let (link, mut connection, _echoing) = echo().await;
        link.set(Passage::Held);
        connection.write_all(b"late").await.expect("it is taken");
        assert!(is_silent(&mut connection).await);
        link.set(Passage::Open);
        let mut heard = [0; 4];
        connection.read_exact(&mut heard).await.expect("an echo");
        assert_eq!(&heard, b"late");
    }

    #[tokio::test]
    async fn a_half_open_link_swallows_and_ends_what_it_swallowed_from_when_it_heals() {
        let (link, mut connection, _echoing) = echo().await;
        link.set(Passage::HalfOpen);
        connection.write_all(b"lost").await.expect("it is taken");
        assert!(is_silent(&mut connection).await);
        let mut newcomer = connected(&link).await;
        assert!(is_silent(&mut newcomer).await);
        link.set(Passage::Open);
        assert!(is_reset(&mut connection).await);
        assert_eq!(said(&mut newcomer, b"after").await, b"after");
    }

    #[tokio::test]
    async fn a_slow_link_delivers_after_its_delay() {
        let (link, mut connection, _echoing) = echo().await;
        link.set(Passage::Slow(SILENCE));
        let begun = tokio::time::Instant::now();
        assert_eq!(said(&mut connection, b"slow").await, b"slow");
        assert!(begun.elapsed() >= 2 * SILENCE);
    }

    #[tokio::test]
    async fn a_link_leads_to_wherever_its_far_end_is_by_now() {
        let (link, _, _echoing) = echo().await;
        let moved = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        link.lead_to(moved.local_addr().expect("its port"));
        let _knocking = connected(&link).await;
        moved.accept().await.expect("it arrives there");
    }
}
