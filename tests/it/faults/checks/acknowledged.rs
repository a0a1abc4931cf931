//! Every acknowledged event is in the log, once, where it was told; nothing is there twice, nothing
//! that was refused, and nothing that nobody asked for.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::faults::deeds::Deed;
use crate::faults::history::{Call, Outcome};
use crate::faults::log::Fact;

/// The last event of an append is at most so far behind the one that matters.
const APPEND_EVENTS_MAX: u64 = 16;
/// The events that only a call makes; others follow from one by themselves.
const ASKED_FOR: [&str; 7] = [
    "DatasetCreated",
    "ItemsCommitted",
    "SnapshotCreated",
    "SnapshotRenamed",
    "SnapshotDeleted",
    "RestoreBegun",
    "SnapshotCloned",
];

/// The log is whole, and these calls are in it as they were told.
pub fn check(log: &[Fact], calls: &[Call]) -> Result<(), String> {
    check_whole(log)?;
    let mut made: HashMap<Uuid, Vec<&Fact>> = HashMap::new();
    for fact in log {
        if let Some(call) = fact.call {
            made.entry(call).or_default().push(fact);
        } else if ASKED_FOR.contains(&fact.name.as_str()) {
            return Err(format!("nobody's: {fact:?}"));
        }
    }
    for call in calls {
        let made = made.remove(&call.id).unwrap_or_default();
        check_call(call, &made)?;
    }
    let mut strangers = made.into_values().flatten();
    match strangers.find(|fact| ASKED_FOR.contains(&fact.name.as_str())) {
        Some(fact) => Err(format!("a stranger's: {fact:?}")),
        None => Ok(()),
    }
}

/// Places are dense, in the whole and in each stream; ids are unique, and time does not go back.
fn check_whole(log: &[Fact]) -> Result<(), String> {
    let (mut ids, mut revisions) = (HashSet::new(), HashMap::new());
    let mut time = "";
    for (expected, fact) in (1..).zip(log) {
        if fact.position != expected {
            return Err(format!("{expected} is missing or out of order: {fact:?}"));
        }
        let next = revisions.entry(&fact.stream).or_insert(0);
        if fact.revision != *next {
            return Err(format!("its stream's {next} is missing: {fact:?}"));
        }
        *next += 1;
        if !ids.insert(&fact.id) {
            return Err(format!("its id is another's too: {fact:?}"));
        }
        if fact.recorded_at.as_str() < time {
            return Err(format!("it is older than the one before it: {fact:?}"));
        }
        time = &fact.recorded_at;
    }
    Ok(())
}

/// What a call made is what it was told.
fn check_call(call: &Call, made: &[&Fact]) -> Result<(), String> {
    let name = call.deed.fact();
    let done: Vec<&&Fact> = made.iter().filter(|fact| fact.name == name).collect();
    if done.len() > 1 {
        return Err(format!("done twice: {call:?}: {done:?}"));
    }
    // An upload is refused at its end as well, with its task and what it staged behind it.
    let is_any_of_it = match call.deed {
        Deed::Import { .. } => !done.is_empty(),
        Deed::CreateDataset { .. }
        | Deed::Commit { .. }
        | Deed::CreateSnapshot { .. }
        | Deed::RenameSnapshot { .. }
        | Deed::DeleteSnapshot { .. }
        | Deed::Restore { .. }
        | Deed::Clone { .. } => !made.is_empty(),
    };
    if call.is_refused_for_certain() && is_any_of_it {
        return Err(format!("done though refused: {call:?}: {made:?}"));
    }
    let Some(first) = call.done() else {
        return Ok(());
    };
    let place = match done.first() {
        Some(fact) => fact.position,
        None => return Err(format!("acknowledged and lost: {call:?}")),
    };
    if !(place..place + APPEND_EVENTS_MAX).contains(&first.position) {
        return Err(format!("at {place}, not where it was told: {call:?}"));
    }
    if !made.iter().any(|fact| fact.position == first.position) {
        return Err(format!("told the place of another's event: {call:?}"));
    }
    for asked in &call.tries {
        match &asked.outcome {
            Outcome::Done(again) if again != first => {
                return Err(format!("two answers: {call:?}"));
            }
            Outcome::Done(_) | Outcome::Refused(_) | Outcome::Unknown(_) => {}
        }
    }
    Ok(())
}
