//! A connection's doorbell: whoever wakes the connection rings it, and only a ring from outside
//! goes on to the runtime.
//!
//! hyper wakes its own connection whenever a body is asked for. Passed on, each such ring costs a
//! turn of the runtime's queue, and mostly wakes another thread that finds nothing to do. Here the
//! connection is polled again in its place. No ring is ever lost.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// How often a connection that rings for itself is polled before others have their turn.
const POLLS_MAX: u32 = 4;

/// Nobody is being polled: a ring goes on.
const AWAY: u8 = 0;
/// The connection is being polled, and nobody has rung since.
const POLLING: u8 = 1;
/// Somebody has rung while the connection was being polled.
const RUNG: u8 = 2;

/// The doorbell of one connection.
pub(super) struct Doorbell {
    waker: Waker,
    bell: Arc<Bell>,
}

struct Bell {
    state: AtomicU8,
    runtime: AtomicWaker,
}

impl Doorbell {
    /// A doorbell that nobody has rung.
    pub fn new() -> Self {
        let bell = Arc::new(Bell {
            state: AtomicU8::new(AWAY),
            runtime: AtomicWaker::new(),
        });
        Self {
            waker: Waker::from(bell.clone()),
            bell,
        }
    }

    /// Polls the connection, and again while it rings for itself, a bounded number of times.
    pub fn poll<F: Future>(
        &self,
        mut connection: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<F::Output> {
        self.bell.runtime.register(context.waker());
        let mut ringing = Context::from_waker(&self.waker);
        for _ in 0..POLLS_MAX {
            self.bell.state.store(POLLING, Ordering::Release);
            if let Poll::Ready(ended) = connection.as_mut().poll(&mut ringing) {
                return Poll::Ready(ended);
            }
            if self.bell.state.swap(AWAY, Ordering::AcqRel) == POLLING {
                return Poll::Pending;
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let is_polling = |state| (state != AWAY).then_some(RUNG);
        let rung = self
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, is_polling);
        if rung.is_err() {
            self.runtime.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Counts how often the runtime is woken.
    #[derive(Default)]
    struct Runtime(AtomicUsize);

    impl Wake for Runtime {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What becomes of a connection that rings for itself so many times and then waits: how often
    /// it was polled, and how often the runtime was woken.
    fn rings_for_itself(rings: u32) -> (u32, usize) {
        let (runtime, doorbell) = (Arc::new(Runtime::default()), Doorbell::new());
        let mut polls = 0;
        let mut connection = pin!(poll_fn(|context| {
            polls += 1;
            if polls <= rings {
                context.waker().wake_by_ref();
            }
            Poll::<()>::Pending
        }));
        let waker = Waker::from(runtime.clone());
        let polled = doorbell.poll(connection.as_mut(), &mut Context::from_waker(&waker));
        assert_eq!(polled, Poll::Pending);
        (polls, runtime.0.load(Ordering::Relaxed))
    }

    #[test]
    fn who_rings_for_itself_is_polled_in_place_up_to_a_bound() {
        for (rings, expected) in [
            (0, (1, 0)),
            (1, (2, 0)),
            (3, (4, 0)),
            (4, (4, 1)),
            (100, (4, 1)),
        ] {
            assert_eq!(rings_for_itself(rings), expected, "{rings} rings");
        }
    }

    #[test]
    fn a_ring_from_outside_goes_on_to_the_runtime() {
        let (runtime, doorbell) = (Arc::new(Runtime::default()), Doorbell::new());
        let mut inside = None;
        let mut connection = pin!(poll_fn(|context| {
            inside = Some(context.waker().clone());
            Poll::<()>::Pending
        }));
        let waker = Waker::from(runtime.clone());
        let polled = doorbell.poll(connection.as_mut(), &mut Context::from_waker(&waker));
        assert_eq!(polled, Poll::Pending);
        inside.expect("it was polled").wake();
        assert_eq!(runtime.0.load(Ordering::Relaxed), 1);
    }
}
