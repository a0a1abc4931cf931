//! Time as a bench needs it: by the clock, and on processors.
//!
//! On a machine that others use too, only the second is what the work costs. Where the system does
//! not tell it, both are by the clock.

use std::path::Path;

use snapledger::clock::{Clock, SystemClock};

/// A moment to measure from.
pub struct Stopwatch {
    clock: SystemClock,
    thread: Option<f64>,
    process: Option<f64>,
}

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        let (thread, process) = (thread(), process());
        Self {
            clock: SystemClock::start(),
            thread,
            process,
        }
    }

    /// Milliseconds by the clock.
    pub fn milliseconds(&self) -> f64 {
        self.clock.elapsed().as_secs_f64() * 1e3
    }

    /// Milliseconds that this thread was on a processor: what in-line work costs.
    pub fn thread_milliseconds(&self) -> f64 {
        let spent = thread().zip(self.thread).map(|(now, before)| now - before);
        spent.unwrap_or_else(|| self.milliseconds())
    }

    /// Milliseconds that all threads together were on processors.
    pub fn process_milliseconds(&self) -> f64 {
        let spent = process()
            .zip(self.process)
            .map(|(now, before)| now - before);
        spent.unwrap_or_else(|| self.milliseconds())
    }
}

fn thread() -> Option<f64> {
    on_processor("/proc/thread-self".as_ref())
}

/// Of the threads there are: those that have ended are missing, so let none end meanwhile.
fn process() -> Option<f64> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?;
    Some(
        threads
            .filter_map(|thread| on_processor(&thread.ok()?.path()))
            .sum(),
    )
}

/// What Linux tells of a thread, in milliseconds.
fn on_processor(thread: &Path) -> Option<f64> {
    let told = std::fs::read_to_string(thread.join("schedstat")).ok()?;
    let nanoseconds: f64 = told.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e6)
}
