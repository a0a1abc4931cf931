//! The board: how far the tasks of this node are, from memory, for whoever watches.
//!
//! A watcher sees every phase, however short, and within a phase the latest steps, at most ten
//! times a second. Decides nothing: what a task is, the log says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::domain::Event;
use crate::domain::ids::TaskId;
use crate::domain::values::TaskPhase;
use crate::views::{Fact, TaskRow};

/// The least time between two pushes of one phase.
const PUSH_INTERVAL: Duration = Duration::from_millis(100);
/// How long the board remembers a task that has ended.
const ENDED_KEPT: Duration = Duration::from_secs(60);
/// How often it looks for those it may forget.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Where it is.
    pub phase: TaskPhase,
    /// Steps done; never goes back.
    pub done: u64,
    /// Steps in all, when known.
    pub total: Option<u64>,
    /// Steps a second since the first one.
    pub rate_per_second: Option<f64>,
}

impl Progress {
    /// A task that has not begun.
    pub const QUEUED: Self = Self {
        phase: TaskPhase::Queued,
        done: 0,
        total: None,
        rate_per_second: None,
    };

    /// How far the log tells that a task is.
    pub const fn of_row(row: &TaskRow) -> Self {
        Self {
            phase: row.phase,
            done: row.done,
            total: row.total,
            rate_per_second: None,
        }
    }

    /// 0 to 100; 100 exactly when completed.
    pub fn percent(&self) -> f64 {
        if self.phase == TaskPhase::Completed {
            return 100.0;
        }
        match self.total {
            // Below 100 until the task is: its last step is the switch.
            Some(total) if total > 0 => (self.done as f64 * 100.0 / total as f64).min(99.9),
            Some(_) | None => 0.0,
        }
    }

    /// Seconds left at the present rate.
    pub fn eta_seconds(&self) -> Option<f64> {
        if self.phase.is_end() {
            return None;
        }
        let left = self.total?.saturating_sub(self.done);
        self.rate_per_second
            .filter(|rate| *rate > 0.0)
            .map(|rate| left as f64 / rate)
    }
}

/// The phases a task has been through, each as it began, and the last one as it is.
#[derive(Debug, Clone, PartialEq)]
struct Course {
    phases: Vec<Progress>,
    latest: Progress,
    started: Option<Duration>,
    pushed: Duration,
}

impl Course {
    /// A task's course when the board first hears of it: queued, and then where it is by now.
    fn begin(latest: Progress, now: Duration) -> Self {
        let mut phases = vec![Progress::QUEUED];
        if latest.phase != TaskPhase::Queued {
            phases.push(latest);
        }
        Self {
            phases,
            latest,
            started: None,
            pushed: now,
        }
    }
}

/// The board.
pub(super) struct Board {
    clock: Arc<dyn Clock>,
    courses: Mutex<Courses>,
}

#[derive(Default)]
struct Courses {
    by_task: HashMap<TaskId, watch::Sender<Course>>,
    swept: Duration,
}

impl Courses {
    /// Forgets what ended long ago.
    fn sweep(&mut self, now: Duration) {
        if now.saturating_sub(self.swept) < SWEEP_INTERVAL {
            return;
        }
        self.swept = now;
        self.by_task.retain(|_, course| {
            let course = course.borrow();
            !course.latest.phase.is_end() || now.saturating_sub(course.pushed) < ENDED_KEPT
        });
    }
}

