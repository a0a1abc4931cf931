//! Every task ended, and exactly once: one end in its stream, with nothing after it; and a restore
//! moved its dataset, or was given up, exactly once too.

use std::collections::BTreeMap;

use crate::faults::log::Fact;

/// The ends of a task.
const ENDS: [&str; 3] = ["TaskCompleted", "TaskFailed", "TaskCancelled"];
/// The ends of a restore, in the dataset's stream.
const RESTORED: [&str; 2] = ["SnapshotRestored", "RestoreGivenUp"];

/// All tasks of the log ended.
pub fn check(log: &[Fact]) -> Result<(), String> {
    let mut tasks: BTreeMap<String, Vec<&Fact>> = BTreeMap::new();
    for fact in log {
        let task = fact.says("/taskId");
        if !task.is_empty() {
            tasks.entry(task).or_default().push(fact);
        }
    }
    tasks.iter().try_for_each(|(task, facts)| {
        check_task(facts).map_err(|why| format!("task {task} {why}: {facts:?}"))
    })
}

fn check_task(facts: &[&Fact]) -> Result<(), &'static str> {
    let places = |names: &[&str]| -> Vec<u64> {
        let found = facts.iter().filter(|fact| names.contains(&&*fact.name));
        found.map(|fact| fact.position).collect()
    };
    let end = match places(&ENDS)[..] {
        [end] => end,
        [] => return Err("never ended"),
        [..] => return Err("ended more than once"),
    };
    let own = facts.iter().filter(|fact| fact.name.starts_with("Task"));
    if own.map(|fact| fact.position).max() > Some(end) {
        return Err("went on after its end");
    }
    if places(&["TaskQueued"]).len() != 1 {
        return Err("was not queued once");
    }
    if places(&["RestoreBegun"]).len() != places(&RESTORED).len() {
        return Err("is a restore that did not end once");
    }
    Ok(())
}
