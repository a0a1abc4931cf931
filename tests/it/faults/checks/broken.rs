//! What is said of a sound history when one thing in it is broken.
//!
//! A check that cannot fail proves nothing; so each is shown what it is there to find.

use std::time::Duration;

use serde_json::{Value, json};

use super::sound::*;
use super::{Evidence, judge};
use crate::faults::history::{Outcome, Read, Seen, Sight};

fn check(broken: impl FnOnce(&mut Evidence), expected: &str) {
    let mut evidence = sound();
    broken(&mut evidence);
    match judge(&evidence) {
        Ok(_) => panic!("nobody noticed, of: {expected}"),
        Err(why) => assert!(why.contains(expected), "{why}, and not: {expected}"),
    }
}

/// One more event at the end of the log, in the task's stream.
fn add_to_task(evidence: &mut Evidence, name: &str) {
    let more = fact(11, name, ("t", 2), Some(RESTORED), json!({ "taskId": "t" }));
    evidence.log.push(more);
}

#[test]
fn a_sound_history_is_found_sound() {
    if let Err(why) = judge(&sound()) {
        panic!("{why}");
    }
}

#[test]
fn a_log_with_a_hole_or_a_double_is_found_broken() {
    check(|it| drop(it.log.remove(5)), "6 is missing");
    check(|it| it.log.swap(5, 6), "6 is missing or out of order");
    check(|it| it.log[5].revision = 4, "its stream's 3 is missing");
    check(|it| it.log[5].id = "event 5".to_owned(), "another's too");
    check(
        |it| it.log[5].recorded_at.replace_range(..4, "2025"),
        "older",
    );
}

#[test]
fn what_is_lost_or_done_twice_is_found() {
    let lost = || call(99, commit(9, None), [17, 18], done(10));
    check(|it| it.calls.push(lost()), "acknowledged and lost");
    check(|it| it.log[5].call = Some(id(COMMITTED)), "done twice");
    check(
        |it| it.calls[NAMED].tries[0].outcome = refused("NAME_TAKEN"),
        "done though refused",
    );
    check(
        |it| it.calls[COMMITTED].tries[0].outcome = done(3),
        "not where it was told",
    );
    check(
        |it| it.calls[COMMITTED].tries[0].outcome = done(5),
        "the place of another's event",
    );
    check(
        |it| it.calls[NAMED].tries.push(tried([5, 6], done(6))),
        "two answers",
    );
    check(|it| it.log[3].call = None, "nobody's");
    check(|it| drop(it.calls.remove(COMMITTED)), "a stranger's");
}

#[test]
fn a_node_that_broke_inside_is_found() {
    let broke = || Outcome::Unknown("INTERNAL: {}".to_owned());
    let tried = |it: &mut Evidence| it.calls[NAMED].tries.insert(0, tried([4, 4], broke()));
    check(tried, "node 0 broke");
}

#[test]
fn a_task_that_does_not_end_once_is_found() {
    check(
        |it| it.log[9].name = "TaskClaimed".to_owned(),
        "never ended",
    );
    check(|it| add_to_task(it, "TaskFailed"), "ended more than once");
    check(
        |it| add_to_task(it, "TaskProgressed"),
        "went on after its end",
    );
    check(|it| add_to_task(it, "TaskQueued"), "went on after its end");
    check(|it| add_to_task(it, "RestoreGivenUp"), "did not end once");
}

#[test]
fn a_follower_who_missed_something_or_heard_it_twice_is_found() {
    for follower in [0, 1] {
        check(
            |it| drop(it.followed[follower].events.remove(1)),
            "should have come",
        );
        let again = |it: &mut Evidence| {
            let events = &mut it.followed[follower].events;
            events.insert(1, events[1].clone());
        };
        check(again, "should have come");
        check(
            |it| it.followed[follower].events.swap(0, 1),
            "should have come",
        );
    }
    check(|it| it.followed[0].checkpoint = 7, "None should have come");
}

#[test]
fn a_log_that_no_rules_allow_is_found() {
    let say = |place: usize, pointer: &str, value: Value, expected: &str| {
        let broken = |it: &mut Evidence| {
            *it.log[place].data.pointer_mut(pointer).expect("said") = value;
        };
        check(broken, expected);
    };
    say(5, "/rootBefore", json!("root 0"), "the head is root 1");
    say(5, "/counts/items", json!(1), "2 items are held");
    say(5, "/root", json!("root 1"), "the root of other items too");
    say(4, "/number", json!(2), "snapshot number 1");
    say(4, "/version/root", json!("root 2"), "another root");
    say(6, "/snapshotId", json!("x"), "the snapshot is not there");
    say(8, "/taskId", json!("x"), "did not end once");
    say(8, "/target/revision", json!(2), "no version 2");
    let stale = |it: &mut Evidence| it.calls[OVER_A_VERSION].deed = commit(2, Some(3));
    check(stale, "committed over 4");
}

#[test]
fn a_write_that_took_a_place_before_what_was_over_is_found() {
    let late = |it: &mut Evidence| it.calls[OVER_A_VERSION].tries = vec![tried([13, 14], done(6))];
    check(late, "was acknowledged before this was asked for");
}

#[test]
fn a_refusal_that_nothing_explains_is_found() {
    let expected = "is explained by no place";
    check(|it| it.calls[REFUSED].deed = snapshot("other"), expected);
    let early = |it: &mut Evidence| {
        it.calls[REFUSED].tries = vec![tried([0, 1], refused("NAME_TAKEN"))];
    };
    check(early, expected);
    let by_itself = |it: &mut Evidence| {
        let tries = &mut it.calls[NAMED].tries;
        tries.push(tried([5, 6], refused("NAME_TAKEN")));
    };
    check(by_itself, expected);
    for code in ["BAD_INPUT", "IDEMPOTENCY_KEY_REUSED", "VERSION_CONFLICT"] {
        let other = |it: &mut Evidence| it.calls[LOCKED_OUT].tries[0].outcome = refused(code);
        check(other, expected);
    }
    let unlocked = |it: &mut Evidence| {
        it.calls[LOCKED_OUT].tries = vec![tried([4, 5], refused("DATASET_LOCKED"))];
    };
    check(unlocked, expected);
}

#[test]
fn a_read_of_the_past_or_of_the_future_is_found() {
    let see = |broken: fn(&mut Read, &mut Seen)| {
        let broken = |it: &mut Evidence| {
            let read = &mut it.reads[0];
            let Sight::Itself(Some(mut seen)) = read.sight.clone() else {
                panic!("it was seen");
            };
            broken(read, &mut seen);
            read.sight = Sight::Itself(Some(seen));
        };
        check(broken, "fits no place");
    };
    see(|_, seen| seen.version = 4);
    see(|_, seen| seen.root = "root 1".to_owned());
    see(|_, seen| seen.items = 1);
    see(|_, seen| seen.current = None);
    // The restore began later than the answer came.
    see(|_, seen| seen.status = "READ_ONLY".to_owned());
    let before = |read: &mut Read, _: &mut Seen| {
        read.at_least = None;
        (read.began, read.ended) = (Duration::from_secs(4), Duration::from_secs(5));
    };
    see(before);
    check(
        |it| it.reads[0].sight = Sight::Itself(None),
        "fits no place",
    );
    for snapshots in [[].as_slice(), &["x"], &["s", "x"]] {
        let snapshots = snapshots.iter().map(|id| (*id).to_owned()).collect();
        let listed = |it: &mut Evidence| it.reads[0].sight = Sight::Snapshots(snapshots);
        check(listed, "fits no place");
    }
}
