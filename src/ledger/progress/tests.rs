//! What watchers of the board see.

use super::*;
use crate::clock::SystemClock;

const TASK: TaskId = TaskId(uuid::Uuid::nil());

#[tokio::test]
async fn a_watcher_that_comes_late_sees_every_phase_in_order() {
    let board = Board::new(Arc::new(SystemClock::start()));
    for phase in [TaskPhase::Queued, TaskPhase::Verifying] {
        board.enter(TASK, phase);
    }
    board.step(TASK, 3, Some(4));
    board.enter(TASK, TaskPhase::Switching);
    board.enter(TASK, TaskPhase::Completed);
    let mut watcher = board.watch(TASK).expect("the task is on the board");
    let mut seen = Vec::new();
    while let Some(progress) = watcher.next().await {
        seen.push((progress.phase.word(), progress.done, progress.percent()));
    }
    let expected = [
        ("QUEUED", 0, 0.0),
        ("VERIFYING", 0, 0.0),
        ("SWITCHING", 3, 75.0),
        ("COMPLETED", 4, 100.0),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn nothing_to_do_is_a_hundred_percent_only_when_completed() {
    let board = Board::new(Arc::new(SystemClock::start()));
    board.enter(TASK, TaskPhase::Verifying);
    board.step(TASK, 0, Some(0));
    assert!(board.latest(TASK).expect("known").percent() < 100.0);
    board.enter(TASK, TaskPhase::Completed);
    assert!((board.latest(TASK).expect("known").percent() - 100.0).abs() < f64::EPSILON);
}

#[tokio::test]
async fn an_end_is_final_and_done_never_goes_back() {
    let board = Board::new(Arc::new(SystemClock::start()));
    board.enter(TASK, TaskPhase::Verifying);
    board.step(TASK, 5, Some(9));
    board.step(TASK, 2, Some(9));
    assert_eq!(board.latest(TASK).map(|progress| progress.done), Some(5));
    board.enter(TASK, TaskPhase::Cancelled);
    board.enter(TASK, TaskPhase::Completed);
    assert_eq!(
        board.latest(TASK).map(|progress| progress.phase),
        Some(TaskPhase::Cancelled)
    );
}

#[tokio::test]
async fn a_task_that_the_board_has_not_heard_of_is_watched_from_where_its_row_says() {
    let board = Board::new(Arc::new(SystemClock::start()));
    assert!(board.watch(TASK).is_none());
    board.resume(TASK, Progress::QUEUED);
    let mut watcher = board.watch(TASK).expect("on the board");
    assert_eq!(watcher.next().await, Some(Progress::QUEUED));
    board.enter(TASK, TaskPhase::Verifying);
    // A row that was read before this does not take it back.
    board.resume(TASK, Progress::QUEUED);
    board.enter(TASK, TaskPhase::Completed);
    let mut phases = Vec::new();
    while let Some(progress) = watcher.next().await {
        phases.push(progress.phase);
    }
    assert_eq!(phases, [TaskPhase::Verifying, TaskPhase::Completed]);
}

#[tokio::test]
async fn after_a_restart_a_task_goes_on_from_the_steps_that_the_log_tells() {
    let board = Board::new(Arc::new(SystemClock::start()));
    let told = Progress {
        phase: TaskPhase::Verifying,
        done: 7,
        total: Some(9),
        rate_per_second: None,
    };
    board.resume(TASK, told);
    // The work begins anew, but what was told is not taken back.
    board.enter(TASK, TaskPhase::Verifying);
    board.step(TASK, 1, Some(9));
    let mut watcher = board.watch(TASK).expect("on the board");
    assert_eq!(watcher.next().await, Some(Progress::QUEUED));
    assert_eq!(watcher.next().await, Some(told));
    assert_eq!(board.latest(TASK).map(|latest| latest.done), Some(7));
}
