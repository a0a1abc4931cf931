//! What may be appended, and in which order and time it then stands.

#![cfg(test)]

use std::sync::Arc;

use super::harness::*;
use crate::domain::ids::{Position, Revision, Stream};
use crate::event_log::port::{APPEND_BYTES_MAX, AppendFault, Expected, NewEvent};

pub(super) async fn an_unexpected_revision_is_refused_with_the_one_found(fresh: Fresh) {
    let log = fresh.log();
    fill(&*log, 3).await;
    let conflict = |stream, found: Option<u64>| AppendFault::Conflict {
        stream,
        found: found.map(Revision),
    };
    for expected in [0, 1, 2, 4] {
        let refused = log.append(to(stream(1), expected, vec![event(90)])).await;
        assert_eq!(refused, Err(conflict(stream(1), Some(2))), "{expected}");
    }
    let refused = log.append(to(stream(2), 1, vec![event(90)])).await;
    assert_eq!(refused, Err(conflict(stream(2), None)));
    assert_eq!(log.head(), Position(3));
    assert_eq!(done(&*log, to(stream(1), 3, vec![event(90)])).await, (4, 4));
}

pub(super) async fn of_racing_appends_exactly_one_wins(fresh: Fresh) {
    let log = fresh.log();
    fill(&*log, 5).await;
    let racing: Vec<_> = (0..16)
        .map(|number| {
            let log = log.clone();
            let append = to(stream(1), 5, vec![event(100 + number)]);
            tokio::spawn(async move { log.append(append).await })
        })
        .collect();
    let mut won = 0;
    for task in racing {
        match task.await.expect("no panic") {
            Ok(appended) => {
                won += 1;
                assert_eq!(appended.first, Position(6));
            }
            Err(fault) => assert_eq!(
                fault,
                AppendFault::Conflict {
                    stream: stream(1),
                    found: Some(Revision(5))
                }
            ),
        }
    }
    assert_eq!((won, log.head()), (1, Position(6)));
}

pub(super) async fn what_was_decided_on_an_append_that_failed_fails_too(fresh: Fresh) {
    let log = fresh.log();
    fill(&*log, 2).await;
    let after = |revision, sent: NewEvent, number| {
        let expected = Expected::Sent {
            revision: Revision(revision),
            event: sent.id,
        };
        let mut append = to(stream(1), 0, vec![event(number)]);
        append.streams[0].expected = expected;
        append
    };
    // Sent for the place that the second event has; what follows it would fit there.
    let beaten = log.append(to(stream(1), 1, vec![event(50)]));
    let follower = log.append(after(1, event(50), 51));
    let conflict = AppendFault::Conflict {
        stream: stream(1),
        found: Some(Revision(1)),
    };
    assert_eq!(beaten.await, Err(conflict.clone()));
    assert_eq!(follower.await, Err(conflict.clone()));
    // An event of that id elsewhere is not it.
    let refused = log.append(after(1, event(0), 52)).await;
    assert_eq!(refused, Err(conflict));
    assert_eq!(done(&*log, after(1, event(1), 53)).await, (3, 3));
    let sent = log.append(to(stream(1), 3, vec![event(54)]));
    assert_eq!(done(&*log, after(3, event(54), 55)).await, (5, 5));
    assert_eq!(sent.await.expect("appended").last, Position(4));
}

pub(super) async fn an_append_over_several_streams_is_all_or_none(fresh: Fresh) {
    let log = fresh.log();
    let all = append_of(vec![
        part(stream(1), 0, vec![event(1), event(2)]),
        part(Stream::Access, 0, vec![event(3)]),
    ]);
    assert_eq!(done(&*log, all).await, (1, 3));
    let none = append_of(vec![
        part(stream(1), 2, vec![event(4)]),
        part(stream(2), 0, vec![event(5)]),
        part(Stream::Access, 0, vec![event(6)]),
    ]);
    let refused = log.append(none).await;
    assert!(matches!(
        refused,
        Err(AppendFault::Conflict {
            stream: Stream::Access,
            found: Some(Revision(0))
        })
    ));
    assert_eq!(log.head(), Position(3));
    assert_eq!(log.read_stream(stream(2), Revision(0), 9), Ok(vec![]));
    let events = log.read_all(Position(1), 9).expect("events");
    let places: Vec<_> = events
        .iter()
        .map(|event| (event.stream, event.revision.0))
        .collect();
    assert_eq!(
        places,
        [(stream(1), 0), (stream(1), 1), (Stream::Access, 0)]
    );
}

pub(super) async fn appends_are_tried_in_the_order_of_the_calls(fresh: Fresh) {
    let log = fresh.log();
    let answers: Vec<_> = (0..500)
        .map(|number| log.append(to(stream(1), number, vec![event(number)])))
        .collect();
    for (number, answer) in (1..).zip(answers) {
        assert_eq!(answer.await.expect("appended").first, Position(number));
    }
}

pub(super) async fn malformed_appends_are_refused(fresh: Fresh) {
    let log = fresh.log();
    let check = async |append| {
        let refused = log.append(append).await;
        assert!(
            matches!(refused, Err(AppendFault::Malformed(_))),
            "{refused:?}"
        );
        assert_eq!(log.head(), Position::START);
    };
    check(append_of(vec![])).await;
    check(to(stream(1), 0, vec![])).await;
    let empty = part(stream(2), 0, vec![]);
    check(append_of(vec![part(stream(1), 0, vec![event(1)]), empty])).await;
    let twice = |number| part(stream(1), 0, vec![event(number)]);
    check(append_of(vec![twice(1), twice(2)])).await;
    check(to(stream(1), 0, vec![event(1), event(1)])).await;
    let mut large = event(1);
    large.data = Arc::from([]);
    let most = APPEND_BYTES_MAX - to(stream(1), 0, vec![large.clone()]).bytes();
    large.data = Arc::from(vec![b'x'; most + 1]);
    check(to(stream(1), 0, vec![large.clone()])).await;
    let tiny = (0..3_000).map(event).collect();
    check(to(stream(1), 0, tiny)).await;
    large.data = Arc::from(vec![b'x'; most]);
    assert_eq!(done(&*log, to(stream(1), 0, vec![large])).await, (1, 1));
}

pub(super) async fn times_go_up_with_every_append_whatever_the_clock_says(mut fresh: Fresh) {
    let clock = fresh.clock.clone();
    let now = |time| clock.set(time);
    let mut times = vec![];
    for (number, time) in (0..).zip([5_000, 9_000, 2_000, 9_001, 9_500]) {
        now(time);
        if number == 3 {
            fresh.reopen();
        }
        let events = vec![event(2 * number), event(2 * number + 1)];
        let appended = fresh.log().append(to(stream(1), 2 * number, events)).await;
        times.push(appended.expect("appended").recorded_at);
    }
    assert_eq!(times, [5_000, 9_000, 9_001, 9_002, 9_500].map(micros));
    let events = fresh.log().read_all(Position(1), 99).expect("events");
    let recorded: Vec<_> = events.iter().map(|event| event.recorded_at).collect();
    let twice: Vec<_> = times.iter().flat_map(|time| [*time, *time]).collect();
    assert_eq!(recorded, twice);
}