impl Board {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            courses: Mutex::default(),
        }
    }

    /// Marks the beginning of a phase. Phases end; they do not come back.
    pub fn enter(&self, task: TaskId, phase: TaskPhase) {
        self.change(task, |course, now| {
            if course.latest.phase.is_end() || course.latest.phase >= phase {
                return false;
            }
            course.latest.phase = phase;
            if phase == TaskPhase::Completed {
                let total = course.latest.total.unwrap_or(course.latest.done);
                course.latest.total = Some(total);
                course.latest.done = total;
            }
            course.phases.push(course.latest);
            course.pushed = now;
            true
        });
    }

    /// Marks steps done; pushed when the last push is long enough ago.
    pub fn step(&self, task: TaskId, done: u64, total: Option<u64>) {
        self.change(task, |course, now| {
            if course.latest.phase.is_end() {
                return false;
            }
            let started = *course.started.get_or_insert(now);
            let seconds = now.saturating_sub(started).as_secs_f64();
            course.latest.done = course.latest.done.max(done);
            course.latest.total = total.or(course.latest.total);
            course.latest.rate_per_second =
                (seconds > 0.0).then(|| course.latest.done as f64 / seconds);
            let due = now.saturating_sub(course.pushed) >= PUSH_INTERVAL;
            if due {
                course.pushed = now;
            }
            due
        });
    }

    /// How far a task is, as far as this node knows.
    pub fn latest(&self, task: TaskId) -> Option<Progress> {
        self.courses()
            .by_task
            .get(&task)
            .map(|course| course.borrow().latest)
    }

    /// Puts a task on the board where its row says it is. The board hears of a task after the
    /// views do, and after a restart not at all: whoever finds the row first begins it here.
    /// Does nothing to a task that is here already.
    pub fn resume(&self, task: TaskId, told: Progress) {
        let now = self.clock.elapsed();
        let mut courses = self.courses();
        courses.sweep(now);
        let course = courses.by_task.entry(task);
        course.or_insert_with(|| watch::Sender::new(Course::begin(told, now)));
    }

    /// Watches a task from its first phase on.
    pub fn watch(&self, task: TaskId) -> Option<Watcher> {
        let receiver = self.courses().by_task.get(&task)?.subscribe();
        Some(Watcher {
            receiver,
            phases_seen: 0,
            last: None,
        })
    }

    /// Takes up what the log says about tasks: begins, progress of other nodes, ends.
    pub fn take_up(&self, facts: &[Fact]) {
        for fact in facts {
            match &fact.event {
                Event::TaskQueued(queued) => self.begin(queued.task),
                Event::TaskProgressed(progressed) => {
                    self.enter(progressed.task, progressed.phase);
                    self.step(progressed.task, progressed.done, progressed.total);
                }
                Event::TaskCompleted(completed) => {
                    self.step(completed.task, completed.steps, Some(completed.steps));
                    self.enter(completed.task, TaskPhase::Completed);
                }
                Event::TaskFailed(failed) => self.enter(failed.task, TaskPhase::Failed),
                Event::TaskCancelled(cancelled) => self.enter(cancelled.task, TaskPhase::Cancelled),
                Event::TaskClaimed(claimed) => self.begin(claimed.task),
                _other_streams => {}
            }
        }
    }

    fn begin(&self, task: TaskId) {
        self.change(task, |_, _| true);
    }

    fn change(&self, task: TaskId, change: impl FnOnce(&mut Course, Duration) -> bool) {
        let now = self.clock.elapsed();
        let mut courses = self.courses();
        courses.sweep(now);
        let begin = || watch::Sender::new(Course::begin(Progress::QUEUED, now));
        let course = courses.by_task.entry(task).or_insert_with(begin);
        course.send_if_modified(|course| change(course, now));
    }

    fn courses(&self) -> MutexGuard<'_, Courses> {
        self.courses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Someone who watches a task.
pub struct Watcher {
    receiver: watch::Receiver<Course>,
    phases_seen: usize,
    last: Option<Progress>,
}

impl Watcher {
    /// The next thing to show: every phase once as it began, and between them the latest steps.
    /// None after the task's end has been shown.
    pub async fn next(&mut self) -> Option<Progress> {
        loop {
            if self.last.is_some_and(|last| last.phase.is_end()) {
                return None;
            }
            let shown = {
                let course = self.receiver.borrow_and_update();
                match course.phases.get(self.phases_seen) {
                    Some(phase) => {
                        self.phases_seen += 1;
                        Some(*phase)
                    }
                    None => Some(course.latest).filter(|latest| Some(*latest) != self.last),
                }
            };
            if shown.is_some() {
                self.last = shown;
                return shown;
            }
            self.receiver.changed().await.ok()?;
        }
    }
}

#[cfg(test)]
mod tests;
